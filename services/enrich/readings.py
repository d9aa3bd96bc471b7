"""The names of an article, each with the actors that it can mean and how much its neighbours leave of that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from services.enrich.alias import Alias
from services.enrich.entry import Entry
from services.enrich.folding import Folded
from services.enrich.gazetteer import Gazetteer
from services.enrich.layout import Layout
from services.enrich.matches import MAX_MATCHES, Match, find_matches
from services.enrich.neighbours import Standing, standing

_T = TypeVar("_T")


class _kept(Generic[_T]):
    """`functools.cached_property` without its lock, which costs more than what is kept (until Python 3.12)."""

    def __init__(self, work_out: Callable[[Any], _T]) -> None:
        self._work_out = work_out
        self._name = work_out.__name__

    def __get__(self, instance: Any, _: type) -> _T:
        found: _T = self._work_out(instance)
        instance.__dict__[self._name] = found
        return found


@dataclass(frozen=True)
class Reading:
    """A name at [`start`, `end`) of the folded text, `form` in lower case. `sure` names mean somebody alone, `weak` ones beside another
    name of the same actor. What is worked out from these is asked for many times, and kept."""

    start: int
    end: int
    form: str
    sure: tuple[Alias, ...]
    weak: tuple[Alias, ...]

    @_kept
    def aliases(self) -> tuple[Alias, ...]:
        return (*self.sure, *self.weak)

    @_kept
    def sure_entries(self) -> Mapping[str, Entry]:
        """By id."""
        return _entries_of(self.sure)

    @_kept
    def weak_entries(self) -> Mapping[str, Entry]:
        return _entries_of(self.weak)

    @_kept
    def entries(self) -> Mapping[str, Entry]:
        return _entries_of(self.aliases)

    @_kept
    def places(self) -> Mapping[str, Entry]:
        return {id_: entry for id_, entry in self.entries.items() if entry.type == "place"}

    @_kept
    def surname(self) -> bool:
        return any(alias.surname for alias in self.aliases)

    @_kept
    def fixed(self) -> bool:
        """Whether nothing that stands around it can make it part of somebody else's name: it has several words, or is an acronym."""
        return " " in self.form or any(alias.acronym for alias in self.sure)


@dataclass(frozen=True, slots=True)
class Names:
    """`readings` in the order of the text, without overlaps; `claimed`: forms that somewhere in the article are somebody else's;
    `contested`: ids of places whose name somebody or something else has there, too (Denzel Washington, Real Madrid);
    `cut`: the text has more names than are looked at."""

    readings: tuple[Reading, ...]
    claimed: frozenset[str]
    contested: frozenset[str] = frozenset()
    cut: bool = False

    @property
    def forms_of_things(self) -> frozenset[str]:
        """Those that a place or a body has."""
        return frozenset(
            reading.form for reading in self.readings if any(alias.entry.type != "person" for alias in reading.aliases)
        )

    @property
    def places(self) -> frozenset[tuple[int, int]]:
        """Where a name of one word can be a place's."""
        return frozenset(
            (reading.start, reading.end)
            for reading in self.readings
            if not reading.fixed and any(alias.entry.type == "place" for alias in reading.aliases)
        )

    @property
    def fixed(self) -> tuple[tuple[int, int], ...]:
        return tuple((reading.start, reading.end) for reading in self.readings if reading.fixed)


def read_names(folded: Folded, layout: Layout, gazetteer: Gazetteer) -> Names:
    claimed: set[str] = set()
    contested: set[str] = set()
    matches = find_matches(folded, gazetteer.names, layout.language)
    edges = frozenset(match.end for match in matches)
    readings = tuple(
        reading
        for match in matches
        if (reading := _read(match, folded.lowered, layout, gazetteer, claimed, contested, edges)) is not None
    )
    return Names(readings, frozenset(claimed), frozenset(contested), cut=len(matches) >= MAX_MATCHES)


def _read(
    match: Match,
    lowered: str,
    layout: Layout,
    gazetteer: Gazetteer,
    claimed: set[str],
    contested: set[str],
    edges: frozenset[int],
) -> Reading | None:
    start, end, aliases = match
    form = lowered[start:end]
    sure: list[Alias] = []
    weak: list[Alias] = []
    for alias in aliases:
        verdict = standing(alias, start, end, layout, gazetteer, edges)
        if verdict is Standing.OTHER and alias.entry.type == "place":
            contested.add(alias.entry.id)
        elif verdict is Standing.OTHER:
            claimed.add(form)
        elif verdict is Standing.WEAK or (verdict is Standing.SURE and alias.strength == "short"):
            weak.append(alias)
        elif verdict is Standing.SURE:
            sure.append(alias)
    return Reading(start, end, form, tuple(sure), tuple(weak)) if sure or weak else None


def _entries_of(aliases: Iterable[Alias]) -> dict[str, Entry]:
    return {alias.entry.id: alias.entry for alias in aliases}
