"""`newsloom forget` on a cluster: from topics, the index and the workers' files, while workers stand still, and after kills."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from command_line import command
from contents import files, lines
from eager import EAGER
from real import newsloom, rows, running_workers, settle, wait_until

from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.log_reader import read_to_end
from shared.adapters.kafka.records import key_of
from shared.adapters.kafka.topics import group_name, wire_name
from shared.pipeline import dead_letter_topic, state_topic
from shared.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.long]

LINK = "https://paper.example/"


def test_on_a_cluster(cluster: Settings, tmp_path: Path, newest_rows: Callable[[int], bytes]) -> None:
    """Seven workers, two of them stopped for it; a kill in the middle; the article read again; the workers go on."""
    config = cluster.model_copy(update=EAGER)
    archive = tmp_path / "archive.jsonl"
    archive.write_bytes(newest_rows(60) + b"{broken\n")
    with running_workers(config) as workers:
        newsloom(config, "ingest", str(archive))
        before = {alert["id"]: alert for alert in rows(config, "alerts")}
        shown = next(alert for alert in before.values() if len(alert["evidence"]) > 1)
        gone = shown["evidence"][0]
        count = len(rows(config, "articles"))
        # Refused, with one line, while verdicts are taken.
        assert (
            "stop `newsloom worker deduplicate` and `newsloom worker cluster` and `newsloom worker alert`"
            in refused(config, gone["url"])
        )
        assert len(rows(config, "articles")) == count
        for stage in ("deduplicate", "cluster", "alert"):
            workers[stage].stop()
        wait_until_empty(config)
        for point in ("forget:copied", "forget:alert-records", "forget:documents", "forget:letters"):
            killed_at(config, point, gone["url"])
        assert newsloom(config, "forget", gone["url"]).startswith("forgotten: ")
        check_forgotten(config, gone, count)
        told = {alert["id"]: alert for alert in rows(config, "alerts")}
        assert told.keys() == before.keys()
        assert gone["article_id"] not in {each["article_id"] for each in told[shown["id"]]["evidence"]}
        assert told[shown["id"]]["stories"] == shown["stories"] - 1
        logs = {stage: log_of(config, state_topic(stage)) for stage in ("deduplicate", "cluster", "alert")}
        assert gone["snippet"].encode() not in b"".join(value for log in logs.values() for _, value in log)
        assert gone["url"].encode() not in b"".join(value for log in logs.values() for _, value in log)
        for log in logs.values():
            assert len({key for key, _ in log}) == len(log), "a record stands twice in the log"
        # Again: nothing to do, and nothing is written.
        newsloom(config, "forget", gone["url"])
        assert {stage: log_of(config, state_topic(stage)) for stage in logs} == logs

        workers.keep()
        settle(workers)
        again = tmp_path / "again.jsonl"
        row = next(row for line in newest_rows(60).splitlines() if (row := orjson.loads(line))["url"] == gone["url"])
        again.write_bytes(
            lines(row, {**row, "text": "Another text about the harbour, of some length, never read before by anybody."})
            + newest_rows(60)
            + lines(
                {"url": "https://fresh.example/1", "title": "A fresh one", "text": "Nothing of it was read before."}
            )
        )
        newsloom(config, "ingest", str(again))
        settle(workers)
        assert "https://fresh.example/1" in {each["url"] for each in rows(config, "articles")}
        check_forgotten(config, gone, count + 1)
        assert {alert["id"]: alert for alert in rows(config, "alerts")} == told


def check_forgotten(config: Settings, gone: dict[str, Any], count: int) -> None:
    found = rows(config, "articles")
    assert gone["article_id"] not in {each["id"] for each in found}
    assert len(found) == count - 1
    ledger = json.loads(newsloom(config, "ledger", "--json"))
    assert ledger["holds"], ledger["broken"]
    assert ledger["codes"]["deduplicate: forgotten"] >= 1
    assert gone["snippet"].encode() not in files(config.data_dir)
    assert gone["url"].encode() not in files(config.data_dir)


def test_dead_letters_on_a_cluster(cluster: Settings, tmp_path: Path) -> None:
    """The only one of its log, and then one of two."""
    archive = tmp_path / "archive.jsonl"
    archive.write_bytes(b'{"url": "https://paper.example/", "title": "Something about nobody\n')
    newsloom(cluster, "ingest", str(archive), "--no-wait")
    topic = dead_letter_topic("fetch")
    assert len(log_of(cluster, topic)) == 1
    assert newsloom(cluster, "forget", LINK).startswith("forgotten: 0 articles, 1 entry, 1 dead letter")
    assert log_of(cluster, topic) == []
    assert newsloom(cluster, "dlq", "list") == "no dead letters\n"
    archive.write_bytes(b'{"url": "https://other.example/", "title": \n{"url": "https://third.example/", "title": \n')
    newsloom(cluster, "ingest", str(archive), "--no-wait")
    assert len(log_of(cluster, topic)) == 2
    newsloom(cluster, "forget", "https://third.example/")
    ((_, value),) = log_of(cluster, topic)
    assert b"other.example" in value
    assert newsloom(cluster, "dlq", "list").count("\n") == 1
    assert json.loads(newsloom(cluster, "ledger", "--json"))["holds"]


def refused(config: Settings, url: str) -> str:
    ended = command(config, "forget", url, timeout=180)
    assert ended.code == 3
    return ended.err


def killed_at(config: Settings, point: str, url: str) -> None:
    ended = command(config, "forget", url, timeout=180, NEWSLOOM_CRASH_AT=f"{point}:1")
    assert ended.code == -signal.SIGKILL, (point, ended.out, ended.err)


def wait_until_empty(config: Settings) -> None:
    """A stopped worker leaves its group; one that was killed is thought alive for some seconds."""

    async def states() -> set[str]:
        async with admin(config) as client:
            found = [
                await client.describe_consumer_groups([group_name(config, each)])
                for each in ("deduplicate", "cluster", "alert")
            ]
            return {group[2] for answers in found for answer in answers for group in answer.groups}

    wait_until(lambda: asyncio.run(states()) <= {"Empty", "Dead"}, 60)


def log_of(config: Settings, topic: str) -> list[tuple[str, bytes]]:
    """(key, value) of what a log still has."""

    async def read() -> list[tuple[str, bytes]]:
        async with reader(config) as consumer:
            return [
                (key_of(each.key), each.value)
                async for each in read_to_end(consumer, wire_name(config, topic), 0, 0)
                if each.value is not None
            ]

    return asyncio.run(read())
