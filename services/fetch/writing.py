"""Where what polls brought goes: one write at a time, each with all that has come in meanwhile.

In one file a write costs about as much for fifty polls as for one; while many feeds are polled, they share it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.fetch.feed_state import FeedState
from shared.contracts import DeadLetter, Entry
from shared.errors import NewsloomError
from shared.stage import Unavailable

MOST_AT_ONCE = 50
"""Polls in one write: the pipeline must get its turn at the disk."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one poll brought, at `now`: its entries, the feed's new state, and bodies that are no feed."""

    entries: Sequence[Entry]
    now: datetime
    feed: FeedState | None = None
    unreadable: Sequence[DeadLetter] = ()


class Sink(Protocol):
    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        """Writes each poll's entries and state together or not at all; returns how many entries of each are new.

        Raises `Unavailable`; on Kafka some may be written then, and are written once more, which changes nothing.
        """
        ...


class Writer:
    """For one event loop; the sink is called in a thread."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._waiting: list[tuple[Brought, asyncio.Future[int]]] = []
        self._working: asyncio.Task[None] | None = None

    async def write(self, brought: Brought) -> int:
        """How many of the entries are new. Raises what the sink raised for this poll; others of the same write are not touched.

        Cancelled, it is written only if its write has begun: a thread cannot be called back.
        """
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((brought, future))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        return await future

    async def finish(self) -> None:
        """Returns when nothing is being written any more: nobody may write beside a thread that was left behind."""
        while self._working is not None and not self._working.done():
            await asyncio.wait([self._working])

    async def _work(self) -> None:
        while self._waiting:
            # Whoever was cancelled meanwhile belongs to somebody else by now.
            waiting = [one for one in self._waiting if not one[1].done()]
            batch, self._waiting = waiting[:MOST_AT_ONCE], waiting[MOST_AT_ONCE:]
            if batch:
                await self._write(batch)

    async def _write(self, batch: Sequence[tuple[Brought, asyncio.Future[int]]]) -> None:
        try:
            counts = await asyncio.to_thread(self._sink.take_all, [brought for brought, _ in batch])
        except BaseException as error:
            if len(batch) > 1 and not isinstance(error, Unavailable | NewsloomError):
                # One of them cannot be written; which one, each shows for itself.
                for one in batch:
                    await self._write([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), count in zip(batch, counts, strict=True):
            if not future.done():
                future.set_result(count)
