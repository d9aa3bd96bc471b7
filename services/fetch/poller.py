"""Polling: which feeds are due, one request each, politely, and everything that a poll brought in one transaction."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from services.fetch.agenda import Agenda
from services.fetch.asking import Answer, Parser, ask
from services.fetch.decide import Decision, Failed, Fetched, NewItem, NotModified, decide, put_off
from services.fetch.feed_state import FeedState
from services.fetch.http.credentials import CredentialStore, Http
from services.fetch.http.limits import storable
from services.fetch.http.politeness import HostGate, Paused, host_of
from services.fetch.items import entry_of_item
from services.fetch.lanes import Lanes
from services.fetch.pages.item_pages import ItemPages, NoPages
from services.fetch.pages.page import Page
from services.fetch.websub.pokes import Pokes
from services.fetch.websub.subscriber import Subscriber
from services.fetch.writing import Brought, Sink, Writer
from shared import metrics
from shared.contracts import Entry, FeedRef
from shared.errors import NewsloomError
from shared.ports import Clock
from shared.stage import Unavailable
from shared.urls.userinfo import without_userinfo

log = structlog.get_logger()

HOST_ERRORS = frozenset({"dns", "refused", "timeout", "tls", "connection", "blocked-address"})
"""Errors that, met at connecting, say nothing about the feed and everything about its host."""
PATIENCE_S = 60.0
"""A feed whose host asked for a longer pause is put off instead of waited for."""
LONGEST_PAUSE_S = 60.0
MUCH_MARKUP = 100_000
"""More characters of markup than these are cleaned beside the loop."""
MANY_ITEMS = 200
"""More items of one poll are judged beside the loop, and written so many at a time."""


@dataclass(frozen=True, slots=True)
class Report:
    """How one poll went; `seconds` from the request to what it brought being stored, the wait for the host's turn left out."""

    state: FeedState
    new: int
    error: str | None
    seconds: float = 0.0


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
        lanes: Lanes,
        pages: ItemPages | None = None,
        websub: Subscriber | None = None,
    ) -> None:
        self._http = http
        self._credentials = CredentialStore()
        self._parser = parser
        self._clock = clock
        self._gate = gate
        self._room = room
        self._lanes = lanes
        self._pages = pages or NoPages()
        self._hosts_at_once = lanes.total
        self._writer = Writer(sink)
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
        finally:
            await self._writer.finish()

    async def run(self, feeds: Iterable[FeedState], stop: asyncio.Event, on_report: Callable[[Report], None]) -> None:
        """Polls what is due, for ever, until `stop` is set. No host waits for another; raises what any poll raised."""
        feeds = list(feeds)
        agenda = Agenda(feeds, host_of, self._clock)
        if self._websub is not None:
            self._websub.begin(feeds)
        busy: dict[asyncio.Task[list[FeedState]], str] = {}
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                for feed_id in self._pokes.take():
                    agenda.poke(feed_id)
                while len(busy) < self._hosts_at_once and (taken := agenda.take()) is not None:
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
            await self._writer.finish()

    async def poll(self, feed: FeedState, dead_hosts: dict[str, Failed] | None = None) -> Report:
        """One poll. Raises `Unavailable` when what it brought cannot be stored; then nothing is, and the feed stays due.

        Whatever else goes wrong is an error of this feed alone. A feed whose host asked to be left alone is put off.
        """
        try:
            return await self._poll(feed, {} if dead_hosts is None else dead_hosts)
        except (Unavailable, NewsloomError):
            raise
        except Exception as error:
            log.exception("poll-failed", feed=feed.public_url)
            failed = Failed("internal", without_userinfo(storable(f"{type(error).__name__}: {error}")))
        now = self._clock.now()
        metrics.POLLS.labels(failed.code).inc()
        state = decide(feed, failed, now).state
        try:
            await self._writer.write(Brought((), now, state))
        except (Unavailable, NewsloomError):
            raise
        except Exception:
            # What made the poll fail may be in the state itself. Kept in memory, it still is not asked again at once.
            log.exception("feed-state-not-stored", feed=feed.public_url)
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
        poked_s = self._pokes.wait_s()
        pause = min(LONGEST_PAUSE_S, max(0.5, agenda.wait_s()))
        return pause if poked_s is None else min(pause, max(0.01, poked_s))

    async def _poll(self, feed: FeedState, dead_hosts: dict[str, Failed]) -> Report:
        host = host_of(feed.address)
        now, started = self._clock.now(), self._clock.monotonic()
        if host in dead_hosts:
            answer = Answer(dead_hosts[host])
        else:
            try:
                # The turn first: whoever waits for a host must not hold a place that another host could use.
                async with self._gate.turn(host, PATIENCE_S), self._lanes.place():
                    now, started = self._clock.now(), self._clock.monotonic()
                    answer = await ask(feed, now, self._http, self._credentials, self._parser)
            except Paused as paused:
                now = self._clock.now()
                state = put_off(feed, paused.seconds, now)
                await self._writer.write(Brought((), now, state))
                return Report(state, 0, f"put-off: {host} is to be {paused}")
            self._note_host(host, answer, dead_hosts)
        decision = await self._decide(feed, answer, now)
        if self._websub is not None:
            decision = self._websub.after_poll(feed, decision, answer.result, now)
        _count(feed, answer, decision)
        state, new = decision.state, 0
        last: list[Entry] = []
        async for entries in self._entries(feed, decision, now):
            if last:
                new += await self._writer.write(Brought(last, now))
            last = entries
        # With the last of its items, so that no state is stored before them.
        new += await self._writer.write(Brought(last, now, state, (answer.unreadable,) if answer.unreadable else ()))
        error = f"{state.last_error_code}: {state.last_error}" if state.last_error_code else None
        return Report(state, new, error, self._clock.monotonic() - started)

    def _note_host(self, host: str, answer: Answer, dead_hosts: dict[str, Failed]) -> None:
        """What an error says of a host, of which a redirect may have made another than the feed's own."""
        error = answer.error
        if error is None or not isinstance(answer.result, Failed):
            return
        if error.code in HOST_ERRORS and not error.connected and error.host == host:
            dead_hosts[host] = answer.result
        if error.retry_after is not None:
            self._gate.retry_after(error.host or host, error.retry_after)

    async def _decide(self, feed: FeedState, answer: Answer, now: datetime) -> Decision:
        if isinstance(answer.result, Fetched) and len(answer.result.feed.items) > MANY_ITEMS:
            return await asyncio.to_thread(decide, feed, answer.result, now)
        return decide(feed, answer.result, now)

    async def _entries(self, feed: FeedState, decision: Decision, now: datetime) -> AsyncIterator[list[Entry]]:
        """In the order of the feed, some at a time: an archive of thousands must not keep others from the disk or the loop."""
        items = decision.new_items
        pages = await self._pages.of([new.item for new in items], feed.options)
        reference = FeedRef(
            id=feed.feed_id, url=feed.public_url, title=decision.state.title, language=feed.options.language
        )
        for start in range(0, len(items), MANY_ITEMS):
            some = slice(start, start + MANY_ITEMS)
            build = partial(_entries_of, items[some], pages[some], reference, now)
            heavy = sum(len(new.item.html_or_text) for new in items[some] if new.item.is_html) > MUCH_MARKUP
            yield await asyncio.to_thread(build) if heavy else build()


def _entries_of(
    items: Sequence[NewItem], pages: Sequence[Page | None], reference: FeedRef, now: datetime
) -> list[Entry]:
    return [
        entry_of_item(
            new.item,
            reference,
            now,
            where=reference.id or "",
            origin="feed",
            key=new.key,
            content=f"{new.fingerprint} after {new.previous}" if new.previous else new.fingerprint,
            first_poll=new.first_poll,
            page=page,
        )
        for new, page in zip(items, pages, strict=True)
    ]


def _count(feed: FeedState, answer: Answer, decision: Decision) -> None:
    state = decision.state
    well = "not-modified" if isinstance(answer.result, NotModified) else "ok"
    metrics.POLLS.labels(state.last_error_code or well).inc()
    for verdict, count in asdict(decision.counts).items():
        if count:
            metrics.FEED_ITEMS.labels(verdict).inc(count)
    metrics.FEED_LIES.inc(state.validators.lies - feed.validators.lies)
