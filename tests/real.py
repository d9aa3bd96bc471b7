"""Real workers over real servers: what integration tests start, kill and look at."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.adapters.kafka.lag import open_lag
from shared.pipeline import STAGES
from shared.runtime.kafka_session import FLOW
from shared.settings import Settings

WORKING = tuple(stage for stage in STAGES if stage != "fetch")
"""The stages that documents from files go through."""


def environment(config: Settings) -> dict[str, str]:
    """The settings as a process of its own reads them."""
    changed = {
        f"NEWSLOOM_{name.upper()}": json.dumps(value) if isinstance(value, tuple) else str(value)
        for name, value in config.model_dump().items()
        if value is not None and value != Settings.model_fields[name].default
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
    return (
        kept | changed | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    )


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody uses, below those that connections take by themselves."""
    # Two processes of tests look for some at the same time.
    begin = 22_000 + 5_000 * (os.environ.get("PYTEST_XDIST_WORKER") == "gw1")
    for first in range(begin, begin + 5_000, count):
        sockets = [socket.socket() for _ in range(count)]
        try:
            for number, each in enumerate(sockets):
                each.bind(("127.0.0.1", first + number))
            return first
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    raise AssertionError("no free ports")


def newsloom(config: Settings, *arguments: str, expect: int = 0, timeout: float = 180) -> str:
    """A command as a user gives it; its standard output."""
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(config), timeout=timeout, check=False
    )
    assert done.returncode == expect, (
        f"{arguments}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    )
    return done.stdout


def rows(config: Settings, *arguments: str, expect: int = 0) -> list[dict[str, Any]]:
    """The same, of a command that prints JSON lines."""
    return [json.loads(line) for line in newsloom(config, *arguments, "--jsonl", expect=expect).splitlines()]


class Worker:
    """One service in a process of its own, without a supervisor: what ends stays ended until `start`."""

    def __init__(self, config: Settings, stage: str, replica: int = 0) -> None:
        self.stage = stage
        self.port = free_port()
        self.log = config.data_dir.parent / f"{stage}-{replica}.log"
        own = {"worker_port": self.port, "worker_instance": f"{config.worker_instance or 'one'}-{replica}"}
        self._environment = environment(config.model_copy(update=own))
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        assert self.process is None or self.process.poll() is not None, f"{self.stage} runs already"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shared.runtime.worker", self.stage],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """kill -9, and waits for the end."""
        if self.runs and self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int | None:
        """SIGTERM; returns the exit code."""
        if self.process is None:
            return None
        if self.runs:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def page(self, path: str) -> tuple[int, str]:
        """Status and body of /livez, /readyz or /metrics; status 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_ready(self) -> bool:
        return self.page("/readyz")[0] == 200

    def said(self, last: int = 4000) -> str:
        return self.log.read_text(errors="replace")[-last:] if self.log.exists() else ""


class Workers:
    """A set of workers; `keep` starts again what has ended, as whoever runs them in service does."""

    def __init__(self, config: Settings, stages: Sequence[str] = WORKING) -> None:
        self.config = config
        self.all = {stage: Worker(config, stage) for stage in stages}

    def __getitem__(self, stage: str) -> Worker:
        return self.all[stage]

    def start(self) -> None:
        for worker in self.all.values():
            worker.start()
        wait_until(lambda: all(worker.is_ready() for worker in self.all.values()), 60, self.said)

    def keep(self) -> int:
        """Starts what has ended; returns how many."""
        ended = [worker for worker in self.all.values() if not worker.runs]
        for worker in ended:
            worker.start()
        return len(ended)

    def stop(self) -> None:
        for worker in self.all.values():
            if worker.runs:
                worker.signal(signal.SIGCONT)
                worker.signal(signal.SIGTERM)
        for worker in self.all.values():
            worker.stop()

    def said(self) -> str:
        return "\n".join(f"--- {stage}\n{worker.said(1500)}" for stage, worker in self.all.items())


@contextmanager
def running_workers(config: Settings, stages: Sequence[str] = WORKING) -> Iterator[Workers]:
    workers = Workers(config, stages)
    try:
        workers.start()
        yield workers
    finally:
        workers.stop()


def wait_until(
    true: Callable[[], bool], seconds: float, said: Callable[[], str] = lambda: "", every: float = 0.2
) -> float:
    """Returns after how many seconds it was true; fails with what `said` tells where it never is."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, f"not within {seconds} s\n{said()}"
        time.sleep(every)
    return time.monotonic() - started


def waiting(config: Settings) -> dict[str, int]:
    """Messages that wait, by stage."""

    async def ask() -> dict[str, int]:
        async with open_lag(config) as lag:
            return await lag.unread(FLOW)

    return asyncio.run(ask())


def settle(workers: Workers, seconds: float = 180) -> float:
    """Until nothing waits, starting again what ends; returns the seconds."""

    def settled() -> bool:
        workers.keep()
        return not waiting(workers.config)

    return wait_until(settled, seconds, lambda: f"{waiting(workers.config)}\n{workers.said()}", every=0.5)


def everything(config: Settings) -> dict[str, Any]:
    """What the pipeline came to, of either runtime: two runs must agree on it."""
    found: dict[str, Any] = {what: rows(config, what) for what in ("articles", "pairs", "actors", "alerts")}
    ledger = json.loads(newsloom(config, "ledger", "--json"))
    found["ledger"] = {name: ledger[name] for name in ("holds", "entries", "articles", "endings", "under_way")}
    return found


def data_folder(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True, exist_ok=True)
    return folder / "data"
