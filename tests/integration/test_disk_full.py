"""A disk that is really full: a small tmpfs, for what works in it stops safely, says so in one line, and heals when there is room.

Mounting needs root; without it the tests are skipped, but for a CI that is root, where a tmpfs that cannot be mounted is a failure.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fixtures import running
from real import Worker, Workers, environment, everything, newsloom, running_workers, settle, wait_until
from servers import Elasticsearch, Kafka

from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.elasticsearch.install import install
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import Store, database
from shared.conservation import account
from shared.demo.corpus import articles, outlets
from shared.demo.feed_writer import write_feed
from shared.errors import Misuse, NotAvailable
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings

Rows = Callable[[int], bytes]
Dump = Callable[[Path], dict[str, list[Any]]]

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")} | {
    "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    "NEWSLOOM_BATCH_SIZE": "10",
    "NEWSLOOM_HOST_DELAY_SECONDS": "0",
}
COMMAND = [sys.executable, "-c", "from shared.cli import main; main()"]


class SmallDisk:
    """A disk of its own, with a file on it that takes what is to be missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    @property
    def free(self) -> int:
        """Bytes."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def leave(self, bytes_: int) -> None:
        """So much is free from now on, to a page."""
        self._filler.touch()
        size = self._filler.stat().st_size + self.free - bytes_
        with self._filler.open("r+b") as file:
            file.truncate(max(0, size) if size < self._filler.stat().st_size else self._filler.stat().st_size)
            file.seek(0, os.SEEK_END)
            while (missing := size - file.tell()) > 0:
                file.write(bytes(min(missing, 65_536)))
                file.flush()

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "newsloom-test", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        why = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        why = str(error)
    if why:
        if os.geteuid() == 0 and os.environ.get("CI", "").lower() == "true":
            pytest.fail(f"no tmpfs can be mounted, and in CI as root it must: {why}", pytrace=False)
        pytest.skip(f"no tmpfs can be mounted: {why}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", "48m") as mounted:
        yield mounted


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, newest_rows: Rows) -> Path:
    path = tmp_path_factory.mktemp("archive") / "articles.jsonl"
    path.write_bytes(newest_rows(150))
    return path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False
    )


def assert_conserved(data_dir: Path) -> int:
    """Returns how many articles there are."""
    store = Store(database(data_dir), read_only=True)
    try:
        found = account(snapshot(store))
    finally:
        store.close()
    assert found.holds, found.broken
    return found.articles


def ingest(data_dir: Path, archive: Path) -> None:
    with Session(data_dir, config=Settings(batch_size=10)) as session:
        ingest_files(session, [str(archive)], "auto")


def test_ingest_stops_safely_and_goes_on_from_there(archive: Path, disk: SmallDisk, tmp_path: Path, dump: Dump) -> None:
    undisturbed, data_dir = tmp_path / "undisturbed", disk.folder / "data"
    ingest(undisturbed, archive)
    said, seen = list[str](), set[int]()
    for room in (100_000, 1_000_000, 3_000_000, 4_000_000, 5_000_000, 6_000_000, 7_000_000, 40_000_000):
        # Each time a little more than it had, until that is enough.
        disk.clear()
        used = sum(path.stat().st_size for path in data_dir.glob("*")) if data_dir.exists() else 0
        disk.leave(max(0, room - used))
        try:
            ingest(data_dir, archive)
            break
        except NotAvailable as error:
            said.append(str(error))
        disk.clear()
        with suppress(Misuse):  # there was no room for the first table
            seen.add(assert_conserved(data_dir))
    assert len(said) >= 3
    for line in said:
        assert re.fullmatch(r".*(disk is full|disk I/O error|cannot be used).*", line), line
    assert any(0 < count < 140 for count in seen), f"it never stopped in the middle: {seen}"
    assert_conserved(data_dir)
    assert dump(data_dir) == dump(undisturbed)


def test_what_is_there_can_be_read_while_the_disk_is_full(archive: Path, disk: SmallDisk, tmp_path: Path) -> None:
    data_dir = disk.folder / "data"
    assert run("ingest", str(archive), "--data-dir", str(data_dir)).returncode == 0
    disk.leave(0)
    for command in ("articles", "alerts", "ledger"):
        done = run(command, "--data-dir", str(data_dir), "--json")
        assert done.returncode == 0, done.stderr
    done = run("backup", str(tmp_path / "elsewhere.tar"), "--data-dir", str(data_dir))
    assert done.returncode == 0, done.stderr
    done = run("backup", str(disk.folder / "here.tar"), "--data-dir", str(data_dir))
    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
    assert {path.name for path in disk.folder.iterdir()} == {"data", "filler"}
    archive.with_name("more.jsonl").write_bytes(b'{"url": "https://paper.example/1", "title": "A title"}\n' * 2)
    again = run("ingest", str(archive.with_name("more.jsonl")), "--data-dir", str(data_dir))
    assert (again.returncode, again.stderr.count("\n")) == (3, 1), again.stderr


class Feeds:
    """Feeds of the demo's outlets on loopback."""

    def __init__(self) -> None:
        newest = articles()
        bodies = {}
        for outlet in outlets()[:6]:
            of_outlet = {each.url: each for each in newest if each.outlet == outlet.key}
            bodies[f"/{outlet.key}"] = write_feed(outlet, list(of_outlet.values())[-25:])

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, content_type = bodies[self.path]
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.urls = "".join(f"http://127.0.0.1:{self._server.server_port}{path}\n" for path in bodies)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def feed_list(tmp_path: Path) -> Iterator[Path]:
    feeds = Feeds()
    (tmp_path / "feeds.txt").write_text(feeds.urls)
    yield tmp_path / "feeds.txt"
    feeds.close()


@pytest.mark.parametrize("room", [1_200_000, 2_000_000])
def test_a_running_pipeline_waits_and_heals(feed_list: Path, disk: SmallDisk, tmp_path: Path, room: int) -> None:
    """In one process, from full to healed."""
    undisturbed, data_dir, log = tmp_path / "undisturbed", disk.folder / "data", tmp_path / "log"
    arguments = ["run", "--once", "--feeds", str(feed_list), "--allow-private", "127.0.0.0/8", "--data-dir"]
    assert run(*arguments, str(undisturbed)).returncode == 0
    disk.leave(room)
    with log.open("wb") as said:
        process = subprocess.Popen([*COMMAND, *arguments, str(data_dir)], stdout=said, stderr=said, env=ENVIRONMENT)
    try:
        wait_until(lambda: b"waiting" in log.read_bytes(), 60, log.read_text)
        assert "disk is full" in log.read_text() or "disk I/O error" in log.read_text()
        time.sleep(3)
        assert process.poll() is None, log.read_text()
        disk.clear()
        assert process.wait(90) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()
    assert_conserved(data_dir)
    assert ids(data_dir) == ids(undisturbed)


def ids(data_dir: Path) -> dict[str, list[Any]]:
    """What does not depend on the order in which feeds answer."""
    store = Store(database(data_dir), read_only=True)
    try:
        read = store.connection.execute
        return {
            "articles": read("SELECT id FROM articles ORDER BY id").fetchall(),
            "ledger": read("SELECT entry_id, ending = 'under-way' FROM ledger ORDER BY entry_id").fetchall(),
            "letters": read("SELECT count(*) FROM dead_letters").fetchall(),
        }
    finally:
        store.close()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> dict[str, Any]:
    config = Settings(data_dir=tmp_path_factory.mktemp("embedded"))
    newsloom(config, "ingest", str(archive))
    return everything(config)


def is_waiting(worker: Worker) -> bool:
    """It says so on both pages, and is alive."""
    ready, _ = worker.page("/readyz")
    live, _ = worker.page("/livez")
    _, metrics = worker.page("/metrics")
    return ready == 503 and live == 200 and f'newsloom_waiting{{stage="{worker.stage}"}} 1.0' in metrics


@pytest.mark.slow
@pytest.mark.long
def test_a_workers_own_folder_is_full(
    cluster: Settings, archive: Path, embedded: dict[str, Any], tmp_path: Path
) -> None:
    """The records of deduplicate are in Kafka by then; its file of them is what has no room."""
    with small_disk(tmp_path / "own" / "small", "16m") as disk:
        workers = Workers(cluster)
        worker = workers.all["deduplicate"] = Worker(
            cluster.model_copy(update={"data_dir": disk.folder}), "deduplicate"
        )
        try:
            workers.start()
            disk.leave(0)
            newsloom(cluster, "ingest", "--no-wait", str(archive))
            wait_until(lambda: is_waiting(worker), 60, worker.said)
            time.sleep(5)
            assert is_waiting(worker), worker.said()
            assert "disk is full" in worker.page("/readyz")[1] or "disk I/O" in worker.page("/readyz")[1]
            before = worker.process
            disk.clear()
            wait_until(worker.is_ready, 60, worker.said)
            settle(workers)
            assert worker.process is before, "it healed by itself"
            assert everything(cluster) == embedded

            # On a full disk it does not start, and says why.
            worker.kill()
            for path in disk.folder.rglob("*.sqlite*"):
                path.unlink()
            disk.leave(0)
            worker.start()
            wait_until(lambda: not worker.runs, 60, worker.said)
            assert worker.stop() == 3, worker.said()
            assert re.search(r"^newsloom: .*disk", worker.said().splitlines()[-1])

            # Full before it has caught up with the verdicts of before: it waits, and knows them all afterwards.
            disk.clear()
            worker.start()
            wait_until(worker.is_ready, 60, worker.said)
            disk.leave(0)
            again = tmp_path / "again.jsonl"
            again.write_bytes(archive.read_bytes().replace(b'{"url": "https://', b'{"url": "https://again.'))
            newsloom(cluster, "ingest", "--no-wait", str(again))
            wait_until(lambda: is_waiting(worker), 60, worker.said)
            before = worker.process
            disk.clear()
            settle(workers)
            assert worker.process is before, "it healed by itself"
            found = everything(cluster)
        finally:
            workers.stop()
    assert found["ledger"]["holds"]
    assert found["ledger"]["entries"] == 2 * embedded["ledger"]["entries"]
    copies = [row for row in found["articles"] if row["url"].startswith("https://again.")]
    assert sum(row["copy_of"] is not None for row in copies) > 0.9 * len(copies) > 100


@pytest.mark.slow
@pytest.mark.long
def test_elasticsearchs_disk_is_full(
    cluster: Settings, elasticsearch: Elasticsearch, archive: Path, embedded: dict[str, Any], tmp_path: Path
) -> None:
    """At its flood stage it lets nobody write to an index: set by hand here, since the disk is everybody's."""
    lines = archive.read_bytes().splitlines(keepends=True)
    first = tmp_path / "first.jsonl"
    first.write_bytes(b"".join(lines[:50]))

    def block(blocked: bool) -> None:
        body = b'{"index.blocks.read_only_allow_delete": %s}' % (b"true" if blocked else b"null")
        request = urllib.request.Request(
            f"{elasticsearch.url}/{cluster.prefix}news-*/_settings",
            data=body,
            method="PUT",
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=30).close()

    with running_workers(cluster) as workers:
        index = workers["index"]
        newsloom(cluster, "ingest", str(first))
        block(True)
        newsloom(cluster, "ingest", "--no-wait", str(archive))
        wait_until(lambda: is_waiting(index), 60, index.said)
        assert "read-only" in index.page("/readyz")[1]
        time.sleep(5)
        assert is_waiting(index), index.said()
        before = index.process
        block(False)
        wait_until(index.is_ready, 60, index.said)
        settle(workers)
        assert index.process is before, "it healed by itself"
        found = everything(cluster)
        assert found == embedded


@pytest.mark.slow
@pytest.mark.long
def test_kafkas_disk_is_full(
    elasticsearch: Elasticsearch, archive: Path, embedded: dict[str, Any], tmp_path: Path
) -> None:
    """The broker ends when it cannot write. With room, and started again, it has all that it has said it has."""
    kafka = Kafka(tmp_path / "kafka")
    with small_disk(kafka.folder / "data", "64m") as disk, running(kafka):
        config = Settings(
            runtime="kafka",
            prefix="diskfull-",
            kafka_bootstrap=kafka.bootstrap,
            elasticsearch_url=elasticsearch.url,
            data_dir=tmp_path / "own" / "data",
        )
        config.data_dir.mkdir(parents=True)
        newsloom(config, "setup")
        install(sync_client(config), config)
        with running_workers(config) as workers:
            disk.leave(150_000)
            first = subprocess.Popen(
                [*COMMAND, "ingest", "--no-wait", str(archive)],
                env=environment(config),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            wait_until(lambda: not kafka.running, 60, lambda: kafka.log.read_text()[-3000:])
            disk.clear()
            kafka.start()
            first.wait(120)
            newsloom(config, "ingest", "--no-wait", str(archive))
            settle(workers)
            newsloom(config, "ingest", str(archive))
            found = everything(config)
        assert found == embedded
