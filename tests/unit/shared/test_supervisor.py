"""The supervisor over real processes: small ones, that do at once what a worker does once in a month."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from real import free_port

PATIENCE_S = 3.0
START_S = 6.0
"""Instead of a minute."""

SUPERVISOR = f"""
import sys
from shared.runtime import supervisor
from shared.runtime.supervisor import Supervisor
supervisor.START_S = {START_S}
sys.exit(Supervisor([sys.executable, sys.argv[1]], sys.argv[2], float(sys.argv[3])).run())
"""

SERVE = """
import http.server, os, sys, threading, time

status = [{status}]

class Livez(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(status[0])
        self.end_headers()
    def log_message(self, *_): pass

def serve():
    http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Livez).serve_forever()
threading.Thread(target=serve, daemon=True).start()
"""
NOTE = """
import os, time
with open({notes!r}, "a") as file:
    file.write(f"{{os.getpid()}} {{time.monotonic()}}\\n")
"""


class Supervised:
    """A supervisor in a process of its own over a child with the given program, which notes each of its starts."""

    def __init__(self, folder: Path, program: str, *, status: int | None = 200) -> None:
        self._notes = folder / "starts"
        port = free_port()
        script = NOTE.format(notes=str(self._notes))
        if status is not None:
            script += SERVE.format(status=status, port=port)
        child = folder / "child.py"
        child.write_text(script + textwrap.dedent(program))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(child), f"http://127.0.0.1:{port}/livez", str(PATIENCE_S)],
            env=environment,
            stdout=(folder / "log").open("wb"),
            stderr=subprocess.STDOUT,
        )
        self.log = folder / "log"

    def starts(self) -> list[tuple[int, float]]:
        if not self._notes.exists():
            return []
        lines = [line.split() for line in self._notes.read_text().splitlines()]
        return [(int(pid), float(at)) for pid, at in lines]

    def until_started(self, times: int, within_s: float = 60.0) -> list[tuple[int, float]]:
        until = time.monotonic() + within_s
        while len(self.starts()) < times:
            assert time.monotonic() < until, f"started {len(self.starts())} times\n{self.log.read_text()}"
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)
        return self.starts()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid, _ in self.starts():
            if runs(pid):
                os.kill(pid, signal.SIGKILL)


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


Build = Callable[..., Supervised]


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Build]:
    made: list[Supervised] = []

    def build(program: str, **more: Any) -> Supervised:
        made.append(Supervised(tmp_path, program, **more))
        return made[-1]

    yield build
    for each in made:
        each.close()


def test_a_child_that_ends_is_started_again_after_longer_and_longer_pauses(supervised: Build) -> None:
    it = supervised("raise SystemExit(1)", status=None)
    times = [at for _, at in it.until_started(4)]
    pauses = [after - before for before, after in pairwise(times)]
    # Half a second, one, two; and up to one for the supervisor to look, and a little for Python to start.
    for least, pause in zip((0.5, 1.0, 2.0), pauses, strict=True):
        assert pause >= least
    assert pauses[2] > pauses[0]
    assert len({pid for pid, _ in it.starts()}) == 4


def test_a_child_ends_with_a_supervisor_that_was_killed(supervised: Build) -> None:
    it = supervised("time.sleep(600)")
    [(pid, _)] = it.until_started(1)
    it.process.kill()
    until = time.monotonic() + 20
    while runs(pid):
        assert time.monotonic() < until, "it lives on, and nobody looks after it"
        time.sleep(0.05)


def test_a_child_that_was_killed_is_started_again(supervised: Build) -> None:
    it = supervised("time.sleep(600)")
    [(first, _)] = it.until_started(1)
    os.kill(first, signal.SIGKILL)
    assert it.until_started(2)[1][0] != first


def test_misuse_is_not_mended_by_starting_again(supervised: Build) -> None:
    it = supervised("raise SystemExit(2)", status=None)
    assert it.process.wait(60) == 2
    assert len(it.starts()) == 1


DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
"""Does not end by itself when told to."""


@pytest.mark.parametrize("status", [503, None])
def test_a_child_that_never_says_that_it_is_well_has_time_to_start_and_is_killed(
    supervised: Build, status: int | None
) -> None:
    it = supervised(DEAF + "time.sleep(600)", status=status)
    (first, began), (_, again) = it.until_started(2)
    assert not runs(first)
    assert again - began > START_S
    assert b"worker stuck" in it.log.read_bytes()


def test_a_child_that_was_well_and_is_not_any_more_is_killed_too(supervised: Build) -> None:
    it = supervised(DEAF + "time.sleep(START)\nstatus[0] = 503\ntime.sleep(600)".replace("START", str(START_S + 2)))
    (first, began), (_, again) = it.until_started(2)
    assert not runs(first)
    assert again - began > START_S + 2 + PATIENCE_S - 1
    assert b"worker stuck" in it.log.read_bytes()


def test_a_child_that_is_paused_is_killed_and_started_again(supervised: Build) -> None:
    it = supervised("time.sleep(600)")
    [(first, _)] = it.until_started(1)
    os.kill(first, signal.SIGSTOP)
    it.until_started(2)
    assert not runs(first)


def test_a_child_that_says_so_is_left_alone(supervised: Build) -> None:
    it = supervised("time.sleep(600)")
    [(first, _)] = it.until_started(1)
    time.sleep(START_S + PATIENCE_S)
    assert runs(first)
    assert len(it.starts()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_end_when_told_to(supervised: Build, tmp_path: Path, number: int) -> None:
    done = tmp_path / "done"
    it = supervised(
        f"""
        import signal
        def end(*_):
            open({json.dumps(str(done))}, "w").close()
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        open({json.dumps(str(tmp_path / "ready"))}, "w").close()
        time.sleep(600)
        """
    )
    [(child, _)] = it.until_started(1)
    while not (tmp_path / "ready").exists():
        time.sleep(0.05)
    it.process.send_signal(number)
    assert it.process.wait(60) == 0
    assert done.exists()
    assert not runs(child)


def test_it_ends_within_a_pause_too(supervised: Build) -> None:
    it = supervised("raise SystemExit(1)", status=None)
    it.until_started(3)
    it.process.send_signal(signal.SIGTERM)
    assert it.process.wait(30) == 0
