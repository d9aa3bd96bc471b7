"""One host is asked by few at a time, with a pause between two requests, and left alone for as long as it says."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from yarl import URL

_LONGEST_S = 24 * 60 * 60
_HOSTS_KEPT = 10_000


def host_of(url: str) -> str:
    """What politeness is about: one server, a host and its port where that is not the usual one; a URL that is none, itself."""
    try:
        return URL(url.strip()).host_port_subcomponent or url
    except ValueError:
        return url


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    free_at: float = 0.0
    users: int = 0
    """Inside or waiting: a host with users is never forgotten."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Paused(Exception):
    """The host is left alone for longer than the caller would wait: for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"left alone for {seconds:.0f} s")
        self.seconds = seconds


class HostGate:
    """`async with gate.turn(host)` around each request. Times are seconds of `clock`, which only has to be monotonic."""

    def __init__(
        self,
        *,
        concurrent: int = 1,
        delay_s: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._concurrent = concurrent
        self._delay_s = delay_s
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, patience_s: float = math.inf, delay_s: float = 0.0) -> AsyncIterator[None]:
        """Waits for this host's turn, in the order of asking. `delay_s` is the least pause after it, where the host wants more.

        Raises `Paused` rather than wait longer than `patience_s` for a pause that the host asked for; the delay between any two
        requests is always waited for.
        """
        entry = self._entry(host)
        delay_s = max(delay_s, self._delay_s)
        entry.users += 1
        try:
            async with entry.slots:
                async with entry.turn:
                    # Again after each sleep: meanwhile the host may have asked for more time.
                    while (wait := entry.free_at - self._clock()) > 0:
                        if wait > max(patience_s, delay_s):
                            raise Paused(wait)
                        await self._sleep(wait)
                    entry.free_at = self._clock() + delay_s
                try:
                    yield
                finally:
                    # The pause counts from the end of a request: a slow host is a busy one.
                    entry.free_at = max(entry.free_at, self._clock() + delay_s)
        finally:
            entry.users -= 1

    def retry_after(self, host: str, seconds: float) -> None:
        """The host asked for a pause; between 0 and a day is heeded."""
        pause = max(0.0, min(seconds, _LONGEST_S)) if seconds == seconds else 0.0
        entry = self._entry(host)
        entry.free_at = max(entry.free_at, self._clock() + pause)

    def wait_s(self, host: str) -> float:
        """Seconds until the host may be asked again, for a caller that would rather come back than wait."""
        entry = self._hosts.get(host.lower())
        return max(0.0, entry.free_at - self._clock()) if entry else 0.0

    def _entry(self, host: str) -> _Host:
        host = host.lower()
        entry = self._hosts.get(host)
        if entry is None:
            if len(self._hosts) >= _HOSTS_KEPT:
                self._forget_idle()
            entry = self._hosts[host] = _Host(asyncio.Semaphore(self._concurrent))
        return entry

    def _forget_idle(self) -> None:
        now = self._clock()
        self._hosts = {name: entry for name, entry in self._hosts.items() if entry.users or entry.free_at > now}
