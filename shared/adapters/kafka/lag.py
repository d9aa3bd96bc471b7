"""What waits for a stage's consumer group."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.failures import explained
from shared.adapters.kafka.groups import coordinator_of
from shared.adapters.kafka.topics import group_name, partitions_of, wire_name
from shared.pipeline import BY_STAGE, FEED, NODES
from shared.settings import Settings

BACKLOG_EVERY_S = 1.0

Answer = TypeVar("Answer")
Places = dict[tuple[str, int], int]
"""By topic, as the cluster names it, and partition."""


class LagReader:
    """Asks the cluster without joining a group. Use `open_lag`."""

    def __init__(self, config: Settings, client: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> None:
        self._config = config
        self._client = client
        self._consumer = consumer

    async def waiting(self, stage: str) -> Places:
        """Messages that wait for the stage."""
        places = await self._places(stage)
        # Before the ends: what arrives in between waits, and is not overlooked.
        committed = await self.committed(stage)
        first = await self._consumer.beginning_offsets(places)
        last = await self._consumer.end_offsets(places)
        return {
            (place.topic, place.partition): max(
                0, int(last[place]) - max(committed.get((place.topic, place.partition), 0), int(first[place]))
            )
            for place in places
        }

    async def total(self, stage: str, among: Collection[tuple[str, int]] | None = None) -> int:
        """All of them together; of these partitions only, where they are given."""
        waiting = await self.waiting(stage)
        return sum(count for place, count in waiting.items() if among is None or place in among)

    async def unread(self, stages: Iterable[str]) -> dict[str, int]:
        """The same by stage, asked one after the other; only stages that something waits for."""
        found = {stage: await self.total(stage) for stage in stages}
        return {stage: count for stage, count in found.items() if count}

    async def committed(self, stage: str) -> Places:
        """Offsets of the next messages that the stage reads; 0 where it has read nothing."""
        wanted = await self._places(stage)
        group = group_name(self._config, stage)
        coordinator = await coordinator_of(self._client, group)
        known = await self._client.list_consumer_group_offsets(group, coordinator, wanted)
        return {(place.topic, place.partition): max(0, known[place].offset) for place in wanted if place in known}

    async def _places(self, stage: str) -> list[TopicPartition]:
        topics: Sequence[str] = BY_STAGE[stage].reads if stage in BY_STAGE else (FEED,)
        found = await partitions_of(self._client, [wire_name(self._config, topic) for topic in topics])
        return [TopicPartition(name, partition) for name in sorted(found) for partition in found[name]]


class LagWatch:
    """Asks again and again: over connections that it keeps, after an error over new ones. Of one event loop."""

    def __init__(self, config: Settings) -> None:
        self._config = config
        self._opened = AsyncExitStack()
        self._lag: LagReader | None = None
        self._in_turn = asyncio.Lock()

    async def total(self, stage: str, among: Collection[tuple[str, int]] | None = None) -> int:
        """As of `LagReader`. Raises `NotAvailable`."""
        return await self._ask(lambda lag: lag.total(stage, among))

    async def unread(self, stages: Iterable[str]) -> dict[str, int]:
        """As of `LagReader`. Raises `NotAvailable`."""
        return await self._ask(lambda lag: lag.unread(stages))

    async def close(self) -> None:
        """Can be asked again afterwards."""
        self._lag = None
        with suppress(Exception):
            await self._opened.aclose()

    async def _ask(self, question: Callable[[LagReader], Awaitable[Answer]]) -> Answer:
        async with self._in_turn:
            try:
                if self._lag is None:
                    self._lag = await self._opened.enter_async_context(open_lag(self._config))
                with explained(self._config):
                    return await question(self._lag)
            except BaseException:
                await self.close()
                raise


class Backlog:
    """Whether so much waits for the first stage that nothing more should be read. Looks no more often than once a second."""

    def __init__(self, config: Settings, lag: LagWatch) -> None:
        self._limit = config.backlog_limit
        self._lag = lag
        self._looked = -BACKLOG_EVERY_S
        self._waiting = 0
        self._looking = asyncio.Lock()

    async def is_full(self) -> bool:
        """Raises `NotAvailable`. One looks for all who ask."""
        async with self._looking:
            if time.monotonic() - self._looked > BACKLOG_EVERY_S:
                self._waiting = await self._lag.total(NODES[0].stage)
                self._looked = time.monotonic()
        return self._waiting >= self._limit


@asynccontextmanager
async def open_lag(config: Settings) -> AsyncIterator[LagReader]:
    async with admin(config) as client, reader(config) as consumer:
        yield LagReader(config, client, consumer)
