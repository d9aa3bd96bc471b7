"""What waits for a stage's consumer group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.groups import coordinator_of
from shared.adapters.kafka.topics import group_name, partitions_of, wire_name
from shared.pipeline import BY_STAGE, FEED
from shared.settings import Settings

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


@asynccontextmanager
async def open_lag(config: Settings) -> AsyncIterator[LagReader]:
    async with admin(config) as client, reader(config) as consumer:
        yield LagReader(config, client, consumer)
