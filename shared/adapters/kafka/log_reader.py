"""Reading a partition from an offset to its end, as it is at the beginning of the reading."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.adapters.kafka.records import headers_of
from shared.stage import Unavailable

TOGETHER = 2_000
REWRITTEN = "rewritten"
"""Header of the first record of a log that was written anew: what is before it was deleted on purpose."""
PATIENCE = 30
"""Seconds without a record, and with some to come, after which the broker is not there."""


async def bounds(consumer: AIOKafkaConsumer, topic: str, partition: int = 0) -> tuple[int, int]:
    """(offset of the first record that is kept, offset after the last)."""
    place = TopicPartition(topic, partition)
    first = (await consumer.beginning_offsets([place]))[place]
    return int(first), int((await consumer.end_offsets([place]))[place])


async def read_to_end(
    consumer: AIOKafkaConsumer, topic: str, partition: int, start: int, end: int | None = None
) -> AsyncIterator[Any]:
    """Records from `start` on (or the first that is kept). Raises `Unavailable` when the broker stops answering."""
    place = TopicPartition(topic, partition)
    first, last = await bounds(consumer, topic, partition)
    last = last if end is None else min(last, end)
    start = max(start, first)
    if start >= last:
        return
    consumer.assign([place])
    consumer.seek(place, start)
    silent = 0
    # The position, not the last record's offset, is what reaches the end: compaction leaves gaps.
    while await consumer.position(place) < last:
        records = (await consumer.getmany(place, timeout_ms=1_000, max_records=TOGETHER)).get(place, [])
        silent = 0 if records else silent + 1
        if silent >= PATIENCE:
            raise Unavailable(f"{topic}: no record came for {PATIENCE} s, and there are some")
        for record in records:
            if record.offset >= last:
                return
            yield record


async def is_rewritten(consumer: AIOKafkaConsumer, topic: str, partition: int, first: int) -> bool:
    """Whether a log that begins at `first` was written anew from there on."""
    async for record in read_to_end(consumer, topic, partition, first, first + 1):
        return REWRITTEN in headers_of(record)
    return False
