"""Finding earlier articles that share shingles with a new one: an inverted index in memory."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator
from datetime import datetime, timedelta

from services.deduplicate.shingles import Sketch
from services.deduplicate.verdict import CopyVerdict

POSTINGS = 64
"""Articles that are kept per shingle. A shingle that stands in more is boilerplate and proves nothing."""
CANDIDATES = 16
"""Articles that are compared in full, those with the most shared shingles first."""


class Neighbours:
    """Holds the `capacity` newest records *in the order of the log*, so memory is bounded whatever dates the articles carry, and
    what is found depends on the sequence of records alone."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._records: OrderedDict[str, tuple[CopyVerdict, Sketch]] = OrderedDict()
        self._postings: dict[int, list[str]] = {}
        self._by_fingerprint: dict[str, str] = {}

    def add(self, record: CopyVerdict) -> None:
        sketch = record.sketch()
        self._records[record.id] = (record, sketch)
        self._by_fingerprint.setdefault(record.fingerprint, record.id)
        for shingle in sketch.hashes.tolist():
            postings = self._postings.setdefault(shingle, [])
            if len(postings) < POSTINGS:
                postings.append(record.id)
        if len(self._records) > self._capacity:
            self._forget(*self._records.popitem(last=False)[1])

    def _forget(self, record: CopyVerdict, sketch: Sketch) -> None:
        if self._by_fingerprint.get(record.fingerprint) == record.id:
            del self._by_fingerprint[record.fingerprint]
        for shingle in sketch.hashes.tolist():
            postings = self._postings.get(shingle, [])
            if record.id in postings:
                postings.remove(record.id)
                if not postings:
                    del self._postings[shingle]

    def same_text(self, fingerprint: str) -> CopyVerdict | None:
        found = self._by_fingerprint.get(fingerprint)
        return self._records[found][0] if found else None

    def near(self, sketch: Sketch, around: datetime, window: timedelta) -> Iterator[tuple[CopyVerdict, Sketch]]:
        """Records within the window that share shingles, most shared first, ties in the order of the log."""
        shared: Counter[str] = Counter()
        for shingle in sketch.hashes.tolist():
            shared.update(self._postings.get(shingle, ()))
        for id_, _ in shared.most_common(CANDIDATES):
            record, other = self._records[id_]
            if abs(record.event_time - around) <= window:
                yield record, other
