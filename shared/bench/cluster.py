"""The pipeline on a cluster: throughput, delay until an article can be found, memory, and a plain loop over the same topics.

Broker, Elasticsearch and the workers are to run on the machine that this runs on; the figures say nothing without knowing which.
"""

from __future__ import annotations

import asyncio
import io
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from elasticsearch import Elasticsearch

from services.fetch.documents import read_documents
from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.elasticsearch.indexes import Names
from shared.adapters.kafka.topics import set_up_topics
from shared.bench.archive import archive
from shared.bench.plain_loop import plain_loop
from shared.bootstrap import open_feeding
from shared.contracts import Entry, content_id
from shared.runtime.feeding import Feeding
from shared.runtime.ports import port_of
from shared.set_up import set_up
from shared.settings import Settings

STAGES = ("normalise", "deduplicate", "enrich", "cluster", "index", "alert")
LOAD, LOAD_SECONDS = 75.0, 60.0
"""Articles per second, half of what is wanted of the whole, and for how long."""
WARM_UP = 300
TOGETHER = 500
LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class ClusterFigures:
    """Seconds and bytes. `delays`: from handing an entry over to finding it in Elasticsearch, at `load` articles per second."""

    articles: int = 0
    seconds: float = 0.0
    plain_seconds: float = 0.0
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    load: float = 0.0
    memory_early: dict[str, int] = field(default_factory=dict)
    memory_late: dict[str, int] = field(default_factory=dict)
    ledger_holds: bool = False

    def delay(self, share: float) -> float:
        ordered = sorted(self.delays)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def measure_cluster(config: Settings, articles: int, load: float, load_seconds: float) -> ClusterFigures:
    """Under a prefix of its own, which stays on the cluster; with worker processes of its own. Raises `NotAvailable`."""
    found = ClusterFigures(articles=articles, load=load)
    prefix = f"bench-{content_id(str(time.time_ns()))[:8]}-"
    with tempfile.TemporaryDirectory() as folder:
        config = config.model_copy(update={"prefix": prefix, "data_dir": Path(folder), "runtime": "kafka"})
        set_up(config)
        with _workers(config) as workers, open_feeding(config=config) as session:
            _hand_over(session, _entries(WARM_UP, seed=2, label="warm-up"))
            asyncio.run(session.settled())
            with _memory(workers, found):
                before = _cpu(workers)
                started = time.perf_counter()
                for batch in _batches(_entries(articles, seed=1, label="flow")):
                    _hand_over(session, batch)
                asyncio.run(session.settled())
                found.seconds = time.perf_counter() - started
                found.cpu_seconds = {stage: seconds - before[stage] for stage, seconds in _cpu(workers).items()}
            found.delays = _delays(session, config, load, load_seconds)
            from shared.conservation import account

            found.ledger_holds = account(session.reading.snapshot()).holds
    plain = config.model_copy(update={"prefix": f"{prefix}plain-"})
    asyncio.run(set_up_topics(plain))
    found.plain_seconds = asyncio.run(plain_loop(plain, [entry.to_bytes() for entry in _entries(articles, 1, "flow")]))
    return found


def _entries(count: int, seed: int, label: str) -> list[Entry]:
    lines = (line.replace(b'"url":"https://', f'"url":"https://{label}.'.encode()) for line in archive(count, seed))
    stream = io.BytesIO(b"\n".join(lines))
    return [entry for entry in read_documents(stream, label, "jsonl", datetime.now(UTC)) if isinstance(entry, Entry)]


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    for start in range(0, len(entries), TOGETHER):
        yield entries[start : start + TOGETHER]


def _hand_over(session: Feeding, entries: Sequence[Entry]) -> None:
    session.intake.take(entries, datetime.now(UTC))


def _delays(session: Feeding, config: Settings, load: float, seconds: float) -> list[float]:
    """Hands entries over one by one at a steady pace, and looks for each in the index until it is there."""
    entries = _entries(int(load * seconds), seed=3, label="paced")
    client = sync_client(config)
    sent: dict[str, float] = {}
    delays: list[float] = []
    stop = threading.Event()
    lock = threading.Lock()

    def look() -> None:
        while not (stop.is_set() and not sent):
            with lock:
                waiting = list(sent)
            found = _present(client, config, waiting) if waiting else set()
            now = time.perf_counter()
            with lock:
                delays.extend(now - sent.pop(url) for url in found)
            time.sleep(LOOK_EVERY_S)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    started = time.perf_counter()
    for number in range(0, len(entries), 5):
        pause = started + number / load - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        batch = entries[number : number + 5]
        with lock:
            sent.update((entry.url or "", time.perf_counter()) for entry in batch)
        _hand_over(session, batch)
    stop.set()
    looking.join(60)
    return delays


def _present(client: Elasticsearch, config: Settings, urls: Sequence[str]) -> set[str]:
    """Those of the URLs that a search finds."""
    query = {"terms": {"url": list(urls)}}
    answer = client.search(
        index=Names(config.prefix).articles, query=query, size=len(urls), source={"includes": ["url"]}
    )
    return {hit["_source"]["url"] for hit in answer["hits"]["hits"]}


@contextmanager
def _workers(config: Settings) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Processes as `newsloom worker` starts them."""
    base = 21_000 + os.getpid() % 1_000 * 10
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for number, stage in enumerate(STAGES):
            own = {"NEWSLOOM_WORKER_PORT": str(base + number)}
            started[stage] = subprocess.Popen(
                [sys.executable, "-m", "shared.runtime.worker", stage],
                env=os.environ | _environment(config) | own,
                start_new_session=True,
            )
        _wait_until_ready(config, started, base)
        yield started
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _environment(config: Settings) -> dict[str, str]:
    return {
        "NEWSLOOM_RUNTIME": "kafka",
        "NEWSLOOM_PREFIX": config.prefix,
        "NEWSLOOM_DATA_DIR": str(config.data_dir),
        "OPENBLAS_NUM_THREADS": "1",
    }


def _wait_until_ready(config: Settings, started: dict[str, subprocess.Popen[bytes]], base: int) -> None:
    import urllib.request

    from shared.errors import NotAvailable

    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 90
    for number, stage in enumerate(STAGES):
        port = port_of(config.model_copy(update={"worker_port": base + number}), stage)
        while True:
            if started[stage].poll() is not None or time.monotonic() > deadline:
                raise NotAvailable(f"the worker of {stage} did not start; its message is above")
            try:
                with direct.open(f"http://127.0.0.1:{port}/readyz", timeout=2):
                    break
            except OSError:
                time.sleep(0.3)


@contextmanager
def _memory(workers: dict[str, subprocess.Popen[bytes]], found: ClusterFigures) -> Iterator[None]:
    """Resident memory, as medians of the second and the last quarter of the time: what grows, grows between them."""
    samples: dict[str, list[int]] = {stage: [] for stage in workers}
    stop = threading.Event()

    def sample() -> None:
        while not stop.wait(0.5):
            for stage, process in workers.items():
                samples[stage].append(_resident(process.pid))

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join()
    for stage, sizes in samples.items():
        quarter = max(1, len(sizes) // 4)
        found.memory_early[stage] = int(statistics.median(sizes[quarter : 2 * quarter] or [0]))
        found.memory_late[stage] = int(statistics.median(sizes[-quarter:] or [0]))


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def _cpu(workers: dict[str, subprocess.Popen[bytes]]) -> dict[str, float]:
    """User and system seconds of each process."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = {}
    for stage, process in workers.items():
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        used[stage] = (int(fields[11]) + int(fields[12])) / ticks
    return used
