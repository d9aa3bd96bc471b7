"""Fetching for a session: the HTTP client, the parser's processes and the poller, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import structlog

from services.fetch.feed_list import FeedSource
from services.fetch.feed_state import FeedState
from services.fetch.formats.feed import FeedLimits
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import ACCEPT_PAGES, HttpClient
from services.fetch.http.limits import HttpLimits
from services.fetch.http.politeness import HostGate
from services.fetch.http.proxy import Proxy, parse_proxy
from services.fetch.lanes import Lanes
from services.fetch.pages.item_pages import WantedPages
from services.fetch.pages.page_fetcher import PageFetcher
from services.fetch.parser_pool import ParserPool, PoolLimits
from services.fetch.poller import Poller, Report
from services.fetch.registration import state_of
from services.fetch.writing import Brought, Sink
from shared.adapters.feed_changes import changes_of
from shared.errors import Misuse
from shared.ports import Clock
from shared.retry import backoff
from shared.runtime.feed_health import measure_health
from shared.runtime.feeding import Feeding
from shared.runtime.pushes import pushes
from shared.secret_files import read_secret
from shared.settings import Settings
from shared.stage import Unavailable

log = structlog.get_logger()

MEASURE_EVERY_S = 15.0


@asynccontextmanager
async def poller(
    session: Pollable, allow_private: Sequence[str], keys_in: Path | None = None, *, through_proxy: bool = True
) -> AsyncIterator[Poller]:
    """A poller that hands over to the session. Raises `Misuse` for a network that is none, and for a proxy.

    Where the settings have hubs push, their key is kept in the folder `keys_in`; without one, feeds are only polled.
    """
    config = session.config
    guard = guard_of(allow_private)
    lanes = Lanes(config.concurrent_polls)
    # Names are looked up by threads, which for a dead name wait long: as many as there may be polls, not as many as there are cores.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(lanes.total, "fetch"))
    limits = replace(http_limits(config), connections=lanes.total)
    gate = HostGate(
        delay_s=config.host_delay_seconds,
        clock=session.clock.monotonic,
        sleep=session.clock.sleep,
    )
    contact, proxy = config.contact or None, proxy_of(config) if through_proxy else None
    page_limits = replace(limits, body_bytes=config.page_limit_bytes, decoded_bytes=config.page_limit_bytes)
    async with (
        HttpClient(guard, limits, contact, proxy=proxy) as http,
        HttpClient(guard, page_limits, contact, accept=ACCEPT_PAGES, proxy=proxy) as page_http,
        parser_pool(config) as parser,
        AsyncExitStack() as stack,
    ):
        websub = None
        if keys_in is not None:
            websub = await stack.enter_async_context(pushes(config, keys_in, http, gate, session.clock))
        fetcher = PageFetcher(
            page_http,
            gate,
            lanes.place,
            session.clock.monotonic,
            most=config.pages_per_poll,
            deadline_s=config.page_deadline_seconds,
        )
        pages = WantedPages(fetcher, config.full_text, config.teaser_characters)
        yield Poller(http, parser, PatientSink(session), session.clock, gate, session.room, lanes, pages, websub)


def http_limits(config: Settings) -> HttpLimits:
    """Of requests for feeds."""
    return HttpLimits(
        total_s=config.fetch_deadline_seconds,
        body_bytes=config.feed_limit_bytes,
        decoded_bytes=config.feed_limit_bytes,
    )


def parser_pool(config: Settings) -> ParserPool:
    """With the limits of the settings; not started yet."""
    return ParserPool(
        PoolLimits(cpu_s=config.parse_cpu_seconds, memory_bytes=config.parse_memory_bytes),
        FeedLimits(body_bytes=config.feed_limit_bytes, items=config.feed_items_limit),
    )


def guard_of(allow_private: Sequence[str]) -> AddressGuard:
    """Raises `Misuse` for a network that is none."""
    try:
        return AddressGuard([parse_network(text) for text in allow_private])
    except ValueError as error:
        raise Misuse(f"--allow-private: {error}; give a network such as 127.0.0.0/8") from error


def proxy_of(config: Settings) -> Proxy | None:
    """What the settings name. Raises `Misuse` for what is none; the environment's `http_proxy` is another program's business."""
    if not config.proxy:
        return None
    file = config.proxy_password_file
    password = read_secret(file, "NEWSLOOM_PROXY_PASSWORD_FILE") if file else None
    try:
        return parse_proxy(config.proxy, password)
    except ValueError as error:
        raise Misuse(f"NEWSLOOM_PROXY: {error} (NEWSLOOM_PROXY_PASSWORD_FILE names the file)") from None


class Pollable(Protocol):
    """What polling needs of a session."""

    config: Settings

    @property
    def clock(self) -> Clock: ...

    @property
    def intake(self) -> Sink: ...

    def pause(self, seconds: float) -> bool: ...

    async def room(self) -> None: ...


class PatientSink:
    """Writes through the session's intake, and waits with back-off while the disk is full: what a poll brought is nowhere else."""

    def __init__(self, session: Pollable) -> None:
        self._session = session

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        """How many entries of each are new. Raises `Unavailable` only when the session ends before there is room."""
        pauses = backoff()
        while True:
            try:
                return self._session.intake.take_all(brought)
            except Unavailable as error:
                pause = next(pauses)
                log.warning("waiting", reason=str(error), seconds=pause)
                if self._session.pause(pause):
                    raise


def registry(session: Feeding, sources: Sequence[FeedSource]) -> list[FeedState]:
    """The feeds of the list, each with what is known of it from earlier runs."""
    known = {state.feed_id: state for state in session.reading.feeds()}
    now = session.clock.now()
    return [state_of(source, known.get(id_), now) for id_, source in changes_of({}, sources).items()]


async def run_feeds(
    session: Feeding,
    sources: Sequence[FeedSource],
    allow_private: Sequence[str],
    *,
    once: bool,
    stop: asyncio.Event,
    on_report: Callable[[Report], None],
) -> None:
    """Polls until `stop` is set; with `once`, every feed once, and then waits until all is processed."""

    feeds = registry(session, sources)
    states = {feed.feed_id: feed for feed in feeds}
    measured = -MEASURE_EVERY_S

    def report(one: Report) -> None:
        nonlocal measured
        session.wake()
        states[one.state.feed_id] = one.state
        if session.clock.monotonic() - measured > MEASURE_EVERY_S:
            measured = session.clock.monotonic()
            measure_health(states.values(), session.clock.now())
        on_report(one)

    async with poller(session, allow_private, None if once else session.data_dir) as polling:
        if once:
            await _until(polling.poll_all(feeds, report), stop, session)
            if not stop.is_set():
                await _until(session.settled(), stop, session)
        else:
            await _until(polling.run(feeds, stop, report), stop, session)


async def _until(work: Coroutine[Any, Any, None], stop: asyncio.Event, session: Feeding) -> None:
    """Runs `work` to its end or until `stop`; raises what ended the pipeline, should it end first."""
    doing = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    try:
        while not doing.done() and not stop.is_set():
            await asyncio.wait((doing, stopping), timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
            session.check()
        if doing.done():
            await doing
    finally:
        for task in (doing, stopping):
            task.cancel()
        await asyncio.gather(doing, stopping, return_exceptions=True)
