"""Reading a topic as it is now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.log_reader import read_to_end
from shared.adapters.kafka.topics import partitions_of
from shared.settings import Settings


async def whole_topic(config: Settings, topic: str, partitions: Iterable[int] | None = None) -> AsyncIterator[Any]:
    """Records of `topic`, as it is named on the cluster, partition by partition, each from its beginning; nothing where there is no
    such topic. Of the given partitions or of all."""
    wanted = None if partitions is None else set(partitions)
    async with admin(config) as client, reader(config) as consumer:
        for partition in (await partitions_of(client, [topic])).get(topic, []):
            if wanted is None or partition in wanted:
                async for record in read_to_end(consumer, topic, partition, 0):
                    yield record
