"""How bursty pairs are: the size of the negative binomial, fitted to what the history held so far.

A happening is told in several stories at once, so the days of a pair that belongs together vary more than chance alone (Poisson) would
have them. With m the mean and v the variance of a pair's stories per day, v = m + m^2 / size; over many pairs the size is estimated by
moments: the sum of m^2 over the sum of v - m.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations

from services.alert.history import History
from services.alert.renaming import PairKey

DEFAULT = 4.0
"""Until there is enough to fit."""
LEAST, MOST = 0.5, 50.0
STORIES = 150
"""The pairs of this many stories, the newest, are looked at …"""
CROWD = 8
"""… but not of stories with more actors than this."""
DAYS = 28
LEAST_PAIRS = 40
LEAST_TOGETHER = 4
"""A pair with fewer stories within the days says nothing about how they are spread."""
_DAY = timedelta(days=1)


def fitted(history: History, until: datetime) -> float:
    """From the days before `until`; `DEFAULT` where there are too few pairs."""
    pairs: set[PairKey] = set()
    for actors in history.latest_actors(STORIES):
        if len(actors) <= CROWD:
            pairs.update(combinations(sorted(actors), 2))
    stories = history.pairs(sorted(pairs))
    start = until - DAYS * _DAY
    squares = excess = 0.0
    used = 0
    for told in stories.values():
        counts = _per_day(told.times(start, until), start)
        if sum(counts) < LEAST_TOGETHER:
            continue
        used += 1
        mean = sum(counts) / DAYS
        variance = sum((count - mean) ** 2 for count in counts) / (DAYS - 1)
        squares += mean**2
        excess += variance - mean
    if used < LEAST_PAIRS:
        return DEFAULT
    # No more varied than chance: as near to Poisson as we go.
    return round(min(MOST, max(LEAST, squares / excess)), 2) if excess > 0 else MOST


def _per_day(times: Sequence[datetime], start: datetime) -> list[int]:
    counts = [0] * DAYS
    for at in times:
        counts[min((at - start) // _DAY, DAYS - 1)] += 1
    return counts
