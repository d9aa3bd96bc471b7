"""Finding earlier articles that share shingles with a new one: an inverted index in memory."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest

from services.deduplicate.copies import LEAST_SHARED
from services.deduplicate.shingles import Sketch
from services.deduplicate.verdict import CopyVerdict

POSTINGS = 64
"""Articles that are kept per shingle, the latest: one that stands in more is boilerplate, and old boilerplate must not hide new copies."""
CANDIDATES = 16
"""Articles that are compared in full, those with the most shared shingles first."""


@dataclass(frozen=True, slots=True)
class _Known:
    """`place`: how many records the log had before it."""

    record: CopyVerdict
    sketch: Sketch
    place: int


class Neighbours:
    """Holds the `capacity` newest records *in the order of the log*, so memory is bounded whatever dates the articles carry, and
    what is found depends on the sequence of records alone."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._records: OrderedDict[str, _Known] = OrderedDict()
        self._added = 0
        self._postings: dict[int, list[str]] = {}
        self._by_fingerprint: dict[str, str] = {}

    def add(self, record: CopyVerdict) -> None:
        sketch = record.sketch()
        self._records[record.id] = _Known(record, sketch, self._added)
        self._added += 1
        self._by_fingerprint[record.fingerprint] = record.id
        for shingle in sketch.hashes.tolist():
            postings = self._postings.setdefault(shingle, [])
            postings.append(record.id)
            if len(postings) > POSTINGS:
                del postings[0]
        if len(self._records) > self._capacity:
            self._forget(self._records.popitem(last=False)[1])

    def _forget(self, known: _Known) -> None:
        record = known.record
        if self._by_fingerprint.get(record.fingerprint) == record.id:
            del self._by_fingerprint[record.fingerprint]
        for shingle in known.sketch.hashes.tolist():
            postings = self._postings.get(shingle, [])
            if record.id in postings:
                postings.remove(record.id)
                if not postings:
                    del self._postings[shingle]

    def same_text(self, fingerprint: str) -> CopyVerdict | None:
        found = self._by_fingerprint.get(fingerprint)
        return self._records[found].record if found else None

    def near(
        self, sketch: Sketch, around: datetime, window: timedelta, containment: float
    ) -> Iterator[tuple[CopyVerdict, Sketch]]:
        """Records within the window that may have `containment`, most shared shingles first, ties in the order of the log."""
        shared: Counter[str] = Counter()
        for shingle in sketch.hashes.tolist():
            shared.update(self._postings.get(shingle, ()))
        inside = [
            (-count, known.place, id_)
            for id_, count in shared.items()
            if count >= self._least(sketch, self._records[id_].sketch, containment)
            and abs((known := self._records[id_]).record.event_time - around) <= window
        ]
        for _, _, id_ in nsmallest(CANDIDATES, inside):
            yield self._records[id_].record, self._records[id_].sketch

    def _least(self, new: Sketch, old: Sketch, containment: float) -> float:
        """Shared shingles without which there can be no such containment. The two sketches' counts say so only where both were
        sampled alike; else every record that shares enough to prove anything is compared in full."""
        if new.halvings != old.halvings:
            return LEAST_SHARED
        return max(LEAST_SHARED, containment * min(new.hashes.size, old.hashes.size))
