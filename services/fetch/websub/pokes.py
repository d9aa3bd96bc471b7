"""Feeds that are to be polled before their time, each at most once in a while, however often it is asked for."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

PAUSE_S = 60.0
"""Between two polls of a feed that were asked for."""


class Pokes:
    """From whoever hears that a feed has something new to whoever polls. Times are seconds of `clock`, a monotonic one."""

    def __init__(self, clock: Callable[[], float], pause_s: float = PAUSE_S) -> None:
        self._clock = clock
        self._pause_s = pause_s
        self._due: dict[str, float] = {}
        self._free_at: dict[str, float] = {}
        self._unheard = False
        self._arrived: asyncio.Future[None] | None = None

    def poke(self, feed_id: str, *, again: bool = False) -> None:
        """Asks for a poll, when the pause is over: never lost, for what was published meanwhile came with no poll.

        `again`: the poll that was given out last was broken off, so there is no pause.
        """
        if again:
            self._free_at.pop(feed_id, None)
            self._due.pop(feed_id, None)
        self._due.setdefault(feed_id, self._free_at.get(feed_id, -math.inf))
        self._unheard = True
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def take(self) -> list[str]:
        """The feeds whose time has come."""
        self._unheard, self._arrived = False, None
        now = self._clock()
        due = [feed_id for feed_id, at in self._due.items() if at <= now]
        self._free_at = {feed_id: at for feed_id, at in self._free_at.items() if at > now}
        for feed_id in due:
            del self._due[feed_id]
            self._free_at[feed_id] = now + self._pause_s
        return due

    def wait_s(self) -> float | None:
        """Seconds until there is something to take; None where nothing waits."""
        return max(0.0, min(self._due.values()) - self._clock()) if self._due else None

    def arrived(self) -> asyncio.Future[None]:
        """Done when something was asked for since the last `take`; a future, so that to wait for it costs no task."""
        if self._arrived is None:
            self._arrived = asyncio.get_running_loop().create_future()
            if self._unheard:
                self._arrived.set_result(None)
        return self._arrived
