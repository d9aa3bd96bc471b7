"""Polls share a write, and not its failure."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from services.fetch.feed_state import new_feed
from services.fetch.writing import MOST_AT_ONCE, Brought, Writer
from shared.stage import Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Disk:
    """Gives back what was brought by its number in the URL. `open` holds writes up."""

    def __init__(self) -> None:
        self.writes: list[int] = []
        self.full = False
        self.open = threading.Event()
        self.open.set()
        self.inside = self.most = 0

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        self.inside += 1
        self.most = max(self.most, self.inside)
        assert self.open.wait(5)
        try:
            if self.full:
                raise Unavailable("the disk is full")
            numbers = [number_of(one) for one in brought]
            if 13 in numbers:
                raise ValueError("cannot be written")
            self.writes.append(len(brought))
            return numbers
        finally:
            self.inside -= 1


def number_of(brought: Brought) -> int:
    assert brought.feed is not None
    return int(brought.feed.url.rpartition("/")[2])


def poll(number: int) -> Brought:
    return Brought((), NOW, new_feed(f"http://a/{number}", NOW))


async def test_what_comes_in_during_a_write_shares_the_next() -> None:
    disk = Disk()
    writer = Writer(disk)
    assert await asyncio.gather(*(writer.write(poll(number)) for number in range(20, 140))) == list(range(20, 140))
    assert disk.most == 1
    assert len(disk.writes) <= 4
    assert max(disk.writes) <= MOST_AT_ONCE


async def test_a_poll_that_cannot_be_written_fails_alone() -> None:
    writer = Writer(Disk())
    results = await asyncio.gather(*(writer.write(poll(n)) for n in range(10, 20)), return_exceptions=True)
    assert [result for result in results if not isinstance(result, ValueError)] == [10, 11, 12, 14, 15, 16, 17, 18, 19]


async def test_a_disk_that_is_full_is_told_to_all() -> None:
    disk = Disk()
    disk.full = True
    writer = Writer(disk)
    results = await asyncio.gather(*(writer.write(poll(number)) for number in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [Unavailable] * 5
    disk.full = False
    assert await writer.write(poll(1)) == 1


async def test_finished_means_that_no_thread_writes_any_more() -> None:
    disk = Disk()
    disk.open.clear()
    writer = Writer(disk)
    task = asyncio.create_task(writer.write(poll(1)))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    asyncio.get_running_loop().call_later(0.05, disk.open.set)
    await writer.finish()
    assert (disk.inside, disk.writes) == (0, [1])
