from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.sandbox.frames import frame, read_frame
from shared.sandbox.process import Killed, NotStarted, SandboxLimits, SandboxProcess

ROOT = Path(__file__).parents[3]
LIMITS = SandboxLimits(cpu_s=1, deadline_s=10, memory_bytes=300 * 2**20, jobs_per_worker=50)


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    one = SandboxProcess("sandboxed", LIMITS)
    yield one
    one.close()


def ask(sandbox: SandboxProcess, body: bytes = b"body", **metadata: Any) -> bytes:
    return sandbox.ask(json.dumps(metadata).encode(), body)


def alive(pid: int | None) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int | None, within_s: float = 5) -> bool:
    until = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (frame(b"abc"), b"abc"),
        (frame(b""), b""),
        (frame(b"abc")[:-1], None),
        (b"\x00\x00", None),
        (b"", None),
    ],
)
def test_a_frame_is_read_whole_or_not_at_all(written: bytes, read: bytes | None) -> None:
    assert read_frame(io.BytesIO(written)) == read


def test_a_frame_longer_than_allowed_is_not_read() -> None:
    with pytest.raises(ValueError, match="the limit is 2"):
        read_frame(io.BytesIO(frame(b"abc")), longest=2)


def test_one_worker_answers_many_jobs_and_starts_with_the_first(sandbox: SandboxProcess) -> None:
    assert sandbox.pid is None
    assert ask(sandbox) == b"body"
    first = sandbox.pid
    assert [ask(sandbox, b"x" * size) for size in (0, 1, 2_000_000)] == [b"", b"x", b"x" * 2_000_000]
    assert ask(sandbox, do="print") == b"body"
    assert sandbox.pid == first


@pytest.mark.parametrize(
    ("job", "code", "message"),
    [
        ({"do": "spin"}, "timeout", "more than 1 s of CPU time"),
        ({"do": "exit"}, "parser-crashed", "status 3"),
        ({"do": "take", "bytes": 400 * 2**20}, "parser-crashed", "status 1"),
    ],
)
def test_what_goes_over_ends_its_worker_and_the_next_job_gets_another(
    sandbox: SandboxProcess, job: dict[str, Any], code: str, message: str
) -> None:
    ask(sandbox)
    before = sandbox.pid
    with pytest.raises(Killed, match=message) as caught:
        ask(sandbox, **job)
    assert caught.value.code == code
    assert not alive(before)
    assert ask(sandbox) == b"body"


def test_the_deadline_ends_what_takes_no_cpu_time() -> None:
    sandbox = SandboxProcess("sandboxed", SandboxLimits(cpu_s=60, deadline_s=0.5))
    ask(sandbox)
    assert sandbox.pid is not None
    os.kill(sandbox.pid, signal.SIGSTOP)
    # More than a pipe takes: writing waits, too.
    with pytest.raises(Killed, match=r"longer than 0\.5 s"):
        ask(sandbox, b"x" * 1_000_000)
    sandbox.close()


def test_cpu_time_is_counted_per_job(sandbox: SandboxProcess) -> None:
    ask(sandbox)
    first = sandbox.pid
    for _ in range(4):
        ask(sandbox, do="work", seconds=0.6)
    assert sandbox.pid == first


def test_a_worker_is_renewed_after_its_jobs() -> None:
    sandbox = SandboxProcess("sandboxed", SandboxLimits(jobs_per_worker=2))
    pids = [ask(sandbox, do="pid") for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert sandbox.pid is None
    assert gone(int(pids[3]))


def test_closing_ends_the_worker_and_it_can_be_used_again(sandbox: SandboxProcess) -> None:
    ask(sandbox)
    first = sandbox.pid
    sandbox.close()
    assert not alive(first)
    assert ask(sandbox) == b"body"
    sandbox.close()
    sandbox.close()


def test_a_worker_ends_with_the_object_that_nobody_holds() -> None:
    sandbox = SandboxProcess("sandboxed")
    ask(sandbox)
    pid = sandbox.pid
    del sandbox
    assert gone(pid)


def test_a_worker_that_does_not_start_is_no_fault_of_the_jobs() -> None:
    with pytest.raises(NotStarted, match=r"no\.such\.module does not start"):
        ask(SandboxProcess("no.such.module"))


def test_a_forked_child_has_a_worker_of_its_own(sandbox: SandboxProcess) -> None:
    mine = ask(sandbox, do="pid")
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write_end, ask(sandbox, do="pid"))
            sandbox.close()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        theirs = told.read()
    assert theirs
    assert theirs != mine
    assert ask(sandbox, do="pid") == mine


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(ending: signal.Signals) -> None:
    script = (
        "import time\nfrom shared.sandbox.process import SandboxProcess\nsandbox = SandboxProcess('sandboxed')\n"
        "sandbox.ask(b'{}', b'')\nprint(sandbox.pid, flush=True)\ntime.sleep(60)\n"
    )
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(ending)
        parent.wait(10)
    assert gone(pid)


def test_a_worker_that_is_idle_ends_and_another_one_takes_the_next_job() -> None:
    sandbox = SandboxProcess("sandboxed", SandboxLimits(idle_s=0.4))
    try:
        ask(sandbox)
        first = sandbox.pid
        time.sleep(0.3)
        ask(sandbox)
        time.sleep(0.3)
        assert sandbox.pid == first, "it had a job in between"
        assert gone(first)
        assert sandbox.pid is None
        ask(sandbox)
        assert sandbox.pid not in (None, first)
    finally:
        sandbox.close()
