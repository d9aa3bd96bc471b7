"""Actors compiled into a folder that is mapped into memory: ours, and imported ones by the million. They cost what is looked up.

`names.marisa` is a trie of the forms of all names; form n belongs to the entries `owners[offsets[n]:offsets[n+1]]`. Entry n stands in
`entries.jsonl` from byte `lines[n]` on, and its aliases are made when a text first names it. `numbers` has the entry of each id in the
trie `ids.marisa`. Of imported actors only names that mean somebody alone are in the trie: what papers print after the full name (bare
surnames) is looked for in articles with the full name.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from marisa_trie import Trie

from services.enrich.alias import Alias
from services.enrich.entry import Entry
from services.enrich.folding import Folded
from services.enrich.name_starts import Beginnings, name_starts
from services.enrich.names import Occurrence
from services.enrich.patterns import patterns_of
from shared.errors import Misuse

VERSION = 2
LONGEST = 100
"""Characters of a form at most; what is longer is not looked for."""
MAX_OWNERS = 8
"""Entries that share a form, beyond which it says nothing."""
_OUTWEIGHS = 4
"""How many times more known than its namesakes an entry is to have their name to itself."""
_CACHED_ENTRIES = 8_192
_MAX_BARE = 200
"""Mentions by surname of one entry in one article."""
_COMMON_GIVEN = 3
"""Persons that share a given name, from which it counts as one."""

Progress = Callable[[int], None]
"""Told how many entries were done since it was last called."""


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
            self._offsets = np.memmap(folder / "offsets", np.uint32, "r")
            self._owners = np.memmap(folder / "owners", np.uint32, "r")
            self._ids = Trie().mmap(str(folder / "ids.marisa"))
            self._numbers = np.memmap(folder / "numbers", np.uint32, "r")
            self._lines = np.memmap(folder / "lines", np.uint64, "r")
            with (folder / "entries.jsonl").open("rb") as file:
                self._entries = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
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

    def __len__(self) -> int:
        return len(self._trie)

    def occurrences(self, folded: Folded) -> Iterator[Occurrence]:
        lowered = folded.lowered
        named: set[int] = set()
        for start in name_starts(folded.text, lowered, self._beginnings):
            for form in self._trie.prefixes(lowered[start : start + LONGEST]):
                owners = self._owners_of(form)
                aliases = self._aliases(form, owners)
                if aliases:
                    named.update(owners)
                    yield start, start + len(form), aliases
        if not self._everything:
            for number in named:
                yield from self._bare(number, lowered)

    def aliases_of(self, form: str) -> tuple[Alias, ...]:
        return self._aliases(form, self._owners_of(form)) if form in self._trie else ()

    def with_wikidata(self) -> dict[str, Entry]:
        """The entries that have a Wikidata id, by it."""
        return {id_: self._entry(number) for id_, number in self._numbers_of_wikidata.items()}

    def entry(self, id_: str) -> Entry | None:
        return self._entry(int(self._numbers[self._ids[id_]])) if id_ in self._ids else None

    def entries(self) -> Iterator[Entry]:
        """All of them, one at a time."""
        return map(self._entry, range(self.count))

    def _owners_of(self, form: str) -> list[int]:
        key = self._trie[form]
        owners: list[int] = self._owners[self._offsets[key] : self._offsets[key + 1]].tolist()
        return owners

    def _aliases(self, form: str, owners: Iterable[int]) -> tuple[Alias, ...]:
        return tuple(
            alias
            for number in owners
            for alias in self._aliases_of_entry(number).get(form, ())
            if self._everything or _alone(alias)
        )

    def _bare(self, number: int, lowered: str) -> Iterator[Occurrence]:
        """Where the short forms of an entry stand, whose full name the article has."""
        for form, aliases in self._aliases_of_entry(number).items():
            short = tuple(alias for alias in aliases if not _alone(alias))
            at = lowered.find(form) if short else -1
            for _ in range(_MAX_BARE):
                if at < 0:
                    break
                yield at, at + len(form), short
                at = lowered.find(form, at + len(form))

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


def compile_entries(
    entries: Iterable[Entry],
    folder: Path,
    progress: Progress | None = None,
    *,
    everything: bool = False,
    given_names: Iterable[str] = (),
) -> int:
    """Writes `folder` anew, all or nothing, and returns how many entries it has. `everything`: entries that were written with care, of
    which all forms count, short ones too, whoever else has them. `given_names` are kept beside those that several persons share."""
    making = folder.with_name(f"{folder.name}.making-{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    count = _write(entries, making, progress, everything, frozenset(given_names))
    _replace(folder, making)
    return count


def _replace(folder: Path, making: Path) -> None:
    """Another process may do the same at this moment: theirs is as good."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        making.rename(folder)
    except OSError:
        if not (folder / "meta.json").exists():
            raise
        shutil.rmtree(making, ignore_errors=True)


def _write(
    entries: Iterable[Entry],
    folder: Path,
    progress: Progress | None,
    everything: bool,
    given_names: frozenset[str],
) -> int:
    small: set[str] = set()
    wikidata: dict[str, int] = {}
    ids: list[str] = []
    forms: list[str] = []
    owners = array("I")
    weights = array("I")
    lines = array("Q", [0])
    given: dict[str, int] = {}
    at = 0
    with (folder / "entries.jsonl").open("wb") as out:
        for number, entry in enumerate(entries):
            line = orjson.dumps(row_of(entry)) + b"\n"
            at += out.write(line)
            lines.append(at)
            ids.append(entry.id)
            weights.append(entry.weight)
            if entry.wikidata:
                wikidata[entry.wikidata] = number
            _count_given(entry, given)
            mine: dict[str, None] = {}
            for form, alias in patterns_of(entry, foreign_cases=everything):
                if (everything or _alone(alias)) and len(form) <= LONGEST:
                    mine[form] = None
                    if everything and alias.may_be_small:
                        small.add(form)
            for form in mine:
                forms.append(form)
                owners.append(number)
            if progress is not None:
                progress(1)
        if at == 0:
            out.write(b"\n")  # a file of no bytes cannot be mapped
    trie = Trie(forms)
    trie.save(str(folder / "names.marisa"))
    keys = np.fromiter(map(trie.__getitem__, forms), np.uint32, len(forms))
    weighed = np.frombuffer(weights, np.uint32) if not everything else None
    offsets, kept = _postings(keys, np.frombuffer(owners, np.uint32), weighed, len(trie))
    offsets.tofile(folder / "offsets")
    kept.tofile(folder / "owners")
    np.frombuffer(lines, np.uint64).tofile(folder / "lines")
    _write_ids(ids, folder)
    Beginnings.of(forms, small).save(folder / "beginnings")
    meta = {
        "version": VERSION,
        "entries": len(lines) - 1,
        "everything": everything,
        "wikidata": wikidata,
        "given_names": sorted(
            given_names | {name for name, persons in given.items() if persons >= _COMMON_GIVEN and not everything}
        ),
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False), "utf-8")
    return len(lines) - 1


def _write_ids(ids: list[str], folder: Path) -> None:
    trie = Trie(ids)
    trie.save(str(folder / "ids.marisa"))
    numbers = np.zeros(len(ids) + 1, np.uint32)
    for number, id_ in enumerate(ids):
        numbers[trie[id_]] = number
    numbers.tofile(folder / "numbers")


def _postings(keys: Any, owners: Any, weights: Any, forms: int) -> tuple[Any, Any]:
    """(offsets, owners): of entries that share a form the one that far outweighs the others, else all, else none where they are many;
    without weights all."""
    if not len(keys):
        return np.zeros(forms + 1, np.uint32), np.zeros(1, np.uint32)
    if weights is None:
        order = np.argsort(keys, kind="stable")
        counts = np.bincount(keys, minlength=forms)
        return np.concatenate(([0], np.cumsum(counts))).astype(np.uint32), np.concatenate((owners[order], [0])).astype(
            np.uint32
        )
    order = np.lexsort((-weights[owners].astype(np.int64), keys))
    keys, owners = keys[order], owners[order]
    counts = np.bincount(keys, minlength=forms)
    first = np.concatenate(([0], np.cumsum(counts)[:-1]))
    rank = np.arange(len(keys)) - first[keys]
    heaviest = weights[owners[first]].astype(np.int64)
    second = np.zeros(forms, np.int64)
    shared = counts > 1
    second[shared] = weights[owners[first[shared] + 1]]
    alone = heaviest >= _OUTWEIGHS * np.maximum(second, 1)
    keep = np.where(alone[keys], rank == 0, (counts <= MAX_OWNERS)[keys])
    kept = np.bincount(keys[keep], minlength=forms)
    offsets = np.concatenate(([0], np.cumsum(kept))).astype(np.uint32)
    return offsets, np.concatenate((owners[keep], [0])).astype(np.uint32)


def _alone(alias: Alias) -> bool:
    return alias.strength != "short"


def _count_given(entry: Entry, given: dict[str, int]) -> None:
    if entry.type == "person":
        first, blank, _ = entry.name.partition(" ")
        if blank and len(first) > 2 and first.isalpha():
            name = first.lower()
            given[name] = given.get(name, 0) + 1


def row_of(entry: Entry) -> dict[str, Any]:
    """As `entry_of` reads it."""
    return {
        "id": entry.id,
        "type": entry.type,
        "name": entry.name,
        "wikidata": entry.wikidata,
        "country": entry.country,
        "kind": entry.kind,
        "aliases": entry.aliases,
        "short": entry.short,
        "weight": entry.weight,
        "file": entry.file,
        "unknown_keys": entry.unknown_keys,
    }


def entry_of(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        type=row["type"],
        name=row["name"],
        wikidata=row["wikidata"],
        country=row["country"],
        kind=row["kind"],
        aliases={language: tuple(names) for language, names in row["aliases"].items()},
        short={language: tuple(names) for language, names in row["short"].items()},
        file=row["file"],
        unknown_keys=tuple(row["unknown_keys"]),
        weight=row["weight"],
    )
