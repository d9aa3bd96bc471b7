"""How often a feed publishes, as its own past shows: what its interval is found from, and what silence is measured against.

Pure, and small enough to be kept for every feed: figures that fade, no list of items. Times of publishing are the times at which
items were first seen; only those of the first poll, where there is nothing else, are the items' own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

SAME_MOMENT_S = 60.0
"""Items of one minute were published together: their gaps say nothing about when to ask again."""
FIRST_MOMENTS = 20
"""So many of the newest moments of a first poll are looked at: the archive of a blog says little about this week."""
CLOCK_WAS_WRONG_S = 86_400.0
"""What was seen so far in the future was seen by a clock that was wrong."""
_GAP_WEIGHT = 0.2
_RATE_FADES_S = 14 * 86_400.0
_LONGEST_FADES_S = 28 * 86_400.0
_RELIABLE_ITEMS = 5.0
"""So many items must have been due for a silence to mean anything."""
_LONGER_THAN_EVER = 1.25
_YEAR_S = 365 * 86_400.0


@dataclass(frozen=True, slots=True)
class Publishing:
    """Times are seconds since 1970. `items` fades by half-life; `gap_s` is the mean between two moments of publishing."""

    since: float | None = None
    last: float | None = None
    gap_s: float | None = None
    longest_gap_s: float = 0.0
    items: float = 0.0

    def idle_s(self, now: datetime) -> float | None:
        """Seconds since something new was seen; None where nothing ever was."""
        return None if self.last is None else max(0.0, now.timestamp() - self.last)

    def per_day(self, now: datetime) -> float | None:
        """Items a day, the last two weeks counting most; None before there was a day to count."""
        if self.since is None or self.last is None:
            return None
        age = now.timestamp() - self.since
        if age < 86_400:
            return None
        faded = self.items * math.exp(-max(0.0, now.timestamp() - self.last) / _RATE_FADES_S)
        return faded / (_RATE_FADES_S * (1 - math.exp(-age / _RATE_FADES_S))) * 86_400

    def usual_per_day(self) -> float:
        """Items a day up to the last one: a silence must not lower what it is measured against."""
        if self.since is None or self.last is None:
            return 0.0
        return self.per_day(datetime.fromtimestamp(max(self.last, self.since + 86_400), tz=UTC)) or 0.0

    def missing(self, now: datetime) -> float | None:
        """How many items its own rate would have brought since the last one, where that is a silence; else None.

        A silence is longer than any gap of the last weeks, so that nights and week-ends are none.
        """
        idle = self.idle_s(now)
        if idle is None:
            return None
        due = self.usual_per_day() * idle / 86_400
        return due if due >= _RELIABLE_ITEMS and idle > _LONGER_THAN_EVER * self.longest_gap_s else None


def first_seen(dates: Sequence[datetime], items: int, now: datetime) -> Publishing:
    """From the first poll: `dates` (aware) of those of its `items` that have one."""
    at = now.timestamp()
    past = sorted({date.timestamp() for date in dates if at - _YEAR_S < date.timestamp() <= at})
    moments = _moments(past)[-FIRST_MOMENTS:]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    if not gaps:
        return Publishing(since=at, last=moments[-1] if moments else None)
    within = sum(date >= moments[0] for date in past)
    return Publishing(moments[0], moments[-1], sum(gaps) / len(gaps), max(gaps), float(min(within, items)))


def saw(before: Publishing, new: int, now: datetime, *, turned_over: bool = False) -> Publishing:
    """After a later poll that had `new` items which were not there before.

    `turned_over`: none of those before was there any more. How long that took is our absence, and no gap of the feed's.
    """
    at = now.timestamp()
    if new <= 0:
        return before
    if before.last is not None and before.last - at > CLOCK_WAS_WRONG_S:
        return Publishing(since=at, last=at, items=float(new))
    since = at if before.since is None else before.since
    if turned_over and before.last is not None and at > before.last:
        # The time away is cut out of the past, so that the rate stays what it was.
        away = at - before.last
        return replace(before, since=since + away, last=at, items=before.items + min(new, 1))
    if before.last is None or at <= before.last:
        return replace(before, since=since, last=max(at, before.last or at), items=before.items + new)
    gap = at - before.last
    mean = gap if before.gap_s is None else (1 - _GAP_WEIGHT) * before.gap_s + _GAP_WEIGHT * gap
    return Publishing(
        since=since,
        last=at,
        gap_s=mean,
        longest_gap_s=max(gap, before.longest_gap_s * math.exp(-gap / _LONGEST_FADES_S)),
        items=before.items * math.exp(-gap / _RATE_FADES_S) + new,
    )


def _moments(times: Sequence[float]) -> list[float]:
    moments: list[float] = []
    for time in times:
        if not moments or time - moments[-1] >= SAME_MOMENT_S:
            moments.append(time)
    return moments
