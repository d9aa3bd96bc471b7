"""The show: history from an archive, the last days through feeds, and a summary of what the pipeline made of them.

Nothing is special about the pipeline here: default settings, the real fetcher. Only the clock is the demo's own, shared by the
sites and the fetcher, so that nine weeks pass in half a minute.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.text import Text

from services.fetch.documents import read_documents
from services.fetch.feed_state import FeedState
from services.fetch.poller import Poller, Report
from shared.bootstrap import open_feeding
from shared.cli.patience import wait_for_channels
from shared.cli.render import alert_panel, headline
from shared.clock import SimulatedClock
from shared.contracts import Alert, Entry
from shared.demo.corpus import DemoArticle, articles, outlets
from shared.demo.hostile import SITES
from shared.demo.marker import is_marked, mark
from shared.demo.site import Site, serve
from shared.demo.summary import print_summary
from shared.errors import Misuse
from shared.ports import Query
from shared.printable import printable
from shared.runtime.fetching import poller, registry
from shared.runtime.signals import stop_on_signals

FEEDS_FROM = datetime(2024, 6, 16, tzinfo=UTC)
"""What was published before comes from the archive: feeds hold no more than their newest items."""
ENDS = datetime(2024, 6, 21, tzinfo=UTC)
STEP = timedelta(hours=2)
LIVE_PAUSE = 1.0
"""Seconds between two steps for people who watch; with --once there is no pause."""


def show(data_dir: Path, *, once: bool, port: int) -> None:
    """Runs the demo.

    Raises `Misuse` for a port after which there are too few, or a folder that holds news that are not the demo's; `NotAvailable`
    when a port is taken or another process works in the folder.
    """
    ports = len(outlets()) + len(SITES)
    if not 0 < port <= 65_536 - ports:
        raise Misuse(f"--port {port}: {ports} ports in a row are needed, so give one from 1 to {65_536 - ports}")
    asyncio.run(_Show(data_dir, once, port).run())


class _Show:
    def __init__(self, data_dir: Path, once: bool, port: int) -> None:
        self._once = once
        self._port = port
        self._console = Console(highlight=False)
        self._clock = SimulatedClock(FEEDS_FROM)
        self._session = open_feeding(data_dir, self._clock)
        self._index = self._session.reading.index
        self._feeds: dict[str, FeedState] = {}
        self._ill: set[str] = set()
        self._shown: set[str] = set()
        self._articles_shown = set(self._index.ids())
        self._finished = False

    async def run(self) -> None:
        everything = articles()
        with self._session, stop_on_signals() as stop:
            self._refuse_other_news()
            known = {read.document.url for read in self._index.search(Query())}
            self._finished = all(article.url in known for article in everything)
            async with (
                # First of all: a port that is taken is said before anything is written.
                serve(Site(outlets(), everything, self._clock), self._port) as sources,
                poller(self._session, ["127.0.0.0/8"], through_proxy=False) as polling,
            ):
                mark(self._session.data_dir)
                if self._finished:
                    self._say(
                        "nothing new: the whole demo is in this folder already; name another --data-dir to see it again"
                    )
                self._session.start()
                await self._archive([article for article in everything if article.published < FEEDS_FROM])
                self._shown = {alert.id for alert in self._index.alerts()}
                self._feeds = {feed.feed_id: feed for feed in registry(self._session, sources)}
                await self._live(polling, stop)
                print_summary(self._console, self._session)
                if not stop.is_set():
                    await asyncio.to_thread(wait_for_channels, self._session)
                if not self._once and not stop.is_set():
                    await self._go_on(polling, stop)

    def _refuse_other_news(self) -> None:
        """Invented news and real ones in one folder would make alerts of both."""
        folder = self._session.data_dir
        if not is_marked(folder) and next(self._session.reading.ledger.rows(), None) is not None:
            raise Misuse(f"{folder} holds news that are not the demo's: name another folder with --data-dir")

    async def _archive(self, past: Sequence[DemoArticle]) -> None:
        """History, in the order of events."""
        self._say(f"archive: {len(past)} articles from {past[0].published:%d %B} to {past[-1].published:%d %B %Y}")
        stream = io.BytesIO(b"\n".join(article.row for article in past))
        entries = [
            entry for entry in read_documents(stream, "archive", "jsonl", self._clock.now()) if isinstance(entry, Entry)
        ]
        self._session.intake.take(entries, self._clock.now())
        await self._session.settled()
        self._articles_shown = set(self._index.ids())

    async def _live(self, polling: Poller, stop: asyncio.Event) -> None:
        last = self._port + len(self._feeds) - 1
        self._say(f"feeds: {len(self._feeds)} sites on 127.0.0.1, ports {self._port} to {last}")
        while self._clock.now() < ENDS and not stop.is_set():
            await self._poll(polling)
            if not self._once and not self._finished:
                await _pause(LIVE_PAUSE, stop)
            self._clock.advance(STEP)
        if not stop.is_set():
            # When a feed is due is a matter of its pace and of chance: what was published since would be read after the summary.
            await self._poll(polling, all_of_them=True)

    async def _go_on(self, polling: Poller, stop: asyncio.Event) -> None:
        """The sites stay up and are polled on, until Ctrl-C."""
        self._say("the demo's news has ended; its sites stay up and are polled on. Ctrl-C ends it.")
        while not stop.is_set():
            await self._poll(polling)
            await _pause(5.0, stop)
            self._clock.advance(timedelta(minutes=15))

    async def _poll(self, polling: Poller, *, all_of_them: bool = False) -> None:
        """Every feed that is due, and then what came of it."""
        now = self._clock.now()
        due = [feed for feed in self._feeds.values() if not feed.retired and (all_of_them or feed.next_poll <= now)]
        # One after the other: then the order of what is read is the same in every run, and so is what comes of it.
        for feed in due:
            await polling.poll_all([feed], self._report)
        await self._session.settled()
        self._tell()

    def _report(self, one: Report) -> None:
        self._feeds[one.state.feed_id] = one.state
        self._session.wake()
        if one.error and one.state.url not in self._ill:
            self._ill.add(one.state.url)
            self._say(f"ill feed {one.state.url}: {one.error[:110]}", "yellow")

    def _tell(self) -> None:
        """What is new: articles by the line where people watch, alerts always."""
        fresh = [read for read in self._index.search(Query(limit=200)) if read.document.id not in self._articles_shown]
        for read in reversed(fresh):
            document = read.document
            self._articles_shown.add(document.id)
            if not self._once:
                names = ", ".join(
                    actor.name for actor in document.actors if actor.type != "place" and actor.role == "actor"
                )
                mark = f"  [{document.copy_kind} copy]" if document.copy_of else ""
                when = document.published or document.first_seen
                line = f"{when:%d %b %H:%M}  {document.language}  {printable(headline(document)[:90])}{mark}"
                self._console.print(Text.assemble(line, (f"  {printable(names[:80])}", "dim")), soft_wrap=True)
        for alert in reversed(list(self._index.alerts())):
            if alert.id not in self._shown:
                self._announce(alert)
            self._shown.add(alert.id)

    def _announce(self, alert: Alert) -> None:
        self._say(f"ALERT at {self._clock.now():%d %B %H:%M}", "bold red")
        self._console.print(alert_panel(alert))

    def _say(self, text: str, style: str = "bold") -> None:
        self._console.print(Text(printable(text), style=style), soft_wrap=True)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
