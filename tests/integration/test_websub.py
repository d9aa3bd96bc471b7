"""A hub, a publisher and the embedded pipeline: from a push to an article, and to the article without one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from real import free_port
from websub_hub import Hub, Publisher, serving

from services.fetch.feed_list import FeedSource
from services.fetch.poller import Report
from shared.clock import SimulatedClock
from shared.contracts import FeedOptions
from shared.errors import Misuse
from shared.metrics import REGISTRY
from shared.ports import Query
from shared.runtime.fetching import run_feeds
from shared.runtime.session import Session
from shared.settings import Settings

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUARTER_HOURLY = FeedOptions(min_interval_s=900, max_interval_s=900, full_text="never")


class Newsroom:
    """The pipeline on one feed, as `newsloom run` has it."""

    def __init__(self, session: Session, clock: SimulatedClock, site: Publisher) -> None:
        self._session, self._clock, self._site = session, clock, site
        self.reports: list[Report] = []

    def titles(self) -> set[str]:
        return {read.document.title for read in self._session.reading.index.search(Query())}

    @property
    def state(self) -> str | None:
        websub = self.reports[-1].state.websub if self.reports else None
        return None if websub is None else websub.state

    async def passes(self, time: timedelta) -> None:
        await self.until(lambda: len(self.reports) == self._site.polls)
        await asyncio.sleep(0.02)
        self._clock.advance(time)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def newsroom(
    folder: Path, site: Publisher, clock: SimulatedClock, *, once: bool = False, **changed: object
) -> AsyncIterator[Newsroom]:
    port = free_port()
    values = {
        "host_delay_seconds": 0,
        "websub_callback": f"http://127.0.0.1:{port}/hubs/",
        "websub_port": port,
        **changed,
    }
    with Session(folder, clock=clock, config=Settings.model_validate(values)) as session:
        session.start()
        stop, room = asyncio.Event(), Newsroom(session, clock, site)
        polling = asyncio.create_task(
            run_feeds(
                session,
                [FeedSource(url=site.url, options=QUARTER_HOURLY)],
                ["127.0.0.1"],
                once=once,
                stop=stop,
                on_report=room.reports.append,
            )
        )
        try:
            yield room
        finally:
            stop.set()
            await polling


def missed() -> float:
    return REGISTRY.get_sample_value("newsloom_websub_missed_total") or 0.0


async def test_from_push_to_article_and_from_a_dead_hub_to_article(tmp_path: Path) -> None:
    clock, site, hub, before = SimulatedClock(datetime(2026, 3, 1, 12, tzinfo=UTC)), Publisher(), Hub(), missed()
    async with serving(site, hub):
        site.hub = hub.url
        async with newsroom(tmp_path, site, clock) as room:
            await room.until(lambda: room.state == "active")
            await room.passes(2 * MINUTE)
            site.items.append("The second report")
            pushed = time.monotonic()
            assert await hub.push(site.feed(site.items)) == [202]
            await room.until(lambda: "The second report" in room.titles())
            assert time.monotonic() - pushed < 2
        async with newsroom(tmp_path, site, clock) as room:
            # Another run, another port: the hub is told of it, and then dies.
            site.polls = 0
            await room.passes(HOUR)
            await room.until(lambda: len(hub.subscribed) == 2)
            await room.until(lambda: room.state == "active")
            for number in range(4):
                site.items.append(f"Unpushed {number}")
                polls = site.polls
                await room.passes(HOUR)
                await room.until(lambda polls=polls: len(room.reports) > polls)  # type: ignore[misc]
            await room.until(lambda: len(room.titles()) == 6)
            assert room.state == "dead"
            assert missed() - before == 3
            assert 15 * MINUTE <= room.reports[-1].state.next_poll - clock.now() <= 16.5 * MINUTE
    assert (tmp_path / "websub.secret").stat().st_mode & 0o077 == 0


async def test_a_run_that_ends_by_itself_asks_no_hub(tmp_path: Path) -> None:
    site, hub = Publisher(), Hub()
    async with serving(site, hub):
        site.hub = hub.url
        async with newsroom(tmp_path, site, SimulatedClock(datetime.now(UTC)), once=True) as room:
            await room.until(lambda: bool(room.titles()))
        assert (room.state, hub.requests) == (None, [])


@pytest.mark.parametrize("address", ["news.example", "ftp://news.example", "https://news.example/?a=1", "https://u@h/"])
async def test_an_address_that_is_none_is_said(tmp_path: Path, address: str) -> None:
    with pytest.raises(Misuse, match="NEWSLOOM_WEBSUB_CALLBACK"):
        async with newsroom(
            tmp_path, Publisher(url="http://127.0.0.1:9/"), SimulatedClock(datetime.now(UTC)), websub_callback=address
        ):
            pass


async def test_a_key_that_can_be_guessed_is_refused_and_not_shown(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("hunter2\n")
    clock = SimulatedClock(datetime.now(UTC))
    with pytest.raises(Misuse, match="NEWSLOOM_WEBSUB_SECRET_FILE") as caught:
        async with newsroom(tmp_path, Publisher(url="http://127.0.0.1:9/"), clock, websub_secret_file=key):
            pass
    assert "hunter2" not in str(caught.value)
