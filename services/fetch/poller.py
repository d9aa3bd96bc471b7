"""Polling: which feeds are due, one request each, politely, and everything that a poll brought in one transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from yarl import URL

from services.fetch.agenda import Agenda
from services.fetch.feed_state import Decision, Failed, FeedState, Fetched, NotModified, PollResult, decide, put_off
from services.fetch.formats.feed import FeedError, ParsedFeed
from services.fetch.http.client import Response
from services.fetch.http.limits import FetchError, storable
from services.fetch.http.politeness import HostGate, Paused
from services.fetch.items import entry_of_item
from services.fetch.websub.discovery import with_links
from services.fetch.websub.pokes import Pokes
from shared import metrics
from shared.contracts import DeadLetter, Entry, FeedRef, content_id
from shared.dead_letters import never_a_message
from shared.errors import NewsloomError
from shared.ports import Clock
from shared.stage import Unavailable

if TYPE_CHECKING:
    from services.fetch.websub.subscriber import Subscriber

log = structlog.get_logger()

HOST_ERRORS = frozenset({"dns", "refused", "timeout", "tls", "connection", "blocked-address"})
"""Errors that, met at connecting, say nothing about the feed and everything about its host."""
PATIENCE_S = 60.0
"""A feed whose host asked for a longer pause is put off instead of waited for."""
LONGEST_PAUSE_S = 60.0
HOSTS_PER_SLOT = 8
"""A host between two of its polls needs no slot; so many may be served at a time for each."""
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
        websub: Subscriber | None = None,
    ) -> None:
        self._http = http
        self._parser = parser
        self._sink = sink
        self._clock = clock
        self._gate = gate
        self._room = room
        self._slots = asyncio.Semaphore(concurrent)
        self._hosts_at_once = concurrent * HOSTS_PER_SLOT
        self._writing = asyncio.Lock()
        self._websub = websub
        self._pokes = websub.pokes if websub else Pokes(clock.monotonic)

    async def poll_all(self, feeds: Iterable[FeedState], on_report: Callable[[Report], None]) -> None:
        """Every feed once. A host that could not be reached is not asked again for its other feeds."""
        by_host: defaultdict[str, list[FeedState]] = defaultdict(list)
        for feed in feeds:
            by_host[host_of(feed.address)].append(feed)
        try:
            async with asyncio.TaskGroup() as tasks:
                for of_one_host in by_host.values():
                    tasks.create_task(self._in_turn(of_one_host, on_report))
        except ExceptionGroup as group:
            # What ended one ended all, e.g. a stage that stopped; the first says why.
            raise group.exceptions[0] from None

    async def run(self, feeds: Iterable[FeedState], stop: asyncio.Event, on_report: Callable[[Report], None]) -> None:
        """Polls what is due, for ever, until `stop` is set. No host waits for another; raises what any poll raised."""
        feeds = list(feeds)
        agenda = Agenda(feeds, host_of)
        if self._websub is not None:
            self._websub.begin(feeds)
        busy: dict[asyncio.Task[list[FeedState]], str] = {}
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                for feed_id in self._pokes.take():
                    agenda.poke(feed_id, self._clock.now())
                while len(busy) < self._hosts_at_once and (taken := agenda.take(self._clock.now())) is not None:
                    host, due = taken
                    busy[asyncio.create_task(self._in_turn(due, on_report))] = host
                sleeping = asyncio.create_task(self._clock.sleep(self._pause_s(agenda)))
                try:
                    wakes: list[asyncio.Future[Any]] = [*busy, stopping, sleeping, self._pokes.arrived()]
                    await asyncio.wait(wakes, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    sleeping.cancel()
                for task in [task for task in busy if task.done()]:
                    agenda.give_back(busy.pop(task), task.result())
        finally:
            for ended in (*busy, stopping):
                ended.cancel()
            await asyncio.gather(*busy, stopping, return_exceptions=True)

    async def poll(self, feed: FeedState, dead_hosts: dict[str, Failed] | None = None) -> Report:
        """One poll. Raises `Unavailable` when what it brought cannot be stored; then nothing is, and the feed stays due.

        Whatever else goes wrong is an error of this feed alone. A feed whose host asked to be left alone is put off.
        """
        try:
            return await self._poll(feed, {} if dead_hosts is None else dead_hosts)
        except (Unavailable, NewsloomError):
            raise
        except Exception as error:
            log.exception("poll-failed", feed=feed.url)
            failed = Failed("internal", storable(f"{type(error).__name__}: {error}"))
        now = self._clock.now()
        metrics.POLLS.labels(failed.code).inc()
        state = decide(feed, failed, now).state
        try:
            await self._take((), now, state)
        except (Unavailable, NewsloomError):
            raise
        except Exception:
            # What made the poll fail may be in the state itself. Kept in memory, it still is not asked again at once.
            log.exception("feed-state-not-stored", feed=feed.url)
        return Report(state, 0, f"{failed.code}: {failed.message}")

    async def _in_turn(self, feeds: Sequence[FeedState], on_report: Callable[[Report], None]) -> list[FeedState]:
        """Polls feeds of one host, one after the other; returns their new states."""
        dead_hosts: dict[str, Failed] = {}
        states = []
        for feed in feeds:
            await self._room()
            report = await self.poll(feed, dead_hosts)
            states.append(report.state)
            on_report(report)
        return states

    def _pause_s(self, agenda: Agenda) -> float:
        following, poked_s = agenda.next_at(), self._pokes.wait_s()
        waits = [LONGEST_PAUSE_S]
        if following is not None:
            waits.append(max(0.5, (following - self._clock.now()).total_seconds()))
        if poked_s is not None:
            waits.append(max(0.01, poked_s))
        return min(waits)

    async def _poll(self, feed: FeedState, dead_hosts: dict[str, Failed]) -> Report:
        host = host_of(feed.address)
        unreadable: list[DeadLetter] = []
        result: PollResult | None = dead_hosts.get(host)
        now = self._clock.now()
        if result is None:
            try:
                # The turn first: whoever waits for a host must not hold a slot that another host could use.
                async with self._gate.turn(host, PATIENCE_S), self._slots:
                    now = self._clock.now()
                    result = await self._ask(feed, now, unreadable, dead_hosts)
            except Paused as paused:
                now = self._clock.now()
                state = put_off(feed, paused.seconds, now)
                await self._take((), now, state)
                return Report(state, 0, f"put-off: {host} is to be {paused}")
        error = None
        if isinstance(result, Failed):
            metrics.POLLS.labels(result.code).inc()
            error = f"{result.code}: {result.message}"
        else:
            metrics.POLLS.labels("not-modified" if isinstance(result, NotModified) else "ok").inc()
        decision = decide(feed, result, now)
        if self._websub is not None:
            decision = self._websub.after_poll(feed, decision, result, now)
        return Report(decision.state, await self._store(feed, decision, now, unreadable), error)

    async def _ask(
        self, feed: FeedState, now: datetime, unreadable: list[DeadLetter], dead_hosts: dict[str, Failed]
    ) -> PollResult:
        etag, last_modified = feed.validators(now)
        try:
            response = await self._http.get(feed.address, etag=etag, last_modified=last_modified)
        except FetchError as error:
            failed = Failed(error.code, error.message, error.status, error.retry_after)
            self._note_host(host_of(feed.address), error, failed, dead_hosts)
            return failed
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
        parsed = with_links(parsed, response.headers.get("link"), response.url_final)
        return Fetched(parsed, digest, response.etag, response.last_modified, response.moved_to)

    def _note_host(self, host: str, error: FetchError, failed: Failed, dead_hosts: dict[str, Failed]) -> None:
        """What an error says of a host, of which a redirect may have made another than the feed's own."""
        if error.code in HOST_ERRORS and not error.connected and error.host == host:
            dead_hosts[host] = failed
        if error.retry_after is not None:
            self._gate.retry_after(error.host or host, error.retry_after)

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
        return await self._take(entries, now, state, unreadable)

    async def _take(
        self, entries: Sequence[Entry], now: datetime, feed: FeedState, unreadable: Sequence[DeadLetter] = ()
    ) -> int:
        async with self._writing:
            write = asyncio.create_task(
                asyncio.to_thread(self._sink.take, entries, now, feed=feed, unreadable=unreadable)
            )
            try:
                return await asyncio.shield(write)
            except asyncio.CancelledError:
                # A thread cannot be cancelled, and nobody may write beside it.
                await asyncio.wait([write])
                if error := write.exception():
                    log.warning("not-stored", reason=str(error))
                raise


def host_of(url: str) -> str:
    """What politeness is about: one server, a host and its port where that is not the usual one; a URL that is none, itself."""
    try:
        return URL(url.strip()).host_port_subcomponent or url
    except ValueError:
        return url


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
