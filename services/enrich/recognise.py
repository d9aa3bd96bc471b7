"""Which actors of the gazetteer an article names, and where.

An article is resolved as a whole: names that are certain first, then those that the certain ones explain; what remains in doubt is
nobody (DESIGN, law 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from services.enrich import confidence
from services.enrich.alias import Alias
from services.enrich.entry import Entry
from services.enrich.epithets import without_epithet
from services.enrich.folding import Folded
from services.enrich.gazetteer import Gazetteer
from services.enrich.layout import Layout
from services.enrich.matches import Match, find_matches
from services.enrich.neighbours import Standing, standing


@dataclass(frozen=True, slots=True)
class Found:
    """One mention: offsets in the folded text, the entry, and how sure."""

    start: int
    end: int
    entry: Entry
    confidence: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """`mentions` in the order of the text, without overlaps; `borne`: surnames, folded and in lower case, that belong to persons of
    the article already, or to somebody whom the gazetteer does not know."""

    mentions: tuple[Found, ...]
    borne: frozenset[str]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        return tuple((each.start, each.end) for each in self.mentions)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A match with what its neighbours leave: `sure` names alone, `weak` ones need company."""

    match: Match
    sure: tuple[Alias, ...]
    weak: tuple[Alias, ...]


def recognise(folded: Folded, layout: Layout, gazetteer: Gazetteer) -> Recognised:
    claimed: set[str] = set()
    readings = [
        reading
        for match in find_matches(folded, gazetteer.names, layout.language)
        if (reading := _read(match, layout, gazetteer, claimed)) is not None
    ]
    certain = _certain(readings)
    bearers = _bearers(readings, certain, folded.lowered)
    mentions = [
        _trimmed(found, reading.match.aliases[0], folded.text)
        for reading in readings
        if (found := _resolve(reading, certain, bearers, claimed, folded.lowered)) is not None
    ]
    borne = {
        folded.lowered[each.start : each.end].rpartition(" ")[2] for each in mentions if each.entry.type == "person"
    }
    return Recognised(tuple(mentions), frozenset(borne))


def _read(match: Match, layout: Layout, gazetteer: Gazetteer, claimed: set[str]) -> _Reading | None:
    sure: list[Alias] = []
    weak: list[Alias] = []
    for alias in match.aliases:
        verdict = standing(alias, match.start, match.end, layout, gazetteer)
        if verdict is Standing.OTHER:
            claimed.add(layout.text[match.start : match.end].lower())
        elif verdict is Standing.WEAK or (verdict is Standing.SURE and alias.strength == "short"):
            weak.append(alias)
        elif verdict is Standing.SURE:
            sure.append(alias)
    return _Reading(match, tuple(sure), tuple(weak)) if sure or weak else None


def _entries(aliases: Iterable[Alias]) -> dict[str, Entry]:
    return {alias.entry.id: alias.entry for alias in aliases}


def _certain(readings: Sequence[_Reading]) -> dict[str, Entry]:
    """Actors that some name of the article means and nobody else."""
    certain: dict[str, Entry] = {}
    for reading in readings:
        entries = _entries(reading.sure)
        if len(entries) == 1:
            certain.update(entries)
    countries = {entry.country for entry in certain.values() if entry.type == "place" and entry.country}
    explained: dict[str, Entry] = {}
    for reading in readings:
        entries = _entries(reading.sure)
        if len(entries) > 1 and not entries.keys() & certain.keys():
            at_home = {id_: entry for id_, entry in entries.items() if entry.country in countries}
            if len(at_home) == 1:
                explained.update(at_home)
    return certain | explained


def _bearers(readings: Sequence[_Reading], certain: dict[str, Entry], lowered: str) -> dict[str, set[str]]:
    """Bare form → the certain actors of the article that it can mean."""
    bearers: dict[str, set[str]] = {}
    for reading in readings:
        form = lowered[reading.match.start : reading.match.end]
        for alias in (*reading.sure, *reading.weak):
            if alias.entry.id in certain:
                bearers.setdefault(form, set()).add(alias.entry.id)
    return bearers


def _resolve(
    reading: _Reading, certain: dict[str, Entry], bearers: dict[str, set[str]], claimed: set[str], lowered: str
) -> Found | None:
    start, end, _ = reading.match
    form = lowered[start:end]
    surname = any(alias.surname for alias in (*reading.sure, *reading.weak))
    if surname and (form in claimed or len(bearers.get(form, ())) > 1):
        return None
    sure = _entries(reading.sure)
    weak = {id_: entry for id_, entry in _entries(reading.weak).items() if id_ in certain}
    if len(sure) == 1 and not (weak.keys() - sure.keys()):
        (entry,) = sure.values()
        full = any(alias.strength == "full" for alias in reading.sure)
        return Found(start, end, entry, confidence.FULL_NAME if full else confidence.BARE_NAME)
    known = {id_: entry for id_, entry in sure.items() if id_ in certain and len(sure) > 1}
    if len(known) == 1 and not weak:
        (entry,) = known.values()
        return Found(start, end, entry, confidence.AMBIGUOUS_RESOLVED)
    if len(weak) == 1 and (not sure or not (sure.keys() & certain.keys())):
        (entry,) = weak.values()
        alone = len(_entries(reading.weak)) == 1
        return Found(start, end, entry, confidence.SHORT_RESOLVED if alone else confidence.AMBIGUOUS_RESOLVED)
    return None


def _trimmed(found: Found, alias: Alias, text: str) -> Found:
    """Without what is written beside the name only to tell which: articles, possessives, national adjectives."""
    if found.entry.type == "person":
        return found
    start = found.start + alias.head
    end = found.end - alias.tail
    if found.entry.type == "organisation":
        end = start + without_epithet(text[start:end])
    return replace(found, start=start, end=end)


def by_actor(mentions: Iterable[Found]) -> Iterator[tuple[Entry, list[Found]]]:
    """Actors in the order of their first mention."""
    grouped: dict[str, list[Found]] = {}
    for mention in mentions:
        grouped.setdefault(mention.entry.id, []).append(mention)
    for group in grouped.values():
        yield group[0].entry, group
