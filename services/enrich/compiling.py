"""From entries to the folder that `compiled` maps into memory."""

from __future__ import annotations

import json
import os
import shutil
from array import array
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from marisa_trie import Trie

from services.enrich.compiled import LONGEST, VERSION, alone
from services.enrich.entry import Entry
from services.enrich.entry_rows import row_of
from services.enrich.name_starts import Beginnings
from services.enrich.patterns import patterns_of
from services.enrich.sounds import save_sounds, sounds_of

MAX_OWNERS = 8
"""Entries that share a form, beyond which it says nothing."""
_OUTWEIGHS = 4
"""How many times more known than its namesakes an entry is to have their name to itself."""
_COMMON_GIVEN = 3
"""Persons that share a given name, from which it counts as one."""

Progress = Callable[[int], None]
"""Told how many entries were done since it was last called."""


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
    sounds: list[tuple[str, str]] = []
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
            if everything:
                sounds.extend((sound, entry.id) for sound in sounds_of(entry))
            mine: dict[str, None] = {}
            for form, alias in patterns_of(entry, foreign_cases=everything):
                if (everything or alone(alias)) and len(form) <= LONGEST:
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
    save_sounds(sounds, folder / "sounds.marisa")
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


def _count_given(entry: Entry, given: dict[str, int]) -> None:
    if entry.type == "person":
        first, blank, _ = entry.name.partition(" ")
        if blank and len(first) > 2 and first.isalpha():
            name = first.lower()
            given[name] = given.get(name, 0) + 1
