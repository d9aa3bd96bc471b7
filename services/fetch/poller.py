"""Polling: which feeds are due, one request each, politely, and everything that a poll brought in one transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from services.fetch.feed import FeedError, ParsedFeed
from services.fetch.feed_state import Decision, Failed, FeedState, Fetched, NotModified, PollResult, decide
from services.fetch.http_client import Response
from services.fetch.http_limits import FetchError
from services.fetch.items import entry_of_item
from services.fetch.politeness import HostGate
from shared import metrics
from shared.contracts import DeadLetter, Entry, FeedRef, content_id
from shared.dead_letters import never_a_message
from shared.ports import Clock

log = structlog.get_logger()

HOST_ERRORS = frozenset({"dns", "refused", "timeout", "tls", "connection", "blocked-address"})
"""Errors that say nothing about the feed and everything about its host."""
KEPT_OF_UNREADABLE = 65_536


class Http(Protocol):
    async def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Response:
        """Raises `FetchError`."""
        ...


class Parser(Protocol):
    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        """Raises `FeedError`."""
        ...


class Sink(Protocol):
    """Where entries and feed states go, together or not at all."""

    def take(
        self,
        entries: Sequence[Entry],
        now: datetime,
        *,
        feed: FeedState | None = None,
        unreadable: Sequence[DeadLetter] = (),
    ) -> int: ...


@dataclass(frozen=True, slots=True)
class Report:
    """How one poll went."""

    state: FeedState
    new: int
    error: str | None


class Poller:
    """Polls feeds of one registry. `room` waits until the pipeline can take more (back-pressure)."""

    def __init__(
        self,
        http: Http,
        parser: Parser,
        sink: Sink,
        clock: Clock,
        gate: HostGate,
        room: Callable[[], Awaitable[None]],
        concurrent: int = 32,
    ) -> None:
        self._http = http
        self._parser = parser
        self._sink = sink
        self._clock = clock
        self._gate = gate
        self._room = room
        self._slots = asyncio.Semaphore(concurrent)
        self._writing = asyncio.Lock()

    async def poll_all(self, feeds: Iterable[FeedState], on_report: Callable[[Report], None]) -> None:
        """Every feed once. A host that could not be reached is not asked again for its other feeds."""
        dead_hosts: dict[str, Failed] = {}
        by_host: defaultdict[str, list[FeedState]] = defaultdict(list)
        for feed in feeds:
            by_host[_host(feed.address)].append(feed)

        async def in_turn(of_one_host: list[FeedState]) -> None:
            for feed in of_one_host:
                await self._room()
                on_report(await self.poll(feed, dead_hosts))

        try:
            async with asyncio.TaskGroup() as tasks:
                for of_one_host in by_host.values():
                    tasks.create_task(in_turn(of_one_host))
        except ExceptionGroup as group:
            # What ended one ended all, e.g. a stage that stopped; the first says why.
            raise group.exceptions[0] from None

    async def run(self, feeds: Iterable[FeedState], stop: asyncio.Event, on_report: Callable[[Report], None]) -> None:
        """Polls what is due, for ever, until `stop` is set."""
        registry = {feed.feed_id: feed for feed in feeds}

        def keep(report: Report) -> None:
            registry[report.state.feed_id] = report.state
            on_report(report)

        while not stop.is_set():
            now = self._clock.now()
            due = [feed for feed in registry.values() if not feed.retired and feed.next_poll <= now]
            await self.poll_all(due, keep)
            pauses = [
                (feed.next_poll - self._clock.now()).total_seconds() for feed in registry.values() if not feed.retired
            ]
            sleeping = asyncio.create_task(self._clock.sleep(min(60.0, max(0.5, min(pauses, default=60.0)))))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait((sleeping, stopping), return_when=asyncio.FIRST_COMPLETED)
            sleeping.cancel()
            stopping.cancel()

    async def poll(self, feed: FeedState, dead_hosts: dict[str, Failed] | None = None) -> Report:
        """One poll. Raises `Unavailable` when what it brought cannot be stored; then nothing is, and the feed stays due."""
        host = _host(feed.address)
        dead_hosts = {} if dead_hosts is None else dead_hosts
        unreadable: list[DeadLetter] = []
        result: PollResult | None = dead_hosts.get(host)
        now = self._clock.now()
        if result is None:
            # The turn first: whoever waits for a host must not hold a slot that another host could use.
            async with self._gate.turn(host), self._slots:
                now = self._clock.now()
                result = await self._ask(feed, now, unreadable)
        if isinstance(result, Failed):
            metrics.POLLS.labels(result.code).inc()
            if result.code in HOST_ERRORS:
                dead_hosts.setdefault(host, result)
            if result.retry_after_s is not None:
                self._gate.retry_after(host, result.retry_after_s)
        else:
            metrics.POLLS.labels("not-modified" if isinstance(result, NotModified) else "ok").inc()
        decision = decide(feed, result, now)
        new = await self._store(feed, decision, now, unreadable)
        error = f"{result.code}: {result.message}" if isinstance(result, Failed) else None
        return Report(decision.state, new, error)

    async def _ask(self, feed: FeedState, now: datetime, unreadable: list[DeadLetter]) -> PollResult:
        etag, last_modified = feed.validators(now)
        try:
            response = await self._http.get(feed.address, etag=etag, last_modified=last_modified)
        except FetchError as error:
            return Failed(error.code, error.message, error.status, error.retry_after)
        if response.status == 304:
            return NotModified()
        digest = hashlib.sha256(response.body).hexdigest()
        if feed.first_polled and digest == feed.body_hash:
            return NotModified(full=True, etag=response.etag, last_modified=response.last_modified)
        try:
            parsed = await self._parser.parse(response.body, response.content_type, response.url_final)
        except FeedError as error:
            unreadable.append(_dead_letter(feed, response, digest, error, now))
            return Failed(error.code, error.message, response.status)
        return Fetched(parsed, digest, response.etag, response.last_modified, response.moved_to)

    async def _store(self, feed: FeedState, decision: Decision, now: datetime, unreadable: Sequence[DeadLetter]) -> int:
        state = decision.state
        reference = FeedRef(id=feed.feed_id, url=feed.url, title=state.title)
        entries = [
            entry_of_item(
                new.item,
                reference,
                now,
                where=feed.feed_id,
                origin="feed",
                key=new.key,
                content=f"{new.fingerprint} after {new.previous}" if new.previous else new.fingerprint,
                first_poll=new.first_poll,
            )
            for new in decision.new_items
        ]
        async with self._writing:
            return await asyncio.to_thread(self._sink.take, entries, now, feed=state, unreadable=unreadable)


def _host(url: str) -> str:
    """What politeness is about: one server, a host and its port."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _dead_letter(feed: FeedState, response: Response, digest: str, error: FeedError, now: datetime) -> DeadLetter:
    """A body that is no feed. The same body of the same feed is one dead letter, however often it is served."""
    return never_a_message(
        content_id("unreadable-feed", feed.feed_id, digest),
        error.code,
        error.message,
        feed.url,
        response.body[:KEPT_OF_UNREADABLE],
        now,
    )
