"""Reading a real broker's partitions to their end, and what waits in them, whatever state the partitions are in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import NewTopic, RecordsToDelete
from contract.on_kafka import settings_of
from servers import Kafka

from services.fetch.feed_list import FeedSource
from services.fetch.feed_state import new_feed
from services.fetch.item_identity import feed_id
from services.fetch.stored_state import to_bytes
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, client_options, reader
from shared.adapters.kafka.feed_registry import KafkaFeedRegistry, partition_of, read_registry
from shared.adapters.kafka.lag import open_lag
from shared.adapters.kafka.log_reader import bounds, read_to_end
from shared.adapters.kafka.reading import read_feed_states
from shared.adapters.kafka.topics import group_name, set_up_topics, topic_specs, wire_name
from shared.errors import NotAvailable
from shared.pipeline import ALERT, CLUSTERED, DECISION, ENTRY, FEED, state_topic
from shared.policy import Send
from shared.settings import Settings

NOT_AT_ONCE_S = 60.0
"""The broker's cleaner looks four times a minute."""


class Broker:
    """A pipeline's own topics, and what one does to them."""

    def __init__(self, client: KafkaClient) -> None:
        self.client = client
        self.config = client.config
        self.run = client.run

    def topic(self, name: str, **configs: str) -> None:
        async def create() -> None:
            async with admin(self.config) as client:
                topic = NewTopic(wire_name(self.config, name), 1, 1, topic_configs=configs)
                await client.create_topics([topic])

        self.run(create())

    def send(self, topic: str, keys: str, value: bytes = b"x") -> list[int]:
        return self.client.send([Send(topic, key, {}, value) for key in keys])

    def delete_until(self, topic: str, offset: int) -> None:
        async def delete() -> None:
            async with admin(self.config) as client:
                place = TopicPartition(wire_name(self.config, topic), 0)
                await client.delete_records({place: RecordsToDelete(offset)})

        self.run(delete())

    def bounds(self, topic: str) -> tuple[int, int]:
        async def ask() -> tuple[int, int]:
            async with reader(self.config) as consumer:
                return await bounds(consumer, wire_name(self.config, topic))

        return self.run(ask())

    def read(self, topic: str, start: int = 0, end: int | None = None) -> list[tuple[int, str]]:
        async def read() -> list[tuple[int, str]]:
            async with reader(self.config) as consumer:
                records = read_to_end(consumer, wire_name(self.config, topic), 0, start, end)
                return [(record.offset, record.key.decode()) async for record in records]

        return self.run(asyncio.wait_for(read(), 25))

    def transaction(self, topic: str, keys: str, *, abort: bool = False) -> None:
        """Its end stands in the partition as a record that nobody is given."""

        async def send() -> None:
            producer = AIOKafkaProducer(**client_options(self.config), transactional_id=f"{self.config.prefix}{keys}")
            await producer.start()
            try:
                await producer.begin_transaction()
                for key in keys:
                    await producer.send_and_wait(wire_name(self.config, topic), b"x", key=key.encode())
                await (producer.abort_transaction() if abort else producer.commit_transaction())
            finally:
                await producer.stop()

        self.run(send())

    def commit(self, stage: str, topic: str, offset: int) -> None:
        async def commit() -> None:
            group = group_name(self.config, stage)
            consumer = AIOKafkaConsumer(**client_options(self.config), group_id=group, enable_auto_commit=False)
            await consumer.start()
            try:
                place = TopicPartition(wire_name(self.config, topic), 0)
                consumer.assign([place])
                await consumer.commit({place: offset})
            finally:
                await consumer.stop()

        self.run(commit())

    def waiting(self, stage: str) -> dict[str, int]:
        async def ask() -> dict[str, int]:
            async with open_lag(self.config) as lag:
                found = await lag.waiting(stage)
                return {topic.removeprefix(self.config.prefix): count for (topic, _), count in found.items()}

        return self.run(ask())


@pytest.fixture
def broker(kafka: Kafka, tmp_path: Path) -> Iterator[Broker]:
    with KafkaClient(settings_of(kafka.bootstrap, tmp_path)) as client:
        yield Broker(client)


@pytest.fixture
def pipeline(broker: Broker) -> Broker:
    """With all topics."""
    broker.run(set_up_topics(broker.config))
    return broker


def test_an_empty_partition_is_read_at_once(broker: Broker) -> None:
    broker.topic("t")
    assert broker.bounds("t") == (0, 0)
    assert broker.read("t") == broker.read("t", 5) == []


def test_reading_begins_at_an_offset_and_ends_before_another(broker: Broker) -> None:
    broker.topic("t")
    assert broker.send("t", "abcd") == [0, 1, 2, 3]
    assert broker.read("t") == [(0, "a"), (1, "b"), (2, "c"), (3, "d")]
    assert broker.read("t", 1, 3) == [(1, "b"), (2, "c")]
    assert broker.read("t", 3, 99) == [(3, "d")]
    assert broker.read("t", 4) == broker.read("t", 2, 2) == broker.read("t", 0, 0) == []


def test_reading_ends_where_the_partition_ended_when_it_began(broker: Broker) -> None:
    """Whoever writes meanwhile can't keep a reader for ever."""
    broker.topic("t")
    broker.send("t", "ab")

    async def read() -> list[str]:
        found = []
        async with reader(broker.config) as consumer:
            async for record in read_to_end(consumer, wire_name(broker.config, "t"), 0, 0):
                found.append(record.key.decode())
                await asyncio.to_thread(broker.send, "t", "z")
        return found

    with KafkaClient(broker.config) as other:
        assert other.run(read()) == ["a", "b"]


def test_a_partition_whose_beginning_was_deleted_is_read_from_what_is_left(broker: Broker) -> None:
    broker.topic("t")
    broker.send("t", "abcd")
    broker.delete_until("t", 3)
    assert broker.bounds("t") == (3, 4)
    assert broker.read("t") == broker.read("t", 2) == [(3, "d")]
    assert broker.read("t", 0, 2) == []


def test_a_partition_of_which_all_was_deleted_is_empty_and_goes_on_where_it_was(broker: Broker) -> None:
    broker.topic("t")
    broker.send("t", "abcd")
    broker.delete_until("t", 4)
    assert broker.bounds("t") == (4, 4)
    assert broker.read("t") == []
    assert broker.send("t", "e") == [4]
    assert broker.read("t") == [(4, "e")]


@pytest.mark.slow
def test_a_compacted_partition_is_read_over_its_gaps(broker: Broker) -> None:
    broker.topic(
        "t",
        **{
            "cleanup.policy": "compact",
            "segment.ms": "100",
            "min.cleanable.dirty.ratio": "0.01",
            "delete.retention.ms": "0",
            "min.compaction.lag.ms": "0",
        },
    )
    broker.send("t", "abab")
    until = time.monotonic() + NOT_AT_ONCE_S
    sent = 4
    while broker.read("t")[:1] == [(0, "a")]:
        assert time.monotonic() < until, broker.read("t")
        time.sleep(1)
        # The segment that is written to is never compacted: this ends it.
        sent += len(broker.send("t", "c"))
    found = broker.read("t")
    assert found[:2] == [(2, "a"), (3, "b")]
    assert found[-1] == (sent - 1, "c")
    assert len(found) < sent
    assert broker.read("t", 1) == found
    assert broker.read("t", 0, 2) == []
    assert broker.read("t", 0, 3) == [(2, "a")]


@pytest.mark.parametrize("abort", [False, True])
def test_the_end_of_somebodys_transaction_does_not_keep_a_reader(broker: Broker, abort: bool) -> None:
    """An offset at the very end that no record comes for."""
    broker.topic("t")
    broker.send("t", "a")
    broker.transaction("t", "bc", abort=abort)
    until = time.monotonic() + NOT_AT_ONCE_S
    while broker.bounds("t") != (0, 4):  # the broker writes the marker after it has answered
        assert time.monotonic() < until, broker.bounds("t")
        time.sleep(0.1)
    assert broker.read("t") == [(0, "a"), (1, "b"), (2, "c")]
    broker.send("t", "d")
    assert broker.read("t", 3) == [(4, "d")]


def test_many_partitions_are_read_one_after_the_other_without_waiting(pipeline: Broker) -> None:
    """A request for what has not come yet would hold up those for the next partition: two seconds and more for each."""
    topics = [spec.name.removeprefix(pipeline.config.prefix) for spec in topic_specs(pipeline.config)]
    for topic in topics:
        pipeline.send(topic, "k")

    async def read() -> int:
        async with reader(pipeline.config) as consumer:
            return sum(
                [1 for topic in topics async for _ in read_to_end(consumer, wire_name(pipeline.config, topic), 0, 0)]
            )

    began = time.monotonic()
    assert pipeline.run(read()) == len(topics)
    assert time.monotonic() - began < 1.0 * len(topics)


def test_what_waits_counts_from_what_was_committed(pipeline: Broker) -> None:
    assert pipeline.waiting("normalise") == {ENTRY: 0}
    pipeline.send(ENTRY, "abc")
    assert pipeline.waiting("normalise") == {ENTRY: 3}
    pipeline.commit("normalise", ENTRY, 2)
    assert pipeline.waiting("normalise") == {ENTRY: 1}
    pipeline.commit("normalise", ENTRY, 3)
    assert pipeline.waiting("normalise") == {ENTRY: 0}


def test_what_was_deleted_does_not_wait(pipeline: Broker) -> None:
    """A stage that was down for longer than messages are kept."""
    pipeline.send(ENTRY, "abcd")
    pipeline.commit("normalise", ENTRY, 1)
    pipeline.delete_until(ENTRY, 3)
    assert pipeline.waiting("normalise") == {ENTRY: 1}
    pipeline.delete_until(ENTRY, 4)
    assert pipeline.waiting("normalise") == {ENTRY: 0}


def test_each_topic_of_a_stage_waits_by_itself(pipeline: Broker) -> None:
    pipeline.send(CLUSTERED, "ab")
    pipeline.send(ALERT, "a")
    pipeline.commit("index", CLUSTERED, 2)
    assert pipeline.waiting("index") == {CLUSTERED: 0, ALERT: 1}
    assert pipeline.waiting("alert") == {CLUSTERED: 2, DECISION: 0}


def test_topics_are_set_up_once_and_hold_what_was_asked_for(broker: Broker) -> None:
    specs = topic_specs(broker.config)
    assert len(broker.run(set_up_topics(broker.config, dry_run=True))) == len(specs)
    assert broker.run(set_up_topics(broker.config, dry_run=True)), "a dry run made topics"
    assert len(broker.run(set_up_topics(broker.config))) == len(specs)
    assert broker.run(set_up_topics(broker.config)) == []
    found = described(broker.client, [spec.name for spec in specs])
    for spec in specs:
        assert found[spec.name].items() >= spec.configs.items(), spec.name


def test_a_topic_with_the_wrong_number_of_partitions_is_refused_with_what_to_do(pipeline: Broker) -> None:
    more = pipeline.config.model_copy(update={"kafka_partitions": 3})
    with pytest.raises(NotAvailable, match=r"has 1 partitions, NEWSLOOM_KAFKA_PARTITIONS asks for 3: add partitions"):
        pipeline.run(set_up_topics(more))


def described(client: KafkaClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Settings of topics as the broker has them."""
    from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

    async def ask() -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        async with admin(client.config) as asking:
            wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
            for answer in await asking.describe_configs(wanted):
                for _, _, _, name, entries in answer.resources:
                    found[name] = {entry[0]: entry[1] for entry in entries}
        return found

    return client.run(ask())


@pytest.fixture
def registry(kafka: Kafka, tmp_path: Path) -> Iterator[KafkaClient]:
    """Of four partitions."""
    with KafkaClient(settings_of(kafka.bootstrap, tmp_path, kafka_partitions=4)) as client:
        client.run(set_up_topics(client.config))
        yield client


def sources(*urls: str) -> list[FeedSource]:
    return [FeedSource(url, None, ()) for url in urls]


def test_all_feeds_of_a_site_stand_in_the_partition_that_its_worker_reads(registry: KafkaClient) -> None:
    urls = [f"https://{host}paper.example/{n}" for host in ("", "www.", "a.b.") for n in range(5)]
    KafkaFeedRegistry(registry.config).add(sources(*urls, "https://other.example/"))
    place = partition_of(urls[0], 4)
    mine = registry.run(read_registry(registry.config, [place]))
    assert {feed_id(url) for url in urls} <= mine.keys()
    others = registry.run(read_registry(registry.config, set(range(4)) - {place}))
    assert not {feed_id(url) for url in urls} & others.keys()
    assert len(mine) + len(others) == len(urls) + 1


def test_a_registry_message_that_is_none_leaves_the_feed_as_it_was(registry: KafkaClient) -> None:
    url = "https://paper.example/feed"
    KafkaFeedRegistry(registry.config).add(sources(url))
    registry.send([Send(FEED, feed_id(url), {}, b"{broken")], [partition_of(url, 4)])
    assert [each.url for each in KafkaFeedRegistry(registry.config).listed()] == [url]


def test_a_feed_state_that_is_none_leaves_the_one_before(registry: KafkaClient, noon: datetime) -> None:
    states = {url: new_feed(url, noon) for url in ("https://a.example/", "https://b.example/")}
    sends = [Send(state_topic("fetch"), state.feed_id, {}, to_bytes(state)) for state in states.values()]
    broken = [Send(state_topic("fetch"), key, {}, b"{broken") for key in (sends[0].key, "never polled")]
    registry.send([*sends, *broken], [2] * 4)
    found = registry.run(read_feed_states(registry.config))
    assert found == {state.feed_id: state for state in states.values()}


def test_messages_are_written_in_their_order_with_their_headers(broker: Broker) -> None:
    broker.topic("t")
    odd = {"ce_id": "ü🙂", "empty": "", "lone": "\ud800"}
    assert broker.client.send([Send("t", "ключ\x00\ud800", odd, bytes(range(256))), Send("t", "b", {}, b"")]) == [0, 1]

    async def read() -> list[Any]:
        async with reader(broker.config) as consumer:
            return [record async for record in read_to_end(consumer, wire_name(broker.config, "t"), 0, 0)]

    first, second = broker.run(read())
    assert first.value == bytes(range(256))
    assert {name: value.decode("utf-8", "surrogatepass") for name, value in first.headers} == odd
    assert first.key.decode("utf-8", "surrogatepass") == "ключ\x00\ud800"
    assert (second.key, second.value) == (b"b", None)


@pytest.mark.parametrize(
    "what", [lambda c: c.send([Send("t", "k", {}, b"")]), lambda c: c.run(set_up_topics(c.config))]
)
def test_a_broker_that_is_not_there_is_told_in_one_line_with_the_setting(
    tmp_path: Path, what: Callable[[KafkaClient], Any]
) -> None:
    with (
        KafkaClient(Settings(kafka_bootstrap="127.0.0.1:9", data_dir=tmp_path)) as client,
        pytest.raises(NotAvailable, match=r"NEWSLOOM_KAFKA_BOOTSTRAP=127\.0\.0\.1:9") as told,
    ):
        what(client)
    assert "\n" not in str(told.value)
