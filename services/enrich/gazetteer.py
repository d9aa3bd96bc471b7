"""The actors that Newsloom knows by name, ready to be found in text.

The files are `gazetteer/*.yaml` beside this module and, if there is one, the user's own; an entry of the user's with an id of ours
replaces ours. What was imported by the thousand comes after both (`compiled`).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from services.enrich import given_names
from services.enrich.alias import Alias
from services.enrich.compiled import CompiledNames
from services.enrich.entry import Entry, GazetteerError, read_entries
from services.enrich.family_names import family_first, given_name
from services.enrich.folding import fold_name
from services.enrich.names import FilesFirst, Names, WrittenNames
from services.enrich.patterns import patterns_of
from services.enrich.person_words import shared_words
from services.enrich.plain_letters import plain

__all__ = ["Entry", "Gazetteer", "GazetteerError", "build_gazetteer", "load_gazetteer"]

BUILT_IN = Path(__file__).with_name("gazetteer")
MAX_ENTRIES = 500_000
_MIN_GIVEN_NAME = 3


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`entries` of the files by id; `imported` are further ones, if any; `given_names` folded, of all these persons and common ones."""

    entries: Mapping[str, Entry]
    names: Names
    given_names: frozenset[str]
    imported: CompiledNames | None = None

    def entry(self, id_: str) -> Entry | None:
        return self.entries.get(id_) or (self.imported.entry(id_) if self.imported else None)

    def lookup(self, name: str) -> tuple[Entry, ...]:
        """The actors that `name`, in any of its forms and in any case, can mean."""
        return tuple({alias.entry.id: alias.entry for alias in self.names.aliases_of(fold_name(name))}.values())


@cache
def load_gazetteer(user_file: Path | None = None, imported: Path | None = None) -> Gazetteer:
    """Read once per process, file and folder of imported actors (`compile_entries`). Raises `GazetteerError` with file and entry."""
    with _no_collector():
        gazetteer = build_gazetteer(_read(user_file))
    return gazetteer if imported is None else _with_imported(gazetteer, imported)


def _with_imported(gazetteer: Gazetteer, folder: Path) -> Gazetteer:
    known = {entry.wikidata: entry for entry in gazetteer.entries.values() if entry.wikidata}
    imported = CompiledNames(folder, known)
    return replace(
        gazetteer,
        names=FilesFirst(gazetteer.names, imported),
        given_names=gazetteer.given_names | imported.given_names,
        imported=imported,
    )


def _read(user_file: Path | None) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for file in sorted(BUILT_IN.glob("*.yaml")):
        for entry in read_entries(file):
            if entry.id in entries:
                raise GazetteerError(entry.file, entry.id, f"the id stands in {entries[entry.id].file} already")
            entries[entry.id] = entry
    if user_file is not None:
        own: set[str] = set()
        for entry in read_entries(user_file):
            if entry.id in own:
                raise GazetteerError(entry.file, entry.id, "the id stands in this file twice")
            own.add(entry.id)
            entries[entry.id] = entry
    return entries


def build_gazetteer(entries: Mapping[str, Entry]) -> Gazetteer:
    """From entries by id. Raises `GazetteerError` when there are more than `MAX_ENTRIES`."""
    if len(entries) > MAX_ENTRIES:
        raise GazetteerError("gazetteer", "", f"more than {MAX_ENTRIES} entries")
    patterns: dict[str, tuple[Alias, ...]] = {}
    for entry in entries.values():
        for form, alias in patterns_of(entry):
            others = patterns.get(form)
            patterns[form] = (alias,) if others is None else (*others, alias)
    return Gazetteer(entries, WrittenNames(patterns), _given_names(entries))


@contextmanager
def _no_collector() -> Iterator[None]:
    """Everything that loading makes is kept: looking for garbage among it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _given_names(entries: Mapping[str, Entry]) -> frozenset[str]:
    found = {fold_name(name) for name in given_names.COMMON} | shared_words().given
    for entry in entries.values():
        if entry.type != "person":
            continue
        first = family_first(entry.name, entry.country)
        for language, names in entry.aliases.items():
            for name in names:
                given = given_name(name, first=first)
                if given and len(given) >= _MIN_GIVEN_NAME and language not in ("zh", "ja", "ko"):
                    found.add(fold_name(given))
    return frozenset(found | {plain(name) for name in found})
