"""Whoever is stuck is noticed and started again: by its supervisor, or by its own watchdog."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chaos.conftest import Archive
from real import environment, free_port, newsloom, wait_until, waiting

from shared.runtime.progress import STUCK
from shared.runtime.supervisor import LOOK_EVERY_S
from shared.settings import Settings

pytestmark = pytest.mark.slow

STUCK_SECONDS = 4


class Supervised:
    """`newsloom worker STAGE`, as a user starts it."""

    def __init__(self, config: Settings, stage: str) -> None:
        self.port = free_port()
        config = config.model_copy(update={"worker_port": self.port, "stuck_seconds": STUCK_SECONDS})
        self.log = Path(config.data_dir.parent / f"supervised-{stage}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from shared.cli import main; main()", "worker", stage],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(config),
            )

    def child(self) -> int | None:
        """The worker's pid while it answers as well."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children and self.is_well() else None

    def is_well(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=2) as answer:
                return json.load(answer)["trouble"] is None
        except OSError:
            return False

    def another_than(self, pid: int) -> int:
        found: list[int] = []

        def there() -> bool:
            child = self.child()
            if child is not None and child != pid:
                found.append(child)
            return bool(found)

        wait_until(there, 60, self.said)
        return found[0]

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]


@contextmanager
def supervised(config: Settings, stage: str) -> Iterator[Supervised]:
    one = Supervised(config, stage)
    try:
        wait_until(lambda: one.child() is not None, 60, one.said)
        yield one
    finally:
        if one.process.poll() is None:
            one.process.terminate()
            try:
                one.process.wait(30)
            except subprocess.TimeoutExpired:
                one.process.kill()


def test_a_supervisor_restarts_what_is_stuck_or_dead_and_ends_with_it(eager: Settings, archive: Archive) -> None:
    with supervised(eager, "normalise") as one:
        first = one.another_than(0)
        # The supervisor, too, must have seen it well: it is patient with one that is starting.
        time.sleep(3 * LOOK_EVERY_S)
        os.kill(first, signal.SIGSTOP)
        stopped = time.monotonic()
        second = one.another_than(first)
        assert time.monotonic() - stopped >= STUCK_SECONDS
        assert not _exists(first), "what was stuck is dead"
        assert "worker stuck" in one.said()
        os.kill(second, signal.SIGKILL)
        third = one.another_than(second)
        newsloom(eager, "ingest", "--no-wait", str(archive.path))
        wait_until(lambda: "normalise" not in waiting(eager), 90, one.said)
        one.process.terminate()
        assert one.process.wait(25) == 0, one.said()
        assert not _exists(third), "the worker outlives its supervisor"


HANGS = """
import signal, sys, time

# What never gives the event loop back, as a library that waits for a socket would; when it is to begin, a signal says.
def hang(*_):
    while True:
        time.sleep(1)

signal.signal(signal.SIGALRM, hang)
from shared.runtime.worker import main
sys.exit(main())
"""


def test_a_worker_whose_event_loop_hangs_ends_itself(eager: Settings, archive: Archive) -> None:
    port = free_port()
    config = eager.model_copy(update={"worker_port": port, "stuck_seconds": STUCK_SECONDS})
    log = config.data_dir.parent / "hangs.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", HANGS, "enrich"], stdout=out, stderr=subprocess.STDOUT, env=environment(config)
        )
    try:

        def ready() -> bool:
            try:
                return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).status == 200)
            except OSError:
                return False

        wait_until(ready, 60, log.read_text)
        assert process.poll() is None
        hung = time.monotonic()
        process.send_signal(signal.SIGALRM)
        assert process.wait(30) == STUCK, log.read_text()
        assert time.monotonic() - hung >= STUCK_SECONDS - 2.5, "it was not given its time"
        assert "the event loop has not run" in log.read_text()
    finally:
        if process.poll() is None:
            process.kill()


def _exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
