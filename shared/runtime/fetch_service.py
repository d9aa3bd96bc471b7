"""fetch on Kafka: the feeds of the partitions that this worker has, polled until the partitions or the registry change.

The consumer group only shares out the partitions of the registry. What is known of a feed is kept in the partition of the same
number of fetch's own log, where a worker that takes a partition over finds it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import faust
import structlog

from services.fetch.feed_state import FeedState
from services.fetch.poller import Report
from services.fetch.registration import state_of
from services.fetch.writing import Brought
from shared import metrics
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import reader
from shared.adapters.kafka.feed_registry import read_registry, source_of
from shared.adapters.kafka.intake import KafkaIntake
from shared.adapters.kafka.lag import Backlog, LagWatch
from shared.adapters.kafka.log_reader import bounds
from shared.adapters.kafka.reading import read_feed_states
from shared.adapters.kafka.state_log import AnotherWriter
from shared.adapters.kafka.topics import wire_name
from shared.clock import SystemClock
from shared.contracts import RegisteredFeed
from shared.errors import NotAvailable
from shared.pipeline import FEED, state_topic
from shared.runtime.feed_health import measure_health
from shared.runtime.fetching import poller
from shared.runtime.kafka import add_care, raw_topic
from shared.runtime.progress import Progress
from shared.settings import Settings
from shared.stage import Unavailable

log = structlog.get_logger()

LOOK_EVERY_S = 0.5


class Sink:
    """Writes what a poll brought, and makes sure that nobody else writes for the same feeds."""

    def __init__(self, client: KafkaClient) -> None:
        self._client = client
        self._intake = KafkaIntake(client)
        self._partition_of: dict[str, int] = {}
        self._next: dict[int, int] = {}

    def begin(self, partition_of: dict[str, int], next_offsets: dict[int, int]) -> None:
        """`partition_of` the feeds, by id; `next_offsets` of their partitions of the log."""
        self._partition_of, self._next = partition_of, next_offsets

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        """Raises `Unavailable` while Kafka is not there, `AnotherWriter` where this process should not be there any more."""
        return [self._take(one) for one in brought]

    def _take(self, brought: Brought) -> int:
        try:
            taken = self._intake.take(brought.entries, brought.now, unreadable=brought.unreadable)
            for letter in brought.unreadable:
                metrics.DEAD_LETTERS.labels("fetch", letter.code).inc()
            feed = brought.feed
            if feed is not None and feed.feed_id in self._partition_of:
                self._store(feed, self._partition_of[feed.feed_id])
        except AnotherWriter:
            raise
        except NotAvailable as error:
            raise Unavailable(str(error)) from error
        return taken

    def _store(self, feed: FeedState, partition: int) -> None:
        offset = self._intake.store_feed(feed, partition)
        if offset != self._next[partition]:
            raise AnotherWriter(
                f"the state of {feed.public_url} was written at {offset}, not at {self._next[partition]}: another fetch is alive"
            )
        self._next[partition] += 1


class FetchService:
    """What the poller needs of a session, and the loop around it."""

    def __init__(self, app: faust.App, config: Settings, progress: Progress) -> None:
        self.config = config
        self.clock = SystemClock()
        self.feeds: dict[str, FeedState] = {}
        self.changed = asyncio.Event()
        self._app = app
        self._progress = progress
        self._client = KafkaClient(config)
        self.intake = Sink(self._client)
        self._lag = LagWatch(config)
        self._backlog = Backlog(config, self._lag)

    def pause(self, seconds: float) -> bool:
        """In the thread of a poll that waits for Kafka."""
        with self._progress.waiting("Kafka"):
            for _ in range(max(1, int(seconds * 10))):
                if self._app.should_stop:
                    return True
                time.sleep(0.1)
        return False

    async def room(self) -> None:
        """Waits until normalise has caught up."""
        while await self._is_full():
            self._progress.advanced()
            await asyncio.sleep(LOOK_EVERY_S)

    async def run(self) -> None:
        """Until the app stops. Raises what must end the process."""
        generation = None
        allowed = [each.strip() for each in self.config.allow_private.split(",") if each.strip()]
        try:
            async with poller(self, allowed, self.config.data_dir) as polling:
                while not self._app.should_stop:
                    partitions = self._partitions()
                    if not partitions:
                        await asyncio.sleep(LOOK_EVERY_S)
                        continue
                    if generation != self._app.consumer_generation_id:
                        generation = self._app.consumer_generation_id
                        metrics.GENERATIONS.labels("fetch").inc()
                    self.changed.clear()
                    feeds = await self._load(partitions)
                    stop = asyncio.Event()
                    doing = asyncio.create_task(polling.run(feeds, stop, self._report))
                    while not doing.done() and generation == self._app.consumer_generation_id:
                        if self.changed.is_set() or self._app.should_stop:
                            break
                        await asyncio.sleep(LOOK_EVERY_S)
                    stop.set()
                    await doing
        finally:
            await self._lag.close()
            self._client.close()

    def _partitions(self) -> set[int]:
        topic = wire_name(self.config, FEED)
        return {place.partition for place in self._app.consumer.assignment() if place.topic == topic}

    async def _load(self, partitions: set[int]) -> list[FeedState]:
        """The registry with what is known of each feed. The log is read last: what was written to it until then is known."""
        topic = wire_name(self.config, state_topic("fetch"))
        partition_of: dict[str, int] = {}
        registered: dict[str, RegisteredFeed] = {}
        for partition in sorted(partitions):
            of_one = await read_registry(self.config, [partition])
            registered |= of_one
            partition_of |= dict.fromkeys(of_one, partition)
        async with reader(self.config) as consumer:
            next_offsets = {partition: (await bounds(consumer, topic, partition))[1] for partition in partitions}
        known = await read_feed_states(self.config, partitions)
        self.intake.begin(partition_of, next_offsets)
        now = self.clock.now()
        self.feeds = {id_: state_of(source_of(feed), known.get(id_), now) for id_, feed in registered.items()}
        log.info("feeds", count=len(self.feeds), partitions=sorted(partitions))
        metrics.STATE_RECORDS.labels("fetch").set(len(known))
        self._progress.ready = True
        return list(self.feeds.values())

    def _report(self, report: Report) -> None:
        self.feeds[report.state.feed_id] = report.state
        metrics.SENT.labels("fetch").inc(report.new)
        self._progress.advanced()

    async def _is_full(self) -> bool:
        try:
            return await self._backlog.is_full()
        except NotAvailable as error:
            log.warning("waiting", stage="fetch", reason=str(error))
            return True


def add_fetch(app: faust.App, config: Settings, progress: Progress) -> None:
    """The service as an agent on the registry, and the task that polls."""
    services: list[FetchService] = []
    # What is known of feeds is read once their partitions are assigned; nothing is polled before.
    progress.prepared = True

    async def registry(stream: Any) -> None:
        async for events in stream.noack_take(config.batch_size, within=1.0):
            for service in services:
                service.changed.set()
            for event in events:
                event.ack()

    app.agent(raw_topic(app, wire_name(config, FEED)), name="fetch", concurrency=1)(registry)

    @app.task  # type: ignore[untyped-decorator]
    async def fetch() -> None:
        service = FetchService(app, config, progress)
        services.append(service)
        try:
            await service.run()
        except Exception as error:
            log.error("fetch ends", reason=str(error))
            await app.crash(error)

    def health() -> None:
        for service in services:
            measure_health(service.feeds.values(), service.clock.now())

    add_care(app, config, "fetch", progress, before_scrape=health)
