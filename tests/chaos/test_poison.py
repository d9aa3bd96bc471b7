"""A message that no stage can read in the middle of every topic: it is kept as it came, and nothing else is any different."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from chaos.conftest import Archive
from chaos.flow import Flow, Watch, assert_undisturbed, mortals, settle
from real import everything, rows

from shared.adapters.kafka.connection import client_options, reader
from shared.adapters.kafka.log_reader import read_to_end
from shared.adapters.kafka.topics import wire_name
from shared.pipeline import (
    ALERT,
    ARTICLE,
    CLUSTERED,
    DECISION,
    ENRICHED,
    ENTRY,
    FEED,
    LEDGER,
    NODES,
    UNIQUE,
    dead_letter_topic,
)
from shared.settings import Settings

pytestmark = pytest.mark.slow

POISON: tuple[tuple[bytes, bytes | None], ...] = (
    (b"random", bytes(range(256)) * 8),
    (b"empty", b""),
    (b"tombstone", None),
    (b"wrong contract", b'{"id": "x", "url": 5}'),
    (b"\xff\xfe no text", b'{"deep": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
)
HEADERS = [("ce_type", b"what.it.is.not"), ("odd", b"\xff\x00")]


async def poison(config: Settings, topics: Sequence[str]) -> None:
    producer = AIOKafkaProducer(**client_options(config))
    await producer.start()
    for topic in topics:
        for key, value in POISON:
            await producer.send_and_wait(wire_name(config, topic), value, key=key, headers=HEADERS)
    await producer.stop()


async def letters(config: Settings, stage: str) -> list[Any]:
    topic = wire_name(config, dead_letter_topic(stage))
    async with reader(config) as consumer:
        return [record async for record in read_to_end(consumer, topic, 0, 0)]


def test_poison_in_every_topic(eager: Settings, archive: Archive) -> None:
    of_stages = (ENTRY, ARTICLE, UNIQUE, ENRICHED, CLUSTERED, DECISION, ALERT)
    with mortals(eager) as workers, Watch(eager) as watch, Flow(eager, archive.lines, 400) as flow:
        flow.until(0.4)
        asyncio.run(poison(eager, (*of_stages, FEED, LEDGER)))
        flow.wait()
        settle(workers, watch)
        assert_undisturbed(everything(eager), archive.expected)
        listed = rows(eager, "dlq", "list")
    assert len(listed) == sum(len(node.reads) for node in NODES) * len(POISON)
    assert {row["code"] for row in listed} == {"undecodable"}
    for node in NODES:
        kept = asyncio.run(letters(eager, node.stage))
        for topic in node.reads:
            found = [record for record in kept if dict(record.headers)["dlq_topic"] == topic.encode()]
            assert len(found) == len(POISON), (node.stage, topic)
            for record, (key, value) in zip(found, POISON, strict=True):
                headers = dict(record.headers)
                assert headers["dlq_code"] == b"undecodable"
                assert (record.key, record.value or b"") == (key, value or b""), (node.stage, topic)
                assert [(name, headers[name]) for name, _ in HEADERS] == HEADERS, (node.stage, topic)
