"""The stories of one pair, oldest first, in numbers: most of what a habitual pair shares is never looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from shared.instants import DAY, instant, micros


class Shown(NamedTuple):
    """Where a pair's evidence stands: in the record with this id."""

    record: str
    same_sentence: bool


class Told(NamedTuple):
    """One story of a pair: `at` and `owner` are those of the article that brought the story first; `shown` is None where the article that
    was the evidence is forgotten: the story counts all the same."""

    at: datetime
    story: str
    owner: str
    shown: Shown | None
    close: bool = True


class PairStories:
    """`times` in microseconds, sorted; `told` puts one of `values` into words."""

    __slots__ = ("_times", "_told", "_values")

    def __init__(self, times: Any, values: Any, told: Callable[[int], Told]) -> None:
        self._times = times
        self._values = values
        self._told = told

    def between(self, start: datetime, end: datetime) -> list[Told]:
        """Those in (start, end]."""
        first, last = self._bounds(start, end)
        return [self._told(int(value)) for value in self._values[first:last]]

    def times(self, start: datetime, end: datetime) -> list[datetime]:
        """Of those in (start, end]."""
        first, last = self._bounds(start, end)
        return [instant(int(at)) for at in self._times[first:last]]

    def ages(self, start: datetime, end: datetime, now: datetime) -> list[float]:
        """Days from those in (start, end] to `now`."""
        first, last = self._bounds(start, end)
        today = micros(now)
        return [(today - int(at)) / DAY for at in self._times[first:last]]

    def last(self, start: datetime, end: datetime) -> datetime | None:
        """When the newest in (start, end] was."""
        first, last = self._bounds(start, end)
        return instant(int(self._times[last - 1])) if first < last else None

    def any(self, start: datetime, end: datetime) -> bool:
        """Whether there are some in (start, end]."""
        first, last = self._bounds(start, end)
        return first < last

    def _bounds(self, start: datetime, end: datetime) -> tuple[int, int]:
        return bisect_right(self._times, micros(start)), bisect_right(self._times, micros(end))
