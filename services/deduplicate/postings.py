"""Which records have a shingle: an inverted index of about 12 bytes for each shingle of a record."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from services.deduplicate.shingles import Hashes
from shared.columns import Column, Columns
from shared.sorted_runs import SortedRuns


class Postings:
    """Records are known by their place in the log, which must grow from one `add` to the next."""

    def __init__(self, most: int) -> None:
        """`most` records are found of each shingle, the latest."""
        self._most = most
        self._oldest = 0
        self._places = SortedRuns(np.uint32, lambda places: places >= self._oldest)

    def add(self, hashes: Hashes, place: int, oldest: int = 0) -> None:
        """`hashes` are unique. What lies before place `oldest` may be dropped: it is never asked for again."""
        self._oldest = oldest
        self._places.add(hashes.tolist(), place)

    def columns(self) -> dict[str, Column]:
        return self._places.columns()

    def load(self, columns: Columns) -> None:
        """What another one had, in the place of what this one has."""
        self._places.load(columns)

    def shared(self, hashes: Hashes, oldest: int = 0) -> dict[int, int]:
        """How many of these shingles each record has, from place `oldest` on; records without any are left out."""
        found: defaultdict[int, int] = defaultdict(int)
        room = [self._most] * hashes.size
        for number, shingle in enumerate(hashes.tolist()):
            for place in self._places.fresh.get(shingle, ())[-self._most :]:
                found[place] += 1
                room[number] -= 1
        # From the newest on: where a shingle stands in too many, its oldest are left out.
        for run in reversed(self._places.runs):
            starts, ends = run.bounds(hashes)
            for number in np.flatnonzero(starts < ends).tolist():
                start, end = max(int(starts[number]), int(ends[number]) - room[number]), int(ends[number])
                for place in run.values[start:end].tolist():
                    found[place] += 1
                room[number] -= end - start
        return {place: count for place, count in found.items() if place >= oldest}
