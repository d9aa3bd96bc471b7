"""A log that is written anew while others write to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import NewTopic
from contract.on_kafka import settings_of
from servers import Kafka

from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.log_reader import read_to_end
from shared.adapters.kafka.records import key_of
from shared.adapters.kafka.rewrite import Kept, rewrite
from shared.adapters.kafka.topics import wire_name
from shared.errors import NotAvailable
from shared.policy import Send

pytestmark = pytest.mark.slow


class Log:
    """One topic and, beside the one who rewrites it, somebody else who writes to it."""

    def __init__(self, client: KafkaClient, other: KafkaClient) -> None:
        self.client = client
        self.topic = wire_name(client.config, "log")
        self._other = other
        client.run(self._create())

    async def _create(self) -> None:
        async with admin(self.client.config) as asking:
            await asking.create_topics([NewTopic(self.topic, 1, 1)])

    def write(self, *keys: str) -> None:
        self._other.send([Send("log", key, {}, b"old") for key in keys])

    def read(self) -> list[tuple[str, bytes]]:
        async def read() -> list[tuple[str, bytes]]:
            async with reader(self.client.config) as consumer:
                return [(key_of(each.key), each.value) async for each in read_to_end(consumer, self.topic, 0, 0)]

        return self.client.run(read())


@pytest.fixture
def log(kafka: Kafka, tmp_path: Path) -> Iterator[Log]:
    config = settings_of(kafka.bootstrap, tmp_path)
    with KafkaClient(config) as client, KafkaClient(config) as other:
        yield Log(client, other)


def without_b(log: Log, meanwhile: str, when: str) -> Any:
    """A change that leaves `b` out, and while it looks at `when` somebody writes `meanwhile`."""
    written = False

    def change(record: Any) -> Kept | None:
        nonlocal written
        key = key_of(record.key)
        if key == when and not written:
            written = True
            log.write(*meanwhile)
        return None if key == "b" else Kept(b"new" if key == "a" else record.value)

    return change


@pytest.mark.parametrize("when", ["a", "b", "c"])
def test_what_others_write_meanwhile_is_kept(log: Log, when: str) -> None:
    log.write("a", "b", "c")
    changed = log.client.run(rewrite(log.client.config, log.topic, without_b(log, "de", when), lambda r: key_of(r.key)))
    assert changed == 2
    assert sorted(log.read()) == [("a", b"new"), ("c", b"old"), ("d", b"old"), ("e", b"old")]


def test_all_is_left_out_and_somebody_writes_meanwhile(log: Log) -> None:
    log.write("b")
    log.client.run(rewrite(log.client.config, log.topic, without_b(log, "db", "b"), lambda r: key_of(r.key)))
    assert [each for each in log.read() if each[0]] == [("d", b"old")]


def test_where_nobody_may_write_nothing_is_deleted_when_somebody_does(log: Log) -> None:
    async def nobody() -> None:
        return None

    log.write("a", "b", "c")
    with pytest.raises(NotAvailable, match="written to meanwhile"):
        log.client.run(
            rewrite(log.client.config, log.topic, without_b(log, "d", "c"), lambda r: key_of(r.key), alone=nobody)
        )
    kept = log.read()
    assert kept[:3] == [("a", b"old"), ("b", b"old"), ("c", b"old")]
    assert ("d", b"old") in kept
