"""The floor: as many hops as the pipeline has, over the same topics, by nothing but aiokafka: read, parse, write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.adapters.kafka.connection import client_options, new_producer
from shared.adapters.kafka.topics import wire_name
from shared.pipeline import ARTICLE, CLUSTERED, ENRICHED, ENTRY, UNIQUE
from shared.settings import Settings

HOPS = (ENTRY, ARTICLE, UNIQUE, ENRICHED, CLUSTERED)


async def plain_loop(config: Settings, messages: Sequence[bytes]) -> float:
    """Seconds from the first message sent to the last one read from the last topic; all loops in one process."""
    topics = [wire_name(config, topic) for topic in HOPS]
    producer = new_producer(config)
    await producer.start()
    try:
        started = time.perf_counter()
        hops = [
            asyncio.create_task(_hop(config, producer, one, following, len(messages)))
            for one, following in zip(topics, [*topics[1:], None], strict=True)
        ]
        for number, message in enumerate(messages):
            await producer.send(topics[0], message, key=str(number).encode())
        await asyncio.gather(*hops)
        return time.perf_counter() - started
    finally:
        await producer.stop()


async def _hop(config: Settings, producer: object, topic: str, following: str | None, count: int) -> None:
    consumer = AIOKafkaConsumer(**client_options(config), group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        read = 0
        while read < count:
            for records in (await consumer.getmany(timeout_ms=200, max_records=500)).values():
                futures = []
                for record in records:
                    value = orjson.dumps(orjson.loads(record.value))
                    if following is not None:
                        futures.append(await producer.send(following, value, key=record.key))  # type: ignore[attr-defined]
                await asyncio.gather(*futures)
                read += len(records)
    finally:
        await consumer.stop()
