"""A poller with a real subscriber, callback server, hub and publisher on loopback; only the clock is moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from websub_hub import Hub, Publisher

from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import ParsedFeed
from services.fetch.formats.feed_parser import parse_feed
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import HttpLimits
from services.fetch.http.politeness import HostGate
from services.fetch.lanes import Lanes
from services.fetch.poller import Poller, Report
from services.fetch.stored_state import from_bytes, to_bytes
from services.fetch.websub.callback import Callback, serve_callback
from services.fetch.websub.keys import Keys
from services.fetch.websub.pokes import Pokes
from services.fetch.websub.subscriber import Subscriber
from services.fetch.websub.subscription import State, Subscription
from services.fetch.websub.subscriptions import Subscriptions
from services.fetch.writing import Brought
from shared.clock import SimulatedClock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = 100_000


class Bench:
    """One feed. What the poller stores is kept as JSON, as stores do."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(NOW)
        self.site, self.hub = Publisher(), Hub()
        self.reports: list[Report] = []
        self.titles: list[str | None] = []
        self.subscriber: Subscriber
        self.callback: Callback
        self.address: str
        self._http: HttpClient
        self.gate: HostGate
        self._stored: dict[str, bytes] = {}
        self._stack = AsyncExitStack()
        self._running: tuple[asyncio.Event, asyncio.Task[None]] | None = None

    async def open(self, key: str = "a key of the tests") -> None:
        """The process starts."""
        guard = AddressGuard([parse_network("127.0.0.1")])
        self._http = await self._stack.enter_async_context(HttpClient(guard, HttpLimits(total_s=5)))
        self.gate = HostGate(delay_s=0, clock=self.clock.monotonic, sleep=self.clock.sleep)
        # The address that hubs are told is known once the server has its port.
        subscriptions, pokes = Subscriptions(Keys(key)), Pokes(self.clock.monotonic)
        self.subscriber = Subscriber(self._http, self.gate, self.clock, subscriptions, "", pokes)
        self.callback = Callback(self.subscriber, LIMIT, push_s=0.3)
        port = await self._stack.enter_async_context(serve_callback(self.callback, "127.0.0.1", 0))
        self.address = self.subscriber._callback = f"http://127.0.0.1:{port}/some/prefix"
        self._stack.push_async_callback(self.subscriber.close)

    def start(self, **changed: object) -> None:
        """Polls; from what is stored of the feed, where something is."""
        stored = self._stored.get(self.site.url)
        feed = from_bytes(stored) if stored else new_feed(self.site.url, self.clock.now())
        poller = Poller(self._http, self, self, self.clock, self.gate, self.room, Lanes(8), websub=self.subscriber)
        stop = asyncio.Event()
        feeds = [replace(feed, **changed)] if changed else [feed]  # type: ignore[arg-type]
        self._running = stop, asyncio.create_task(poller.run(feeds, stop, self.reports.append))

    async def stop(self) -> None:
        if self._running is not None:
            self._running[0].set()
            await self._running[1]
            self._running = None

    async def close(self) -> None:
        await self.stop()
        await self._stack.aclose()

    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        return parse_feed(body, content_type, url)

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        for one in brought:
            self.titles += [entry.title for entry in one.entries]
            if one.feed is not None:
                self._stored[one.feed.url] = to_bytes(one.feed)
        return [len(one.entries) for one in brought]

    async def room(self) -> None:
        pass

    @property
    def state(self) -> FeedState:
        return from_bytes(self._stored[self.site.url])

    @property
    def subscription(self) -> Subscription:
        """As stored."""
        assert self.state.websub is not None
        return self.state.websub

    @property
    def wait(self) -> timedelta:
        """From now to the next poll."""
        return self.state.next_poll - self.clock.now()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.002)

    async def reaches(self, state: State) -> None:
        await self.until(lambda: self.site.url in self._stored and (self.state.websub or _NONE).state == state)

    async def active(self) -> None:
        """Subscribed, verified and stored; the pause between two polls that are asked for is over."""
        await self.reaches("active")
        await self.passes(timedelta(minutes=2))

    async def poll(self, after: timedelta) -> None:
        """Time passes, and one poll is made in it."""
        polls = self.site.polls
        await self.passes(after)
        await self.until(lambda: len(self.reports) > polls)

    async def passes(self, time: timedelta) -> None:
        """The clock is moved only when the poller is through and sleeps: it would else oversleep, by the old time."""
        await self.until(lambda: len(self.reports) == self.site.polls)
        for _ in range(20):
            await asyncio.sleep(0)
        self.clock.advance(time)

    async def quiet(self) -> None:
        """Long enough for whatever was to come of the last step."""
        await asyncio.sleep(0.05)


_NONE = Subscription(None, NOW)
