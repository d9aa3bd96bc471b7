"""Finding earlier articles that share shingles with a new one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest

from services.deduplicate.copies import LEAST_SHARED
from services.deduplicate.postings import Postings
from services.deduplicate.shingles import Sketch
from services.deduplicate.verdict import CopyVerdict

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
        self._known[place] = known
        self._by_fingerprint[record.fingerprint] = place
        self._postings.add(known.sketch.hashes, place, self._oldest())
        if len(self._known) > self._capacity:
            self._forget(*self._known.popitem(last=False))

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

    def _least(self, new: Sketch, old: Sketch, containment: float) -> float:
        """Shared shingles without which there can be no such containment. The two sketches' counts say so only where both were
        sampled alike; else every record that shares enough to prove anything is compared in full."""
        if new.halvings != old.halvings:
            return LEAST_SHARED
        return max(LEAST_SHARED, containment * min(new.hashes.size, old.hashes.size))


def _root(record: CopyVerdict) -> str:
    """A copy of a copy is a copy of the first one. What merely contains something is its own first one."""
    return record.copy_of if record.copy_of and record.copy_kind != "contains" else record.article_id
