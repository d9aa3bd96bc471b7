"""Parses feeds where they can do no harm: in processes with limits on CPU, memory and time, killed when they go over."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from services.fetch.feed_wire import decode_result, encode_job
from services.fetch.formats.feed import FeedError, FeedLimits, ParsedFeed
from services.fetch.lanes import Lanes
from shared.sandbox.frames import LENGTH, LONGEST_FRAME
from shared.sandbox.starting import command_of, environment

_FEED_LIMITS = FeedLimits()


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """`deadline_s` is wall-clock time per feed; `cpu_s` bites earlier when the machine is idle, and without the pool's help.

    `workers` parse at a time; while one of them is at a feed for longer than `slow_after_s`, one more may start, up to `slow`.
    """

    workers: int = 1
    slow: int = 2
    slow_after_s: float = 1.0
    cpu_s: int = 10
    deadline_s: float = 30.0
    memory_bytes: int = 1024 * 1024 * 1024
    """Address space of a worker, some 150 MiB of which its libraries take."""
    feeds_per_worker: int = 2_000
    """Then a new one: what a parser leaks, it leaks not for ever."""


_POOL_LIMITS = PoolLimits()


@dataclass(slots=True, eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    feeds: int = 0


class ParserPool:
    """Use as `async with ParserPool() as pool`. Workers start with the first feed, live over many, and end with the pool."""

    def __init__(self, limits: PoolLimits = _POOL_LIMITS, feed_limits: FeedLimits = _FEED_LIMITS) -> None:
        self._limits = limits
        self._feed_limits = feed_limits
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._lanes = Lanes(limits.workers, limits.slow, limits.slow_after_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        """`feed_parser.parse_feed` elsewhere. Raises its `FeedError`, and with `timeout`, `out-of-memory` or `parser-crashed`."""
        if len(body) > self._feed_limits.body_bytes:
            raise FeedError("too-large", f"{len(body)} bytes, the limit is {self._feed_limits.body_bytes}")
        job = encode_job(body, content_type, url, self._feed_limits)
        async with self._lanes.place():
            worker = self._idle.pop() if self._idle else await self._start()
            healthy = False
            try:
                async with asyncio.timeout(self._limits.deadline_s):
                    payload = await _round_trip(worker.process, job)
                healthy = True
            except TimeoutError:
                raise FeedError("timeout", f"parsing took longer than {self._limits.deadline_s:g} s") from None
            except (asyncio.IncompleteReadError, OSError):
                raise await self._why_it_died(worker) from None
            finally:
                # Also when cancelled: a worker in the middle of a job answers the next one with this one's result.
                worker.feeds += 1
                if healthy and worker.feeds < self._limits.feeds_per_worker and len(self._idle) < self._limits.workers:
                    self._idle.append(worker)
                else:
                    await self._stop(worker)
        try:
            return decode_result(payload)
        except (ValueError, TypeError, KeyError) as error:
            raise FeedError("parser-crashed", "the worker's answer can't be read") from error

    async def close(self) -> None:
        """Ends all workers, also those at work. The pool starts new ones if it is used again."""
        self._idle.clear()
        for worker in list(self._all):
            await self._stop(worker)

    async def _start(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            *command_of("services.fetch.parser_worker", self._limits.cpu_s, self._limits.memory_bytes),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
            # Ctrl-C goes to the whole foreground group; the pool ends its workers itself.
            start_new_session=True,
        )
        worker = _Worker(process)
        self._all.add(worker)
        return worker

    async def _stop(self, worker: _Worker) -> None:
        self._all.discard(worker)
        with suppress(ProcessLookupError):
            worker.process.kill()
        if worker.process.stdin is not None:
            worker.process.stdin.close()
        await asyncio.shield(worker.process.wait())

    async def _why_it_died(self, worker: _Worker) -> FeedError:
        status = await worker.process.wait()
        if status == -signal.SIGXCPU:
            return FeedError("timeout", f"parsing took more than {self._limits.cpu_s} s of CPU time")
        return FeedError("parser-crashed", f"the worker ended with status {status}")


async def _round_trip(process: asyncio.subprocess.Process, job: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(job)
    await process.stdin.drain()
    (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
    if length > LONGEST_FRAME:
        raise OSError("the worker's answer is too long")
    return await process.stdout.readexactly(length)
