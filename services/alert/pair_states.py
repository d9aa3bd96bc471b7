"""What a story has of a pair, as one number: the story's place in the upper half; the record that is the evidence, and two flags, below.

A story that is told again says more of a pair, never instead: of all that it said, the best counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from shared.sorted_runs import Values

NO_EVIDENCE = 0x3FFFFFFF
"""In the place of a record: it was forgotten, and the story counts all the same."""
WITHDRAWN = 0x3FFFFFFE
"""In the place of a record: the article was corrected, and the story does not count for the pair any more."""

_LOW = 0xFFFFFFFF
_OF_WITHDRAWN, _OF_NO_EVIDENCE = 4, -1
"""A correction stands whatever else is said; any evidence is better than a forgotten one."""


class PairState(NamedTuple):
    """`record` is a number, or one of those that stand for none."""

    record: int
    close: bool
    same_sentence: bool

    def is_better_than(self, known: PairState | None) -> bool:
        return known is None or _quality(packed(0, self)) > _quality(packed(0, known))


def packed(place: int, state: PairState) -> int:
    return place << 32 | state.record << 2 | state.close << 1 | state.same_sentence


def unpacked(value: int) -> PairState:
    return PairState((value & _LOW) >> 2, bool(value & 2), bool(value & 1))


def state_of(values: Iterable[int]) -> PairState | None:
    """Of a pair in one story, or None where it is not together there."""
    best = max(values, key=_quality, default=None)  # the first of equally good ones
    return None if best is None else unpacked(best)


def counted(values: Iterable[int], oldest: int) -> list[int]:
    """The best value of each story that counts, of those from place `oldest` on."""
    best: dict[int, int] = {}
    for value in values:
        place = value >> 32
        if place >= oldest:
            known = best.get(place)
            if known is None or _quality(value) > _quality(known):
                best[place] = value
    return [value for value in best.values() if (value & _LOW) >> 2 != WITHDRAWN]


def counted_of_many(values: Values, oldest: int) -> Values:
    """The same for a pair that is together all the time."""
    places = (values >> np.uint64(32)).astype(np.int64)
    records = (values & np.uint64(_LOW)) >> np.uint64(2)
    quality = (values & np.uint64(3)).astype(np.int8)
    quality[records == NO_EVIDENCE] = _OF_NO_EVIDENCE
    quality[records == WITHDRAWN] = _OF_WITHDRAWN
    # Stable, so that of equally good ones the first is taken.
    order = np.lexsort((-quality, places))
    is_best = np.ones(len(order), np.bool_)
    is_best[1:] = places[order][1:] != places[order][:-1]
    best = order[is_best]
    counts: Values = values[best[(places[best] >= oldest) & (quality[best] != _OF_WITHDRAWN)]]
    return counts


def _quality(value: int) -> int:
    """A sentence with both is better evidence than none, one that is about the two than one that only names them."""
    record = (value & _LOW) >> 2
    return _OF_WITHDRAWN if record == WITHDRAWN else _OF_NO_EVIDENCE if record == NO_EVIDENCE else value & 3
