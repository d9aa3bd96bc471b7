"""The actors that Newsloom knows by name, ready to be found in text.

Ours (`built_in`); the user's own file, of which an entry with an id of ours replaces ours; and what was imported by the thousand
(`compiled`), which comes after both.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from services.enrich.alias import Alias
from services.enrich.built_in import built_in_folder, given_names_of
from services.enrich.compiled import CompiledEntries, CompiledNames
from services.enrich.entry import Entry, GazetteerError, read_entries
from services.enrich.folding import fold_name
from services.enrich.names import FilesFirst, Names, Together, WrittenNames
from services.enrich.patterns import patterns_of
from services.enrich.sounds import Sounds, SoundsOf, SoundsTogether

__all__ = ["Entry", "Gazetteer", "GazetteerError", "build_gazetteer", "load_gazetteer"]

MAX_ENTRIES = 500_000


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """`entries` of the files by id; `imported` are further ones, if any; `given_names` folded, of all these persons and common ones."""

    entries: Mapping[str, Entry]
    names: Names
    given_names: frozenset[str]
    sounds: Sounds
    imported: CompiledNames | None = None

    def entry(self, id_: str) -> Entry | None:
        return self.entries.get(id_) or (self.imported.entry(id_) if self.imported else None)

    def sounding(self, sound: str) -> Entry | None:
        """The one person whose full name, in some language of Latin or Cyrillic letters, sounds so (`sounds.sound_of`)."""
        ids = self.sounds.sounding(sound)
        return self.entries.get(next(iter(ids))) if len(ids) == 1 else None

    def lookup(self, name: str) -> tuple[Entry, ...]:
        """The actors that `name`, in any of its forms and in any case, can mean."""
        return tuple({alias.entry.id: alias.entry for alias in self.names.aliases_of(fold_name(name))}.values())


@cache
def load_gazetteer(user_file: Path | None = None, imported: Path | None = None) -> Gazetteer:
    """Read once per process, file and folder of imported actors (`compile_entries`). Raises `GazetteerError` with file and entry."""
    own = _read_own(user_file) if user_file is not None else {}
    ours = CompiledNames(built_in_folder(), replaced=frozenset(own))
    gazetteer = Gazetteer(CompiledEntries(ours), ours, ours.given_names, ours.sounds)
    if own:
        mine = build_gazetteer(own)
        gazetteer = Gazetteer(
            ChainMap(cast(dict[str, Any], own), cast(dict[str, Any], gazetteer.entries)),
            Together(mine.names, ours),
            mine.given_names | ours.given_names,
            SoundsTogether(mine.sounds, ours.sounds),
        )
    return gazetteer if imported is None else _with_imported(gazetteer, ours, own, imported)


def _with_imported(gazetteer: Gazetteer, ours: CompiledNames, own: Mapping[str, Entry], folder: Path) -> Gazetteer:
    known = ours.with_wikidata() | {entry.wikidata: entry for entry in own.values() if entry.wikidata}
    imported = CompiledNames(folder, known)
    return replace(
        gazetteer,
        names=FilesFirst(gazetteer.names, imported),
        given_names=gazetteer.given_names | imported.given_names,
        imported=imported,
    )


def _read_own(user_file: Path) -> dict[str, Entry]:
    own: dict[str, Entry] = {}
    for entry in read_entries(user_file):
        if entry.id in own:
            raise GazetteerError(entry.file, entry.id, "the id stands in this file twice")
        own[entry.id] = entry
    return own


def build_gazetteer(entries: Mapping[str, Entry]) -> Gazetteer:
    """From entries by id, all in memory. Raises `GazetteerError` when there are more than `MAX_ENTRIES`."""
    if len(entries) > MAX_ENTRIES:
        raise GazetteerError("gazetteer", "", f"more than {MAX_ENTRIES} entries")
    patterns: dict[str, tuple[Alias, ...]] = {}
    for entry in entries.values():
        for form, alias in patterns_of(entry):
            others = patterns.get(form)
            patterns[form] = (alias,) if others is None else (*others, alias)
    return Gazetteer(entries, WrittenNames(patterns), given_names_of(entries), SoundsOf(entries.values()))
