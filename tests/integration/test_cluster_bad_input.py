"""Servers that are not there, are others than we need, or hold what is not ours; messages that no stage can read."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import NewPartitions, NewTopic
from command_line import Ended, command, worker_process
from fixtures import running_elasticsearch, running_kafka
from real import Worker, environment, free_port, wait_until
from servers import Kafka

from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, new_producer, reader
from shared.adapters.kafka.log_reader import read_to_end
from shared.adapters.kafka.topics import set_up_topics, wire_name
from shared.contracts import Copy, UniqueArticle
from shared.deciding import judgement_of
from shared.pipeline import (
    ALERT,
    ARTICLE,
    BY_STAGE,
    CLUSTERED,
    DECISION,
    ENRICHED,
    ENTRY,
    LEDGER,
    NODES,
    OF_ENTRIES,
    UNIQUE,
    dead_letter_topic,
)
from shared.settings import Settings

pytestmark = pytest.mark.slow

Build = Callable[..., Any]
COMMANDS = [("setup",), ("worker", "index", "--no-supervise"), ("articles",), ("ledger",)]


@contextmanager
def black_hole() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def all_at_once(config: Settings, commands: Sequence[tuple[str, ...]]) -> list[Ended]:
    """They mostly wait."""
    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(lambda arguments: command(config, *arguments), commands))


def test_a_kafka_that_is_not_there(cluster: Settings) -> None:
    commands = [each for each in COMMANDS if each != ("articles",)]
    nowhere = cluster.model_copy(update={"kafka_bootstrap": f"127.0.0.1:{free_port()}"})
    for ended in all_at_once(nowhere, commands):
        ended.refused("NEWSLOOM_KAFKA_BOOTSTRAP", nowhere.kafka_bootstrap, "start it", within=30)
    with black_hole() as address:
        for ended in all_at_once(cluster.model_copy(update={"kafka_bootstrap": address}), commands):
            ended.refused("NEWSLOOM_KAFKA_BOOTSTRAP", "in time", within=40)


def test_an_elasticsearch_that_is_not_there(cluster: Settings) -> None:
    nowhere = cluster.model_copy(update={"elasticsearch_url": f"http://127.0.0.1:{free_port()}"})
    for ended in all_at_once(nowhere, COMMANDS):
        ended.refused("NEWSLOOM_ELASTICSEARCH_URL", "start it", within=30)
    with black_hole() as address:
        for ended in all_at_once(cluster.model_copy(update={"elasticsearch_url": f"http://{address}"}), COMMANDS):
            ended.refused(f"http://{address}", "in time", within=60)


def test_servers_that_are_something_else(cluster: Settings, kafka: Kafka) -> None:
    other = cluster.model_copy(update={"kafka_bootstrap": cluster.elasticsearch_url.removeprefix("http://")})
    command(other, "setup").refused("NEWSLOOM_KAFKA_BOOTSTRAP", "is it Kafka")
    other = cluster.model_copy(update={"elasticsearch_url": f"http://{kafka.bootstrap}"})
    command(other, "setup").refused("NEWSLOOM_ELASTICSEARCH_URL")


async def _topic(config: Settings, name: str, *, partitions: int | None) -> None:
    """None: it is taken away."""
    async with admin(config) as client:
        if partitions is None:
            await client.delete_topics([name])
        elif name in await client.list_topics():
            await client.create_partitions({name: NewPartitions(partitions)})
        else:
            await client.create_topics([NewTopic(name, partitions, 1)])


def test_topics_that_are_missing_or_have_another_number_of_partitions(cluster: Settings) -> None:
    name = wire_name(cluster, ARTICLE)
    asyncio.run(_topic(cluster, name, partitions=3))
    for ended in (command(cluster, "setup"), worker_process(cluster, "deduplicate")):
        ended.refused(name, "3 partitions", "must have 1", "NEWSLOOM_PREFIX")
    asyncio.run(_topic(cluster, name, partitions=None))
    worker_process(cluster, "deduplicate").refused(name, "missing", "newsloom setup")
    more = cluster.model_copy(update={"kafka_partitions": 4})
    worker_process(more, "normalise").refused("NEWSLOOM_KAFKA_PARTITIONS", "1 partitions", "4")


def test_a_broker_that_makes_topics_on_demand_is_not_made_to(tmp_path: Path) -> None:
    """Such topics would have partitions of its choice, and keep what they hold for a week."""
    with running_kafka(tmp_path / "kafka", settings=(("auto.create.topics.enable", "true"),)) as server:
        config = Settings(runtime="kafka", kafka_bootstrap=server.bootstrap, data_dir=tmp_path / "data")
        worker_process(config, "normalise").refused("missing", "newsloom setup")

        async def topics() -> list[str]:
            async with admin(config) as client:
                return [name for name in await client.list_topics() if name.startswith("news.")]

        assert asyncio.run(topics()) == []


def test_indexes_and_templates_that_are_not_ours(new_cluster: Callable[..., Settings]) -> None:
    def spoil(what: Callable[[Any, str], object]) -> Settings:
        config = new_cluster()
        with sync_client(config) as client:
            what(client, config.prefix)
        return config

    foreign = {"dynamic": "false", "properties": {"title": {"type": "keyword"}}}
    for what, words, commands in (
        (lambda es, p: es.indices.delete_index_template(name=f"{p}news-articles"), ["newsloom setup"], ["worker"]),
        (
            lambda es, p: (
                es.indices.delete_index_template(name=f"{p}news-articles"),
                es.indices.create(index=f"{p}news-articles-2020.01", mappings=foreign),
            ),
            ["news-articles-2020.01", "mapping", "NEWSLOOM_PREFIX"],
            ["setup"],
        ),
        (
            lambda es, p: es.indices.create(index=f"{p}news-articles"),
            ["is an index", "alias", "NEWSLOOM_PREFIX"],
            ["setup", "worker"],
        ),
        (
            lambda es, p: es.indices.put_index_template(
                name=f"{p}news-articles", index_patterns=[f"{p}other-*"], template={}
            ),
            ["template", "not Newsloom's", "NEWSLOOM_PREFIX"],
            ["setup", "worker"],
        ),
    ):
        config = spoil(what)
        for each in commands:
            ended = command(config, "setup") if each == "setup" else worker_process(config, "index")
            ended.refused(*words)


def test_a_port_that_is_taken_a_stage_that_is_none_and_a_setting_that_does_not_fit(cluster: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = cluster.model_copy(update={"worker_port": port})
        for ended in (worker_process(config, "enrich"), command(config, "worker", "enrich")):
            ended.refused(f"127.0.0.1:{port}", "NEWSLOOM_WORKER_PORT")
    command(cluster, "worker", "nonsense").refused("nonsense", "deduplicate", code=2)
    worker_process(cluster, "nonsense").refused("deduplicate", code=2)
    wrong = cluster.model_copy(update={"kafka_security": "TLS"})
    for ended in (command(wrong, "setup"), worker_process(wrong, "enrich")):
        ended.refused("NEWSLOOM_KAFKA_SECURITY", code=2)


def test_two_workers_with_one_instance_name(cluster: Settings) -> None:
    named = cluster.model_copy(update={"worker_instance": "one-0"})
    first = Worker(cluster, "deduplicate")  # the test's workers are named so
    try:
        first.start()
        wait_until(first.is_ready, 60, first.said)
        second = named.model_copy(update={"worker_port": free_port()})
        assert environment(second)["NEWSLOOM_WORKER_INSTANCE"] == "one-0"
        worker_process(second, "deduplicate").refused("NEWSLOOM_WORKER_INSTANCE=one-0")
        assert first.is_ready()
    finally:
        first.stop()


def _away(worker: Worker) -> bool:
    status, body = worker.page("/readyz")
    return status == 503 and worker.page("/livez")[0] == 200 and '"waiting_for": null' not in body


@pytest.mark.parametrize("how", ["kill", "pause"])
def test_a_worker_waits_for_its_broker_and_goes_on(how: str, tmp_path: Path, make_entry: Callable[..., Any]) -> None:
    with running_kafka(tmp_path / "kafka") as server:
        config = Settings(
            runtime="kafka", kafka_bootstrap=server.bootstrap, data_dir=tmp_path / "data", stuck_seconds=60
        )
        asyncio.run(set_up_topics(config))
        worker = Worker(config, "normalise")
        try:
            worker.start()
            wait_until(worker.is_ready, 60, worker.said)
            getattr(server, how)()
            wait_until(lambda: _away(worker), 40, lambda: str(worker.page("/readyz")) + worker.said())
            (server.resume if how == "pause" else server.start)()
            wait_until(worker.is_ready, 60, lambda: str(worker.page("/readyz")) + worker.said())
            asyncio.run(_send(config, ENTRY, [(b"k", make_entry().to_bytes(), [])]))
            wait_until(lambda: len(_records(config, ARTICLE)) == 1, 60, worker.said)
            assert worker.runs
        finally:
            worker.stop()


@pytest.mark.long
def test_an_index_worker_waits_for_elasticsearch_and_goes_on(
    kafka: Kafka, tmp_path: Path, make_clustered: Callable[..., Any]
) -> None:
    with running_elasticsearch(tmp_path / "elasticsearch") as server:
        config = Settings(
            runtime="kafka",
            prefix=f"w{os.getpid()}-",
            kafka_bootstrap=kafka.bootstrap,
            elasticsearch_url=server.url,
            data_dir=tmp_path / "data",
        )
        assert command(config, "setup").code == 0
        worker = Worker(config, "index")
        try:
            worker.start()
            wait_until(worker.is_ready, 60, worker.said)
            server.kill()
            asyncio.run(_send(config, CLUSTERED, [(b"k", make_clustered().to_bytes(), [])]))
            wait_until(lambda: _away(worker), 60, lambda: str(worker.page("/readyz")) + worker.said())
            server.start()
            wait_until(worker.is_ready, 90, worker.said)
            wait_until(lambda: command(config, "articles", "--jsonl").out.count("\n") == 1, 60, worker.said)
        finally:
            worker.stop()


Message = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]


async def _send(config: Settings, topic: str, messages: list[Message]) -> None:
    producer = new_producer(config)
    await producer.start()
    try:
        for key, value, headers in messages:
            await producer.send_and_wait(wire_name(config, topic), value, key=key, headers=headers)
    finally:
        await producer.stop()


def _records(config: Settings, topic: str) -> list[Any]:
    async def read() -> list[Any]:
        async with reader(config) as consumer:
            return [record async for record in read_to_end(consumer, wire_name(config, topic), 0, 0)]

    with KafkaClient(config) as client:
        return client.run(read())


BAD: list[Message] = [
    (b"version", b'{"version": 99, "of": "another world"}', [("ce_id", b"entry-version"), ("ce_type", b"news.x.v9")]),
    (b"empty", b"", [("ce_id", b"entry-empty")]),
    (b"tombstone", None, [("ce_id", b"entry-tombstone")]),
    (b"random", bytes(range(256)) * 4, [("ce_id", b"entry-random")]),
    (b"huge-headers", b"{", [("ce_id", b"entry-huge"), ("more", b"h" * 200_000)]),
    (b"no-headers", b"[]", []),
    (b"header-without-value", b"[]", [("ce_id", b"entry-odd"), ("nothing", None)]),
    (None, b"no key", []),
]


@pytest.mark.parametrize(("stage", "topic"), [place for node in NODES for place in node.readers])
def test_messages_that_cannot_be_read_are_dead_letters_as_they_came_and_their_neighbours_go_on(
    stage: str, topic: str, new_cluster: Callable[..., Settings], neighbours: Callable[[str], bytes]
) -> None:
    config = new_cluster(dead_letter_share=1.0)
    # Compacted topics take nothing without a key.
    bad = [message for message in BAD if message[0] is not None or topic not in (ALERT, DECISION)]
    good: Message = (b"good", neighbours(topic).replace(b"{", b'{"from_the_future": [1, {"a": 2}], ', 1), [])
    asyncio.run(_send(config, topic, [good, *bad, good]))
    worker = Worker(config, stage)
    try:
        worker.start()
        wait_until(lambda: len(_records(config, dead_letter_topic(stage))) >= len(bad), 90, worker.said)
        wait_until(lambda: worker.page("/livez")[1].find('"lag": 0') > 0, 30, worker.said)
        assert worker.runs
    finally:
        worker.stop()
    letters = _records(config, dead_letter_topic(stage))
    assert len(letters) == len(bad), "a neighbour was taken for a bad one, or a bad one was counted twice"
    for letter, (key, value, headers) in zip(letters, bad, strict=True):
        assert (letter.key or b"", letter.value or b"") == (key or b"", value or b"")
        assert [each for each in letter.headers if not each[0].startswith("dlq_")] == headers
        why = dict(letter.headers)
        assert (why["dlq_stage"].decode(), why["dlq_code"]) == (stage, b"undecodable")
        assert why["dlq_topic"].decode() == topic
    listed = command(config, "dlq", "list", "--jsonl").out
    assert listed.count("\n") == len(bad)
    if BY_STAGE[stage].ends_entries and topic in OF_ENTRIES:
        endings = {record.key for record in _records(config, LEDGER) if b"dead-letter" in record.value}
        assert endings == {dict(headers)["ce_id"] for _, _, headers in bad if "ce_id" in dict(headers)}


@pytest.fixture
def neighbours(
    make_entry: Build, make_article: Build, make_enriched: Build, make_clustered: Build, make_alert: Build
) -> Callable[[str], bytes]:
    """A message that belongs into the topic."""
    made: dict[str, Build] = {
        ENTRY: make_entry,
        ARTICLE: make_article,
        UNIQUE: lambda: UniqueArticle(article=make_article(), copy_=Copy()),
        ENRICHED: make_enriched,
        CLUSTERED: make_clustered,
        ALERT: make_alert,
        DECISION: lambda: judgement_of(make_alert(), "noise", datetime(2026, 3, 1, 12, tzinfo=UTC)),
    }
    return lambda topic: bytes(made[topic]().to_bytes())
