"""Which records have a shingle: an inverted index as a few sorted arrays, about 12 bytes for each shingle of a record.

New records stand in a dictionary, which becomes a sorted array when it is large, and arrays of like size are merged into one: a
log-structured merge tree in memory (O'Neil et al. 1996). A dictionary of all took ten times the memory.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.deduplicate.shingles import Hashes

Places = npt.NDArray[np.uint32]

FRESH = 20_000
"""Shingles from which on the dictionary becomes an array."""


@dataclass(frozen=True, slots=True)
class _Run:
    """`hashes` is sorted; equal ones are in the order of their `places`."""

    hashes: Hashes
    places: Places


class Postings:
    """Records are known by their place in the log, which must grow from one `add` to the next."""

    def __init__(self, most: int) -> None:
        """`most` records are found of each shingle, the latest."""
        self._most = most
        self._runs: list[_Run] = []
        self._fresh: defaultdict[int, list[int]] = defaultdict(list)
        self._fresh_size = 0

    def add(self, hashes: Hashes, place: int, oldest: int = 0) -> None:
        """`hashes` are sorted and unique. What lies before place `oldest` may be dropped: it is never asked for again."""
        for shingle in hashes.tolist():
            self._fresh[shingle].append(place)
        self._fresh_size += hashes.size
        if self._fresh_size >= FRESH:
            self._settle(oldest)

    def shared(self, hashes: Hashes, oldest: int = 0) -> dict[int, int]:
        """How many of these shingles each record has, from place `oldest` on; records without any are left out."""
        found: defaultdict[int, int] = defaultdict(int)
        room = [self._most] * hashes.size
        for number, shingle in enumerate(hashes.tolist()):
            for place in self._fresh.get(shingle, ())[-self._most :]:
                found[place] += 1
                room[number] -= 1
        # From the newest on: where a shingle stands in too many, its oldest are left out.
        for run in reversed(self._runs):
            starts = np.searchsorted(run.hashes, hashes, "left")
            ends = np.searchsorted(run.hashes, hashes, "right")
            for number in np.flatnonzero(starts < ends).tolist():
                start, end = max(int(starts[number]), int(ends[number]) - room[number]), int(ends[number])
                for place in run.places[start:end].tolist():
                    found[place] += 1
                room[number] -= end - start
        return {place: count for place, count in found.items() if place >= oldest}

    def _settle(self, oldest: int) -> None:
        pairs = [(shingle, place) for shingle, places in self._fresh.items() for place in places]
        self._fresh.clear()
        self._fresh_size = 0
        self._runs.append(_merged([np.array([pair[0] for pair in pairs], np.uint64)], [_places(pairs)], oldest))
        while len(self._runs) > 1 and self._runs[-2].hashes.size < 2 * self._runs[-1].hashes.size:
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(_merged([before.hashes, last.hashes], [before.places, last.places], oldest))


def _places(pairs: list[tuple[int, int]]) -> Places:
    return np.array([place for _, place in pairs], np.uint32)


def _merged(hashes: list[Hashes], places: list[Places], oldest: int) -> _Run:
    all_hashes, all_places = np.concatenate(hashes), np.concatenate(places)
    kept = all_places >= oldest
    all_hashes, all_places = all_hashes[kept], all_places[kept]
    # A stable sort leaves equal shingles in the order in which they came, which is that of their places.
    order = np.argsort(all_hashes, kind="stable")
    return _Run(all_hashes[order], all_places[order])
