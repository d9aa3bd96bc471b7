"""kill -9, again and again, at every named crash point and at any time: nothing is lost, nothing is there twice.

One data folder, the same command over and over until it ends by itself; then everything that the folder says must be what an
undisturbed run says.
"""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from eager import EAGER

import shared
from shared.adapters.sqlite.endings import Ledger
from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import Store, database
from shared.conservation import account
from shared.demo.corpus import articles, outlets
from shared.demo.feed_writer import write_feed
from shared.pipeline import NODES

pytestmark = pytest.mark.slow

Dump = Callable[[Path], dict[str, list[Any]]]

MANY_BATCHES = {**EAGER, "batch_size": 10}
"""Alerts from a small archive, and many small transactions."""

BAD_LINES = b'{not json\n[1]\n{"url": "https://paper.example/empty", "title": ""}\n'


def crash_points() -> list[str]:
    """Every point of the embedded runtime that the code names, by reading the code: a new one is tested without anybody thinking of
    it. Those of the Kafka runtime, of `forget` and of channels have tests of their own."""
    found: set[str] = set()
    for path in sorted(Path(shared.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reached":
                (point,) = node.args
                if ast.unparse(point).lstrip("f").startswith(("'kafka-", "'forget:", "'outbox:")):
                    continue
                if isinstance(point, ast.Constant):
                    found.add(point.value)
                else:
                    assert isinstance(point, ast.JoinedStr), ast.unparse(node)
                    stage, name = point.values
                    assert isinstance(stage, ast.FormattedValue)
                    assert isinstance(name, ast.Constant)
                    found |= {f"{node.stage}{name.value}" for node in NODES}
    return sorted(found)


POINTS = crash_points()
CHAINS = [POINTS[start::6] for start in range(6)]
"""Every chain has points of all the stages and stays short enough that the archive is not worked off before its end."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]) -> Path:
    path = tmp_path_factory.mktemp("archive") / "articles.jsonl"
    path.write_bytes(newest_rows(150) + BAD_LINES)
    return path


@pytest.fixture(scope="module")
def undisturbed(newsloom: Any, archive: Path, dump: Dump, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data_dir = tmp_path_factory.mktemp("undisturbed")
    ended = newsloom.run(ingest(archive, data_dir), settings=MANY_BATCHES)
    assert ended.code == 0, ended.output
    said = dump(data_dir)
    assert len(said["ledger"]) == 153
    assert len(said["alerts"]) >= 3
    assert len(said["dead letters"]) == 2
    return said


def ingest(archive: Path, data_dir: Path) -> list[str]:
    return ["ingest", str(archive), "--data-dir", str(data_dir)]


def assert_conserved(data_dir: Path) -> None:
    store = Store(database(data_dir), read_only=True)
    found = account(snapshot(store))
    store.close()
    assert found.holds, found.broken


def assert_same(said: dict[str, Any], expected: dict[str, Any]) -> None:
    """Part by part: a difference of two whole dumps is unreadable."""
    for part, rows in expected.items():
        assert said[part] == rows, part


def test_there_are_crash_points_of_every_stage() -> None:
    assert {point.split(":")[0] for point in POINTS} == {"fetch", *(node.stage for node in NODES)}
    assert len(POINTS) >= 27


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain[0])
def test_killed_at_every_crash_point(
    newsloom: Any, archive: Path, undisturbed: dict[str, Any], dump: Dump, tmp_path: Path, chain: list[str]
) -> None:
    # Deep into the run first, then at once: counts of 3 need batches that are still to come.
    for count in (3, 2, 1):
        for point in chain:
            if point.startswith("fetch:") and count > 1:
                continue  # the archive is one transaction of the intake
            ended = newsloom.run(ingest(archive, tmp_path), crash_at=f"{point}:{count}", settings=MANY_BATCHES)
            if count == 3 or point.startswith("fetch:"):
                assert ended.killed, f"{point}:{count} was not reached: {ended.output}"
            else:
                assert ended.killed or ended.code == 0, ended.output
            assert_conserved(tmp_path)
    ended = newsloom.run(ingest(archive, tmp_path), settings=MANY_BATCHES)
    assert ended.code == 0, ended.output
    assert_conserved(tmp_path)
    assert_same(dump(tmp_path), undisturbed)


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_time(
    newsloom: Any, archive: Path, undisturbed: dict[str, Any], dump: Dump, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        ended = newsloom.run(ingest(archive, tmp_path), kill_after=chance.uniform(0.03, 0.5), settings=MANY_BATCHES)
        if not ended.killed:
            break
    ended = newsloom.run(ingest(archive, tmp_path), settings=MANY_BATCHES)
    assert ended.code == 0, ended.output
    assert_conserved(tmp_path)
    assert_same(dump(tmp_path), undisturbed)


def test_a_process_of_its_own_is_killed_and_goes_on(
    archive: Path, undisturbed: dict[str, Any], dump: Dump, tmp_path: Path
) -> None:
    """The same without the forking of the other tests: start-up included."""
    command = [sys.executable, "-c", "from shared.cli import main; main()", *ingest(archive, tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    environment |= {f"NEWSLOOM_{name.upper()}": str(value) for name, value in MANY_BATCHES.items()}
    codes = [
        subprocess.run(
            command, env=environment | {"NEWSLOOM_CRASH_AT": point}, check=False, capture_output=True
        ).returncode
        for point in ("index:written:2", "")
    ]
    assert codes == [-9, 0]
    assert_conserved(tmp_path)
    assert_same(dump(tmp_path), undisturbed)


class Feeds:
    """Feeds of the demo's outlets on loopback, with entity tags. `sent`: (feed, the tag that was asked with, the status)."""

    def __init__(self) -> None:
        self.bodies: dict[str, tuple[bytes, str]] = {}
        self.sent: list[tuple[str, str | None, int]] = []
        written = articles()
        for outlet in outlets()[:6]:
            of_outlet = [article for article in written if article.outlet == outlet.key][-12:]
            newest = list({article.url: article for article in of_outlet}.values())
            self.bodies[f"/{outlet.key}"] = write_feed(outlet, newest)
        feeds = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, content_type = feeds.bodies[self.path]
                tag = f'"{hash(body) & 0xFFFFFFFF:x}"'
                asked = self.headers.get("If-None-Match")
                status = 304 if asked == tag else 200
                feeds.sent.append((self.path, asked, status))
                self.send_response(status)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body) if status == 200 else 0))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def urls(self) -> str:
        return "".join(f"http://127.0.0.1:{self.server.server_port}{path}\n" for path in self.bodies)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def feeds() -> Iterator[Feeds]:
    serving = Feeds()
    yield serving
    serving.close()


ONE_BY_ONE = {**EAGER, "host_delay_seconds": 0, "concurrent_polls": 1, "batch_size": 5}
"""One poll at a time, so that the order of the entries is the same in every run."""


def run_once(list_file: Path, data_dir: Path) -> list[str]:
    arguments = ["run", "--once", "--feeds", str(list_file), "--allow-private", "127.0.0.0/8"]
    return [*arguments, "--data-dir", str(data_dir)]


def fetched(data_dir: Path) -> dict[str, Any]:
    """What must not depend on kills: ids, texts, endings, tags; not the times of reading."""
    store = Store(database(data_dir), read_only=True)
    try:
        return {
            "ledger": sorted(map(repr, Ledger(store).rows())),
            "feeds": [
                (state.url, state.validators.etag, sorted(state.seen), state.first_polled)
                for state in Intake(store).feeds()
            ],
            "texts": sorted(
                store.connection.execute("SELECT id, revision, copy_of, story FROM articles ORDER BY id").fetchall()
            ),
            "alerts": store.connection.execute("SELECT id, version FROM alerts ORDER BY id").fetchall(),
        }
    finally:
        store.close()


def test_feeds_lose_no_item_and_keep_their_tags(newsloom: Any, feeds: Feeds, tmp_path: Path) -> None:
    list_file = tmp_path / "feeds.txt"
    list_file.write_text(feeds.urls())
    undisturbed, data_dir = tmp_path / "undisturbed", tmp_path / "killed"
    ended = newsloom.run(run_once(list_file, undisturbed), settings=ONE_BY_ONE)
    assert ended.code == 0, ended.output
    expected = fetched(undisturbed)
    assert len(expected["feeds"]) == len(feeds.bodies)
    assert len(expected["ledger"]) == sum(len(seen) for _, _, seen, _ in expected["feeds"]) > 40
    assert all(etag for _, etag, _, _ in expected["feeds"])

    before = newsloom.kills
    for point, count in (
        ("fetch:items", 1),
        ("fetch:written", 1),
        ("fetch:committed", 1),
        ("fetch:items", 2),
        ("fetch:written", 3),
        ("fetch:committed", 3),
        ("fetch:items", 5),
        ("enrich:written", 1),
        ("index:committed", 1),
        ("fetch:written", 6),
    ):
        ended = newsloom.run(run_once(list_file, data_dir), crash_at=f"{point}:{count}", settings=ONE_BY_ONE)
        assert ended.killed, f"{point}:{count} was not reached: {ended.output}"
        assert_conserved(data_dir)
    chance = random.Random(1)
    for _ in range(4):
        newsloom.run(run_once(list_file, data_dir), kill_after=chance.uniform(0.05, 0.8), settings=ONE_BY_ONE)
    assert newsloom.kills >= before + 10
    ended = newsloom.run(run_once(list_file, data_dir), settings=ONE_BY_ONE)
    assert ended.code == 0, ended.output
    assert_conserved(data_dir)
    assert_same(fetched(data_dir), expected)

    feeds.sent.clear()
    ended = newsloom.run(run_once(list_file, data_dir), settings=ONE_BY_ONE)
    assert ended.code == 0, ended.output
    assert {status for _, _, status in feeds.sent} == {304}
    assert_same(fetched(data_dir), expected)


def test_at_least_fifty_processes_were_killed(newsloom: Any) -> None:
    """The last of this file: what the tests above did."""
    assert newsloom.kills >= 50
