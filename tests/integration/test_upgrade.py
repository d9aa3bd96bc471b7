"""Today's program on data and messages of another version: what was under way goes on, what is newer is read, what cannot be read
is kept.

`tests/data/upgrade` was made by a version that landed earlier (`make.py` there). What enrich and the stages after it say changes with
the gazetteer, and messages that are under way keep what was said of them; so what is compared with a fresh run is what is decided before.
Should a change of normalise or deduplicate make that fail, make the data anew with the version before; never to hide that old data are
not read.
"""

from __future__ import annotations

import asyncio
import json
import lzma
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from eager import EAGER
from real import Worker, Workers, everything, newsloom, rows, running_workers, settle, wait_until, waiting

from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.feed_registry import read_registry
from shared.adapters.kafka.log_reader import bounds, read_to_end
from shared.adapters.kafka.records import headers_of, key_of
from shared.adapters.kafka.topics import wire_name
from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import SCHEMA_VERSION, Store, database
from shared.conservation import Account, account
from shared.errors import Misuse
from shared.pipeline import ALERT, ARTICLE, CLUSTERED, ENRICHED, ENTRY, FEED, LEDGER, NODES, UNIQUE, state_topic
from shared.policy import Send
from shared.runtime.ingesting import Ingested, ingest_files
from shared.runtime.session import Session
from shared.settings import Settings

OLD = Path(__file__).parents[1] / "data" / "upgrade"
DOCUMENTS = 62

Dump = Callable[[Path], dict[str, list[Any]]]


def unpacked(name: str, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(lzma.decompress((OLD / f"{name}.xz").read_bytes()))
    return target


def ledger(data_dir: Path) -> Account:
    store = Store(database(data_dir), read_only=True)
    try:
        return account(snapshot(store))
    finally:
        store.close()


def ingest(data_dir: Path, archive: Path) -> Ingested:
    with Session(data_dir, config=Settings(**EAGER)) as session:
        return ingest_files(session, [str(archive)], "auto")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return unpacked("articles.jsonl", tmp_path / "articles.jsonl")


@pytest.fixture
def half_way(tmp_path: Path) -> Path:
    return unpacked("half-way.sqlite", database(tmp_path / "old")).parent


def test_messages_wait_for_every_stage(half_way: Path) -> None:
    """That the data are what the other tests are about."""
    found = ledger(half_way)
    assert found.holds, found.broken
    assert found.entries == DOCUMENTS
    assert set(found.under_way) == {node.stage for node in NODES if node.ends_entries}
    assert found.endings["indexed"] > 5


def test_what_was_under_way_goes_on_and_comes_to_the_same(
    half_way: Path, archive: Path, tmp_path: Path, dump: Dump
) -> None:
    with Session(half_way, config=Settings(**EAGER)) as session:
        session.work()
    found = ledger(half_way)
    assert found.holds, found.broken
    assert not found.under_way
    assert ingest(tmp_path / "fresh", archive).new == DOCUMENTS - 1
    fresh = dump(tmp_path / "fresh")
    said = dump(half_way)
    assert len(fresh["alerts"]) >= 1
    assert len(said["alerts"]) >= 1
    assert len(said["pairs"]) >= len(fresh["pairs"]) / 2
    for each in (said, fresh):  # without the archive's path, which is another one
        each["dead letters"] = [(id_, stage, code, raw) for id_, stage, code, _, _, raw in each["dead letters"]]
        # The earlier version told no translations.
        each["texts"] = [re.sub(r", '[0-9a-f]{24}', 'translation', ", ", None, None, ", text) for text in each["texts"]]
    for part in ("texts", "ledger", "dead letters", "deduplicate"):
        assert said[part] == fresh[part], part


def test_the_same_archive_again_is_known(half_way: Path, archive: Path) -> None:
    assert ingest(half_way, archive) == Ingested(read=DOCUMENTS, new=0, known=DOCUMENTS - 1, unreadable=1)
    found = ledger(half_way)
    assert found.holds, found.broken
    assert found.entries == DOCUMENTS


def test_feeds_keep_what_is_known_of_them(tmp_path: Path) -> None:
    """Forgotten, each item would be read once more."""
    data_dir = unpacked("feeds.sqlite", database(tmp_path / "old")).parent
    store = Store(database(data_dir))
    (state,) = Intake(store).feeds()
    store.close()
    assert state.validators.etag == '"first"'
    assert state.validators.checked is not None
    assert len(state.seen) == 2
    assert ledger(data_dir).endings == {"indexed": 2}


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, SCHEMA_VERSION + 7])
@pytest.mark.parametrize("read_only", [True, False])
def test_data_of_another_schema_are_left_alone(half_way: Path, version: int, read_only: bool) -> None:
    with sqlite3.connect(database(half_way)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # as the version that wrote it had it
        connection.execute(f"PRAGMA user_version={version}")
    connection.close()
    before = database(half_way).read_bytes()
    with pytest.raises(Misuse, match=f"has data of version {version}, this program reads version {SCHEMA_VERSION}"):
        Store(database(half_way), read_only=read_only)
    assert database(half_way).read_bytes() == before


def read(config: Settings, topic: str) -> list[Send]:
    async def all_() -> list[Send]:
        async with reader(config) as consumer:
            return [
                Send(topic, key_of(record.key), headers_of(record), record.value or b"")
                async for record in read_to_end(consumer, wire_name(config, topic), 0, 0)
            ]

    return asyncio.run(all_())


def end(config: Settings, topic: str) -> int:
    async def ask() -> int:
        async with reader(config) as consumer:
            return (await bounds(consumer, wire_name(config, topic)))[1]

    return asyncio.run(ask())


def newer(value: Any) -> Any:
    """As a later version would write it: with a field more in each object."""
    if isinstance(value, dict):
        return {name: newer(each) for name, each in value.items()} | {"from_tomorrow": {"x": [1, None]}}
    return [newer(each) for each in value] if isinstance(value, list) else value


def written_newer(sends: Iterable[Send]) -> list[Send]:
    return [
        Send(
            send.topic,
            send.key,
            {**send.headers, "ce_from_tomorrow": "1"},
            json.dumps(newer(json.loads(send.value))).encode(),
        )
        for send in sends
    ]


def incompatible(topic: str, send: Send, **values: Any) -> Send:
    """Another entry's, with fields of types that nobody reads, or without them."""
    body = json.loads(send.value)
    for name, value in values.items():
        if value is None:
            del body[name]
        else:
            body[name] = value
    return Send(topic, f"key-{topic}", {**send.headers, "ce_id": f"entry-{topic}"}, json.dumps(body).encode())


BROKEN: Sequence[tuple[str, dict[str, Any], tuple[str, ...]]] = (
    (ENTRY, {"read_at": "yesterday"}, ("normalise",)),
    (ARTICLE, {"canonical_url": None}, ("deduplicate",)),
    (UNIQUE, {"article": 7}, ("enrich",)),
    (ENRICHED, {"enrichment": None}, ("cluster",)),
    (CLUSTERED, {"story": "one"}, ("index", "alert")),
    (ALERT, {"version": "first"}, ("index",)),
)


@pytest.mark.slow
@pytest.mark.long
def test_on_a_cluster_newer_messages_are_read_and_others_kept(cluster: Settings, archive: Path) -> None:
    config = cluster.model_copy(update=EAGER)
    lines = archive.read_bytes().splitlines(keepends=True)
    archive.write_bytes(b"".join(lines[:40]))
    with running_workers(config) as workers, KafkaClient(config) as client:
        newsloom(config, "ingest", str(archive))
        before = everything(config)
        assert before["ledger"]["endings"].get("dead-letter") is None
        assert before["alerts"]

        # Everything once more, as a newer version would have written it: read, and nothing changes.
        written = {topic: read(config, topic) for topic, *_ in BROKEN}
        for topic, sends in written.items():
            assert sends, topic
            client.send(written_newer(sends))
        client.send(written_newer(read(config, LEDGER)))
        settle(workers)
        assert rows(config, "dlq", "list") == []
        assert everything(config) == before

        for topic, values, _ in BROKEN:
            client.send([incompatible(topic, written[topic][0], **values)])
        settle(workers)
        letters = {(row["stage"], row["topic"]) for row in rows(config, "dlq", "list")}
        assert letters == {(stage, topic) for topic, _, stages in BROKEN for stage in stages}
        assert {row["code"] for row in rows(config, "dlq", "list")} == {"undecodable"}
        after = everything(config)
    assert after["ledger"]["holds"]
    assert after["ledger"]["endings"]["dead-letter"] == len(BROKEN) - 1, "an alert is no entry"
    for part in ("articles", "pairs", "actors", "alerts"):
        assert after[part] == before[part], part


@pytest.mark.slow
def test_on_a_cluster_records_of_a_newer_version_are_verdicts(
    new_cluster: Callable[..., Settings], archive: Path
) -> None:
    first, second = new_cluster(), new_cluster()
    verdicts = state_topic("deduplicate")
    with running_workers(first, ["normalise", "deduplicate"]) as workers:
        newsloom(first, "ingest", "--no-wait", str(archive))
        settle_stages(workers, first)
    records, messages, unique = read(first, verdicts), read(first, ARTICLE), read(first, UNIQUE)
    assert len(records) > 40

    with KafkaClient(second) as client:
        client.send(written_newer(records))
        client.send(messages)
    with running_workers(second, ["deduplicate"]) as workers:
        settle_stages(workers, second)
        assert end(second, verdicts) == len(records), "a verdict was taken anew"
        assert [send.value for send in read(second, UNIQUE)] == [send.value for send in unique]

    # A record that nobody can read: to go on without it would be to judge without knowing.
    with KafkaClient(second) as client:
        client.send([Send(verdicts, "broken", {}, b'{"id": "broken"}'), messages[0]])
    code, said = ended(second, "deduplicate")
    assert code not in (0, None)
    assert f"has at {len(records)} what is no record of this version" in said


def settle_stages(workers: Workers, config: Settings) -> None:
    """Until nothing waits for the stages that run."""
    wait_until(lambda: not set(waiting(config)) & set(workers.all), 60, workers.said)


def ended(config: Settings, stage: str) -> tuple[int | None, str]:
    """Exit code and log of a worker that does not go on."""
    worker = Worker(config, stage)
    worker.start()
    try:
        wait_until(lambda: not worker.runs, 60, worker.said)
        return worker.stop(), worker.said()
    finally:
        worker.kill()


@pytest.mark.slow
def test_on_a_cluster_the_registry_reads_newer_feeds_and_keeps_those_it_cannot_read(cluster: Settings) -> None:
    newsloom(cluster, "feeds", "add", "https://paper.example/feed")
    newsloom(cluster, "feeds", "add", "https://other.example/feed")
    one, other = read(cluster, FEED)
    with KafkaClient(cluster) as client:
        client.send(written_newer([one]))
        client.send([Send(FEED, other.key, other.headers, b'{"url": 7}')])
    assert {feed.url for feed in asyncio.run(read_registry(cluster)).values()} == {
        "https://paper.example/feed",
        "https://other.example/feed",
    }


@pytest.mark.slow
def test_on_a_cluster_stories_begin_where_an_earlier_version_kept_none(
    new_cluster: Callable[..., Settings], archive: Path
) -> None:
    config = new_cluster()
    stories = wire_name(config, state_topic("cluster"))
    with running_workers(config, ["normalise", "deduplicate", "enrich", "cluster"]) as workers:
        newsloom(config, "ingest", "--no-wait", str(archive))
        settle_stages(workers, config)
    messages = read(config, ENRICHED)

    async def as_it_was() -> None:
        async with admin(config) as client:
            await client.delete_topics([stories])

    asyncio.run(as_it_was())
    for path in (config.data_dir / "kafka").glob("*cluster*"):
        path.unlink()
    wait_until(lambda: "created" in newsloom(config, "setup", "--dry-run"), 30, lambda: "the topic is still there")
    said = newsloom(config, "setup")
    assert f"topic {stories}: begun" in said
    assert "begun" not in newsloom(config, "setup"), "once"
    with running_workers(config, ["cluster"]) as workers, KafkaClient(config) as client:
        client.send(messages[:3])
        settle_stages(workers, config)
        assert end(config, state_topic("cluster")) == 1 + len({send.key for send in messages[:3]})
