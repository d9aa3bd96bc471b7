"""A log that is kept for ever, written anew: Kafka cannot take out one record, only all before an offset.

All records go to the log's end once more, changed or left out, and then what is before them is deleted. Killed in between, the log has
some of them twice, the old ones first, and those win wherever the log is read: it is written anew once more, and ends the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete

from shared.adapters.kafka.connection import admin, new_producer, reader
from shared.adapters.kafka.failures import explained
from shared.adapters.kafka.log_reader import REWRITTEN, bounds, read_to_end
from shared.adapters.kafka.records import headers_of
from shared.errors import NotAvailable
from shared.runtime.crash_points import reached
from shared.seen import Seen
from shared.settings import Settings

TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """What becomes of a record: its value, the same or another one."""

    value: bytes | None


Change = Callable[[Any], Kept | None]
"""None leaves the record out."""
Identity = Callable[[Any], str]
"""Of several records with one identity the first one is meant."""


async def rewrite(
    config: Settings,
    topic: str,
    change: Change,
    identity: Identity,
    *,
    more: tuple[tuple[str, bytes], ...] = (),
    alone: Callable[[], Awaitable[None]] | None = None,
) -> int:
    """Returns how many records were changed or left out; where there are none, nothing is written. `topic`: as the cluster names it, of
    one partition. `more` are (key, value) to add. With `alone` nobody else may write meanwhile: it raises where somebody might, and is
    asked before anything is deleted. Without it others may write, and what they write is kept.

    Raises `NotAvailable` where somebody wrote who must not: nothing is lost.
    """
    with explained(config):
        async with reader(config) as consumer:
            _, end = await bounds(consumer, topic)
            changed = await _count(consumer, topic, end, change, identity)
            if not changed and not more:
                return 0
            producer = new_producer(config)
            await producer.start()
            try:
                first = await _copy(_Copying(consumer, producer, topic, end, alone is not None), change, identity, more)
            finally:
                await producer.stop()
        reached("forget:copied")
        if alone is not None:
            await alone()
        async with admin(config) as client:
            await client.delete_records({TopicPartition(topic, 0): RecordsToDelete(first)})
    return changed


async def _count(consumer: AIOKafkaConsumer, topic: str, end: int, change: Change, identity: Identity) -> int:
    seen, changed = Seen(), 0
    async for record in read_to_end(consumer, topic, 0, 0, end):
        if not seen.before(identity(record)):
            kept = change(record)
            changed += kept is None or kept.value != record.value
    return changed


@dataclass(frozen=True, slots=True)
class _Copying:
    consumer: AIOKafkaConsumer
    producer: AIOKafkaProducer
    topic: str
    end: int
    strict: bool
    """Nobody else may write meanwhile."""


async def _copy(work: _Copying, change: Change, identity: Identity, more: tuple[tuple[str, bytes], ...]) -> int:
    """Returns the offset of the first copy."""
    seen, first, written = Seen(), None, 0
    batch: list[asyncio.Future[Any]] = []

    async def send(key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
        nonlocal first
        headers = [header for header in headers if header[0] != REWRITTEN]
        if first is None:
            # Alone, so that it is the first whatever comes after it.
            sent = await work.producer.send_and_wait(
                work.topic, value, key=key, partition=0, headers=[*headers, (REWRITTEN, b"1")]
            )
            first = int(sent.offset)
            if work.strict and first != work.end:
                raise NotAvailable(_disturbed(work.topic))
        else:
            batch.append(await work.producer.send(work.topic, value, key=key, partition=0, headers=headers))
            if len(batch) >= TOGETHER:
                await flush()

    async def flush() -> None:
        nonlocal written
        for sent in await asyncio.gather(*batch):
            written += 1
            if work.strict and sent.offset != work.end + written:
                raise NotAvailable(_disturbed(work.topic))
        batch.clear()
        reached("forget:copying")

    async def copy(start: int, end: int) -> None:
        async for record in read_to_end(work.consumer, work.topic, 0, start, end):
            if "dlq_id" not in headers_of(record) and record.value is None:
                continue  # the sign of an earlier rewriting that had nothing else to write
            if not seen.before(identity(record)) and (kept := change(record)) is not None:
                await send(record.key, kept.value, list(record.headers))

    await copy(0, work.end)
    for key, value in more:
        if not seen.before(key):
            await send(key.encode(), value, [("content-type", b"application/json")])
    await flush()
    if first is None:
        await send(b"", None, [])
    assert first is not None
    # What others wrote before the first copy goes with what is deleted.
    await copy(work.end, first)
    await flush()
    return first


def _disturbed(topic: str) -> str:
    return f"{topic} was written to meanwhile: stop its worker and run the same command again; nothing is lost"
