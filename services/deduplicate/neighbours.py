"""Finding earlier articles that share shingles with a new one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest

import numpy as np

from services.deduplicate.copies import LEAST_SHARED
from services.deduplicate.postings import Postings
from services.deduplicate.shingles import Sketch
from services.deduplicate.verdict import CopyVerdict
from shared.columns import Column, Columns, column_of_json, json_of, of, under
from shared.instants import instant, micros

POSTINGS = 64
"""Articles that are found by one shingle, the latest: one that stands in more is boilerplate, and old boilerplate must not hide
new copies."""
CANDIDATES = 16
"""Articles that are compared in full, those with the most shared shingles first."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What is held of a record. `root`: the article that a copy of it is a copy of."""

    root: str
    event_time: datetime
    fingerprint: str
    sketch: Sketch


class Neighbours:
    """Holds the `capacity` newest records *in the order of the log*, so memory is bounded whatever dates the articles carry, and
    what is found depends on the sequence of records alone."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._known: OrderedDict[int, Neighbour] = OrderedDict()
        """By place: how many records the log had before it."""
        self._added = 0
        self._postings = Postings(POSTINGS)
        self._by_fingerprint: dict[str, int] = {}

    def add(self, record: CopyVerdict) -> None:
        place = self._added
        self._added += 1
        known = Neighbour(_root(record), record.event_time, record.fingerprint, record.sketch())
        self._hold(place, known)
        self._postings.add(known.sketch.hashes, place, self._oldest())
        if len(self._known) > self._capacity:
            self._forget(*self._known.popitem(last=False))

    def _hold(self, place: int, known: Neighbour) -> None:
        self._known[place] = known
        self._by_fingerprint[known.fingerprint] = place

    def _forget(self, place: int, known: Neighbour) -> None:
        if self._by_fingerprint.get(known.fingerprint) == place:
            del self._by_fingerprint[known.fingerprint]

    def _oldest(self) -> int:
        return max(0, self._added - self._capacity)

    def same_text(self, fingerprint: str) -> Neighbour | None:
        place = self._by_fingerprint.get(fingerprint)
        return None if place is None else self._known[place]

    def near(self, sketch: Sketch, around: datetime, window: timedelta, containment: float) -> Iterator[Neighbour]:
        """Records within the window that may have `containment`, most shared shingles first, ties in the order of the log."""
        inside = [
            (-count, place)
            for place, count in self._postings.shared(sketch.hashes, self._oldest()).items()
            if count >= LEAST_SHARED
            and count >= self._least(sketch, (known := self._known[place]).sketch, containment)
            and abs(known.event_time - around) <= window
        ]
        for _, place in nsmallest(CANDIDATES, inside):
            yield self._known[place]

    def columns(self) -> dict[str, Column]:
        known = self._known.values()
        sketches = [each.sketch for each in known]
        return {
            **under("postings", self._postings.columns()),
            "added": np.array([self._added]),
            "words": column_of_json([(each.root, each.fingerprint) for each in known]),
            "times": np.array([micros(each.event_time) for each in known], np.int64),
            "sketches": np.array([(each.hashes.size, each.halvings, each.size) for each in sketches]).reshape(-1, 3),
            "hashes": np.concatenate([each.hashes for each in sketches]) if sketches else np.array([], np.uint64),
        }

    @classmethod
    def of(cls, columns: Columns, capacity: int) -> Neighbours:
        """As they were that gave these columns; `capacity` must be the same."""
        made = cls(capacity)
        made._added = int(columns["added"][0])
        made._postings.load(of("postings", columns))
        place, start = made._oldest(), 0
        rows = zip(json_of(columns["words"]), columns["times"].tolist(), columns["sketches"].tolist(), strict=True)
        for (root, fingerprint), at, (count, halvings, size) in rows:
            # A copy: what leaves must give its memory back.
            hashes = columns["hashes"][start : start + count].copy()
            made._hold(place, Neighbour(root, instant(at), fingerprint, Sketch(hashes, halvings, size)))
            place, start = place + 1, start + count
        return made

    def _least(self, new: Sketch, old: Sketch, containment: float) -> float:
        """Shared shingles without which there can be no such containment. The two sketches' counts say so only where both were
        sampled alike; else every record that shares enough to prove anything is compared in full."""
        if new.halvings != old.halvings:
            return LEAST_SHARED
        return max(LEAST_SHARED, containment * min(new.hashes.size, old.hashes.size))


def _root(record: CopyVerdict) -> str:
    """A copy of a copy is a copy of the first one. What merely contains something is its own first one."""
    return record.copy_of if record.copy_of and record.copy_kind != "contains" else record.article_id
