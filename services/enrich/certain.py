"""Which actors an article certainly names: by a name that is nobody else's, or that the rest of the article leaves one bearer of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.enrich.entry import Entry
from services.enrich.readings import Reading

SPORT = frozenset({"sport", "sport-body"})
_MIN_SPORT = 2
"""Sportsmen, clubs and federations that make an article one about sport."""


@dataclass(frozen=True, slots=True)
class Certain:
    """`actors` by id; `countries`: how many of them belong to each; `bearers`: a bare form → the certain actors that it can mean."""

    actors: Mapping[str, Entry]
    countries: Mapping[str, int]
    bearers: Mapping[str, frozenset[str]]

    def at_home(self, entries: Mapping[str, Entry]) -> Entry | None:
        """The one of these whose country the article is about, where it is about no other's. Its own country must be named by others."""
        supported = [entry for entry in entries.values() if self._support(entry)]
        return supported[0] if len(supported) == 1 else None

    def _support(self, entry: Entry) -> int:
        if entry.country is None:
            return 0
        return self.countries.get(entry.country, 0) - (entry.id in self.actors)


def certain_actors(readings: Sequence[Reading]) -> Certain:
    actors: dict[str, Entry] = {}
    for reading in readings:
        entries = reading.sure_entries
        if len(entries) == 1:
            actors.update(entries)
    first = Certain(actors, _countries(actors), {})
    explained: dict[str, Entry] = {}
    sport = sum(entry.kind in SPORT for entry in actors.values()) >= _MIN_SPORT
    for reading in readings:
        entries = reading.sure_entries
        if len(entries) > 1 and not entries.keys() & actors.keys():
            entry = first.at_home(entries)
            if entry is not None:
                explained[entry.id] = entry
        elif not entries and (entry := first.at_home(reading.places)) is not None:
            # Sudan, where the word is an ordinary one, too: Khartoum tells.
            explained[entry.id] = entry
        for id_, entry in reading.weak_entries.items():
            if entry.eponym is not None and _explained_by_namesake(entry, entry.eponym, actors, sport):
                explained[id_] = entry
    together = actors | explained
    return Certain(together, _countries(together), _bearers(readings, together))


def _explained_by_namesake(entry: Entry, eponym: str, actors: Mapping[str, Entry], sport: bool) -> bool:
    """Dell, where Michael Dell is named; Barcelona's club, where the article is about sport."""
    namesake = actors.get(eponym)
    return (sport and entry.kind in SPORT) or (namesake is not None and namesake.type == "person")


def _countries(actors: Mapping[str, Entry]) -> Counter[str]:
    return Counter(entry.country for entry in actors.values() if entry.country)


def _bearers(readings: Sequence[Reading], certain: Mapping[str, Entry]) -> dict[str, frozenset[str]]:
    bearers: dict[str, frozenset[str]] = {}
    for reading in readings:
        known = frozenset(id_ for id_ in reading.entries if id_ in certain)
        if known:
            bearers[reading.form] = bearers.get(reading.form, frozenset()) | known
    return bearers
