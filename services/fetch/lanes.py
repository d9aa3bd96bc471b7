"""How many requests are on their way at a time, without the slow ones in the way of the rest.

A request gets a place in the fast lane. Where it takes longer than most, it moves over to the slow lane and frees its place: a
few hundred sites that never answer, each up to its deadline, would otherwise hold all the places for minutes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLOW_AFTER_S = 2.0
SLOW_PER_FAST = 8


class Lanes:
    """`async with lanes.place()` around each request. One per event loop."""

    def __init__(self, fast: int, slow: int | None = None, slow_after_s: float = SLOW_AFTER_S) -> None:
        self.total = fast + (fast * SLOW_PER_FAST if slow is None else slow)
        self._fast = asyncio.Semaphore(fast)
        self._slow_free = self.total - fast
        self._slow_after_s = slow_after_s

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Waits for a place in the fast lane. Where the slow lane is full, a slow request keeps its place."""
        await self._fast.acquire()
        slow = False

        def move_over() -> None:
            nonlocal slow
            if self._slow_free > 0:
                self._slow_free -= 1
                slow = True
                self._fast.release()

        moving = asyncio.get_running_loop().call_later(self._slow_after_s, move_over)
        try:
            yield
        finally:
            moving.cancel()
            if slow:
                self._slow_free += 1
            else:
                self._fast.release()
