"""Actors compiled into a folder that is mapped into memory: ours, and imported ones by the million. They cost what is looked up.

`names.marisa` is a trie of the forms of all names; form n belongs to the entries `owners[offsets[n]:offsets[n+1]]`. Entry n stands in
`entries.jsonl` from byte `lines[n]` on, and its aliases are made when a text first names it. `numbers` has the entry of each id in the
trie `ids.marisa`; `sounds.marisa` says how the names of persons sound. Of imported actors only names that mean somebody alone are in
the trie: what papers print after the full name (bare surnames) is looked for in articles with the full name.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from marisa_trie import Trie

from services.enrich.affixes import MIN_STEM
from services.enrich.alias import Alias
from services.enrich.entry import Entry
from services.enrich.entry_rows import entry_of
from services.enrich.folding import Folded
from services.enrich.name_starts import Beginnings, name_starts
from services.enrich.names import Occurrence
from services.enrich.patterns import patterns_of
from services.enrich.repeats import occurrences
from services.enrich.sounds import CompiledSounds
from shared.errors import Misuse

VERSION = 4
"""Of the folder's form."""
LONGEST = 100
"""Characters of a form at most; what is longer is not looked for."""
_CACHED_ENTRIES = 4_096
_CACHED_FORMS = 16_384


class CompiledNames:
    """`known` are better entries by Wikidata id: an actor that they have is theirs, with more names. `replaced` are ids of entries that
    somebody else's stand for."""

    def __init__(
        self, folder: Path, known: Mapping[str, Entry] | None = None, replaced: frozenset[str] = frozenset()
    ) -> None:
        try:
            meta = json.loads((folder / "meta.json").read_text("utf-8"))
            if meta["version"] != VERSION:
                raise Misuse(f"{folder} was built by another version: run `newsloom gazetteer build` once more")
            self._trie = Trie().mmap(str(folder / "names.marisa"))
            self._offsets = _mapped(folder / "offsets", np.uint32)
            self._owners = _mapped(folder / "owners", np.uint32)
            self._ids = Trie().mmap(str(folder / "ids.marisa"))
            self._numbers = _mapped(folder / "numbers", np.uint32)
            self._lines = _mapped(folder / "lines", np.uint64)
            with (folder / "entries.jsonl").open("rb") as file:
                self._entries = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self.sounds = CompiledSounds(folder / "sounds.marisa")
            self._beginnings = Beginnings.load(folder / "beginnings")
            self._everything: bool = meta["everything"]
            self.given_names = frozenset[str](meta["given_names"])
            self.count: int = meta["entries"]
            self._numbers_of_wikidata: dict[str, int] = meta["wikidata"]
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise Misuse(f"{folder} is no built gazetteer, or a broken one: {error}") from None
        self._known = known or {}
        self._replaced = replaced
        self._aliases_of_entry = lru_cache(_CACHED_ENTRIES)(self._read_aliases)
        self._aliases_of_form = lru_cache(_CACHED_FORMS)(self._read_form)

    def __len__(self) -> int:
        return len(self._trie)

    def occurrences(self, folded: Folded) -> Iterator[Occurrence]:
        lowered = folded.lowered
        named: set[int] = set()
        aliases_of_form = self._aliases_of_form
        prefixes = self._trie.iter_prefixes_with_ids
        for start in name_starts(folded.text, lowered, self._beginnings):
            for form, key in prefixes(lowered[start : start + LONGEST]):
                if len(form) < MIN_STEM and _within_a_word(lowered, start + len(form)):
                    continue
                aliases = aliases_of_form(form, key)
                if aliases:
                    yield start, start + len(form), aliases
                    if not self._everything:
                        named.update(self._owners_of(key))
        for number in named:
            yield from self._bare(number, lowered)

    def aliases_of(self, form: str) -> tuple[Alias, ...]:
        return self._aliases_of_form(form, self._trie[form]) if form in self._trie else ()

    def with_wikidata(self) -> dict[str, Entry]:
        """The entries that have a Wikidata id, by it."""
        return {id_: self._entry(number) for id_, number in self._numbers_of_wikidata.items()}

    def entry(self, id_: str) -> Entry | None:
        return self._entry(int(self._numbers[self._ids[id_]])) if id_ in self._ids else None

    def entries(self) -> Iterator[Entry]:
        """All of them, one at a time."""
        return map(self._entry, range(self.count))

    def _owners_of(self, key: int) -> list[int]:
        owners: list[int] = self._owners[self._offsets[key] : self._offsets[key + 1]].tolist()
        return owners

    def _read_form(self, form: str, key: int) -> tuple[Alias, ...]:
        return tuple(
            alias
            for number in self._owners_of(key)
            for alias in self._aliases_of_entry(number).get(form, ())
            if self._everything or alone(alias)
        )

    def _bare(self, number: int, lowered: str) -> Iterator[Occurrence]:
        """Where the short forms of an entry stand, whose full name the article has."""
        for form, aliases in self._aliases_of_entry(number).items():
            short = tuple(alias for alias in aliases if not alone(alias))
            for at in occurrences(form, lowered) if short else ():
                yield at, at + len(form), short

    def _entry(self, number: int) -> Entry:
        return entry_of(orjson.loads(self._entries[int(self._lines[number]) : int(self._lines[number + 1])]))

    def _read_aliases(self, number: int) -> dict[str, tuple[Alias, ...]]:
        entry = self._entry(number)
        if entry.id in self._replaced:
            return {}
        known = self._known.get(entry.wikidata or "")
        found: dict[str, tuple[Alias, ...]] = {}
        for form, alias in patterns_of(entry, foreign_cases=self._everything):
            mine = alias if known is None else replace(alias, entry=known)
            found[form] = (*found.get(form, ()), mine)
        return found


class CompiledEntries(Mapping[str, Entry]):
    """The entries of a folder by id, read when asked for."""

    def __init__(self, names: CompiledNames) -> None:
        self._names = names

    def __getitem__(self, id_: str) -> Entry:
        entry = self._names.entry(id_)
        if entry is None:
            raise KeyError(id_)
        return entry

    def __iter__(self) -> Iterator[str]:
        return (entry.id for entry in self._names.entries())

    def __len__(self) -> int:
        return self._names.count


def _within_a_word(lowered: str, end: int) -> bool:
    """Whether a short form is the beginning of a longer word in Latin letters, where it can take no ending."""
    return "a" <= lowered[end : end + 1] <= "z" and "a" <= lowered[end - 1] <= "z"


def _mapped(path: Path, kind: type[np.generic]) -> Any:
    """A plain array: a `memmap` pays for each look into it."""
    return np.asarray(np.memmap(path, kind, "r"))


def alone(alias: Alias) -> bool:
    """Whether the name means somebody without another in the article."""
    return alias.strength != "short"
