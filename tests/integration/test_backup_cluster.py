"""docs/operations/backup.md on real servers: what is copied, how it is put back, and what happens where only half of it is left.

One pipeline, stopped and backed up in the middle; each test loses something and puts it back.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import downloads
import programs
import pytest
from eager import EAGER
from fixtures import running_elasticsearch, running_kafka
from real import Worker, everything, newsloom, running_workers, wait_until
from servers import Elasticsearch, Kafka

from shared.demo.corpus import articles
from shared.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.long]


@dataclass
class Backup:
    """`log_dirs` is the copy of Kafka's; Elasticsearch's is in its repository, which is not in its data folder."""

    config: Settings
    kafka: Kafka
    elasticsearch: Elasticsearch
    log_dirs: Path
    before: dict[str, Any]
    archive: Path
    after: dict[str, Any]
    """What the embedded runtime makes of the whole archive."""

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self.elasticsearch.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def register(self) -> None:
        location = str(self.elasticsearch.place / "snapshots" / "newsloom")
        self.ask("PUT", "/_snapshot/newsloom", {"type": "fs", "settings": {"location": location}})

    def lose_kafka(self) -> None:
        self.kafka.stop()
        shutil.rmtree(self.kafka.folder / "data")

    def restore_kafka(self) -> None:
        self.kafka.stop()
        shutil.rmtree(self.kafka.folder / "data", ignore_errors=True)
        shutil.copytree(self.log_dirs, self.kafka.folder / "data")
        self.kafka.start()

    def lose_elasticsearch(self) -> None:
        self.elasticsearch.stop()
        shutil.rmtree(self.elasticsearch.place / "data")
        self.elasticsearch.start()
        assert self.ask("GET", "/_cat/indices?format=json") == []

    def restore_elasticsearch(self) -> None:
        self.register()
        body = {"indices": f"{self.config.prefix}news-*", "include_global_state": True}
        answer = self.ask("POST", "/_snapshot/newsloom/one/_restore?wait_for_completion=true", body)
        assert answer["snapshot"]["shards"]["failed"] == 0

    def lose_own_folder(self) -> None:
        shutil.rmtree(self.config.data_dir)
        self.config.data_dir.mkdir()


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backup]:
    folder = tmp_path_factory.mktemp("backup")
    whole, half = folder / "whole.jsonl", folder / "half.jsonl"
    rows = [article.row + b"\n" for article in articles()[-120:]]
    whole.write_bytes(b"".join(rows))
    half.write_bytes(b"".join(rows[:60]) + b"{not json\n")
    embedded = Settings(data_dir=folder / "embedded", **EAGER)
    newsloom(embedded, "ingest", str(half))
    before = everything(embedded)
    newsloom(embedded, "ingest", str(whole))
    after = everything(embedded)
    with running_kafka(folder / "kafka") as kafka, running_elasticsearch(folder / "elasticsearch") as elasticsearch:
        config = Settings(
            runtime="kafka",
            prefix="kept-",
            kafka_bootstrap=kafka.bootstrap,
            elasticsearch_url=elasticsearch.url,
            data_dir=folder / "own" / "data",
            **EAGER,
        )
        config.data_dir.mkdir(parents=True)
        newsloom(config, "setup")
        with running_workers(config):
            newsloom(config, "ingest", str(half))
        assert everything(config) == before
        found = Backup(config, kafka, elasticsearch, folder / "copy", before, whole, after)
        found.register()
        body = {"indices": "kept-news-*", "include_global_state": True}
        answer = found.ask("PUT", "/_snapshot/newsloom/one?wait_for_completion=true", body)
        assert answer["snapshot"]["state"] == "SUCCESS"
        kafka.stop()
        shutil.copytree(kafka.folder / "data", found.log_dirs)
        kafka.start()
        yield found


def goes_on(backup: Backup) -> None:
    """What was there is there, once; and what comes is worked on as if nothing had happened."""
    assert newsloom(backup.config, "setup").splitlines()[-1] == "everything is as it should be"
    with running_workers(backup.config):
        assert everything(backup.config) == backup.before
        newsloom(backup.config, "ingest", str(backup.archive))
        assert everything(backup.config) == backup.after


def test_everything_is_lost_and_restored(backup: Backup) -> None:
    backup.lose_kafka()
    backup.lose_elasticsearch()
    backup.lose_own_folder()
    backup.restore_kafka()
    backup.restore_elasticsearch()
    goes_on(backup)


def test_an_older_kafka_beside_a_newer_elasticsearch(backup: Backup) -> None:
    """Elasticsearch has what came after Kafka's copy was made: read again, it is written under the same ids.

    The workers' own files are newer than the log, and refuse it until they are removed.
    """
    backup.restore_kafka()
    worker = Worker(backup.config, "deduplicate")
    worker.start()
    newsloom(backup.config, "ingest", "--no-wait", str(backup.archive))
    with running_workers(backup.config, ["normalise"]):
        wait_until(lambda: not worker.runs, 60, worker.said)
    assert worker.stop() != 0
    assert "verdicts were taken up to" in worker.said()
    backup.restore_kafka()
    backup.lose_own_folder()
    with running_workers(backup.config):
        newsloom(backup.config, "ingest", str(backup.archive))
        assert everything(backup.config) == backup.after


def test_elasticsearch_is_lost_altogether(backup: Backup) -> None:
    """The index is read from the topics again: index begins at their beginning."""
    backup.restore_kafka()
    backup.lose_own_folder()
    backup.lose_elasticsearch()
    assert any("index template" in line for line in newsloom(backup.config, "setup").splitlines())
    group = f"{backup.config.prefix}newsloom-index"
    command = [str(programs.java()), "-cp", f"{downloads.kafka_jars()}/*"]
    command += ["org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"]
    command += ["--bootstrap-server", backup.kafka.bootstrap, "--group", group]
    command += ["--reset-offsets", "--to-earliest", "--all-topics", "--execute"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    with running_workers(backup.config):
        newsloom(backup.config, "ingest", str(backup.archive))
        assert everything(backup.config) == backup.after


def test_the_log_of_verdicts_is_lost(backup: Backup) -> None:
    """Without it everything would be judged anew, and told twice: the worker ends and says what is missing."""
    backup.restore_kafka()
    backup.lose_own_folder()
    topic = f"{backup.config.prefix}news.state.deduplicate.v1"
    command = [str(programs.java()), "-cp", f"{downloads.kafka_jars()}/*", "org.apache.kafka.tools.TopicCommand"]
    command += ["--bootstrap-server", backup.kafka.bootstrap, "--delete", "--topic", topic]
    subprocess.run(command, check=True, capture_output=True)
    wait_until(lambda: f"topic {topic}: created" in newsloom(backup.config, "setup"), 30)
    worker = Worker(backup.config, "deduplicate")
    worker.start()
    newsloom(backup.config, "ingest", "--no-wait", str(backup.archive))
    with running_workers(backup.config, ["normalise"]):
        wait_until(lambda: not worker.runs, 60, worker.said)
    assert worker.stop() != 0
    assert f"{topic} ends at 0" in worker.said()
    assert "restore it from a backup" in worker.said()


def test_kafka_is_lost_altogether(backup: Backup) -> None:
    """New topics beside an old index: nobody can know what was judged. `setup` and the ledger say so; the way back is Kafka's copy."""
    backup.lose_elasticsearch()
    backup.restore_elasticsearch()
    backup.lose_kafka()
    (backup.kafka.folder / "formatted").unlink()
    backup.kafka.start()
    backup.lose_own_folder()
    assert "Kafka had no verdicts on them: was its data lost?" in newsloom(backup.config, "setup")
    said = newsloom(backup.config, "ledger", expect=1)
    assert "is in the index and no entry ended as it" in said
    backup.restore_kafka()
    backup.lose_own_folder()
    ledger = json.loads(newsloom(backup.config, "ledger", "--json"))
    assert ledger["holds"]
    assert ledger["entries"] == backup.before["ledger"]["entries"]
