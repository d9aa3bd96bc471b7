"""robots.txt of every host that pages are asked of: fetched once a day, by one request however many wait for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from yarl import URL

from services.fetch.http.client import Response
from services.fetch.http.limits import FetchError
from services.fetch.pages.robots_txt import CLOSED, OPEN, Robots, read_robots

KEPT_S = 24 * 3_600.0
CLOSED_KEPT_S = 3_600.0
_HOSTS = 10_000


class Http(Protocol):
    async def get(self, url: str) -> Response:
        """Raises `FetchError`."""
        ...


@dataclass(slots=True)
class _Known:
    robots: Robots
    until: float


class RobotsTexts:
    """Use `await of(url)`. Times are seconds of `clock`."""

    def __init__(
        self,
        http: Http,
        turn: Callable[[str], AbstractAsyncContextManager[None]],
        clock: Callable[[], float],
    ) -> None:
        """`turn` gives a request its turn at the host of an address; raises `Paused`."""
        self._http = http
        self._turn = turn
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def of(self, url: str) -> Robots:
        """The rules of the URL's host. Raises `Paused` where the host asked for a pause.

        A host that cannot be reached has none, and its pages will not be reached either.
        """
        origin = str(URL(url).origin())
        lock = self._asking.setdefault(origin, asyncio.Lock())
        try:
            async with lock:
                known = self._known.get(origin)
                if known is None or known.until <= self._clock():
                    robots, kept = await self._ask(origin)
                    known = self._known[origin] = _Known(robots, self._clock() + kept)
                self._known.move_to_end(origin)
                while len(self._known) > _HOSTS:
                    self._known.popitem(last=False)
                return known.robots
        finally:
            if not lock.locked():
                self._asking.pop(origin, None)

    async def _ask(self, origin: str) -> tuple[Robots, float]:
        """The rules, and for how many seconds they hold. Raises `Paused`."""
        try:
            async with self._turn(origin):
                response = await self._http.get(f"{origin}/robots.txt")
        except FetchError as error:
            # RFC 9309, section 2.3.1: 4xx, and redirects that lead nowhere, mean that there are no rules.
            gone = error.status is not None and 300 <= error.status < 500 and error.status != 429
            if gone or error.code == "too-many-redirects":
                return OPEN, KEPT_S
            return CLOSED, max(CLOSED_KEPT_S, error.retry_after or 0.0)
        return read_robots(response.body), KEPT_S
