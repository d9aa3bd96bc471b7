"""What tests that break things share: how far each stage is at any moment, and workers that die where they are told to."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from real import WORKING, Worker, environment, wait_until

from shared.adapters.kafka.lag import open_lag
from shared.errors import NotAvailable
from shared.settings import Settings

LOOK_EVERY_S = 0.25


class Watch:
    """Looks several times a second at what each stage has committed and what waits for it. Use as a context manager."""

    def __init__(self, config: Settings, stages: Sequence[str] = WORKING) -> None:
        self.waiting: dict[str, int] = {}
        self.committed: dict[str, int] = {}
        self._config = config
        self._stages = stages
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._look()), daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        wait_until(lambda: len(self.waiting) == len(self._stages), 30)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    async def _look(self) -> None:
        while not self._stop.is_set():
            try:
                async with open_lag(self._config) as lag:
                    while not self._stop.is_set():
                        for stage in self._stages:
                            waiting = await lag.total(stage)
                            self.committed[stage] = sum((await lag.committed(stage)).values())
                            self.waiting[stage] = waiting
                        await asyncio.sleep(LOOK_EVERY_S)
            except (NotAvailable, OSError):
                await asyncio.sleep(1)  # the test has taken the broker away


class Mortal(Worker):
    """A worker that can be told to kill itself at a crash point, and whose files can be taken away."""

    def __init__(self, config: Settings, stage: str, replica: int = 0) -> None:
        own = config.model_copy(update={"data_dir": config.data_dir.parent / f"{stage}-{replica}" / "data"})
        own.data_dir.mkdir(parents=True, exist_ok=True)
        super().__init__(own, stage, replica)
        self.data_dir = own.data_dir
        self._usual = self._environment

    def start(self, crash_at: str = "") -> None:
        self._environment = {**self._usual, **({"NEWSLOOM_CRASH_AT": crash_at} if crash_at else {})}
        super().start()

    @property
    def code(self) -> int | None:
        return self.process.poll() if self.process else None

    def forget(self) -> None:
        """Its files are copies of what the topics have."""
        assert not self.runs
        shutil.rmtree(self.data_dir)
        self.data_dir.mkdir()


@contextmanager
def mortals(config: Settings, stages: Sequence[str] = WORKING, replicas: int = 1) -> Iterator[dict[str, Mortal]]:
    """Workers by stage; the second and further replicas as `stage/1`."""
    names = [(stage, number) for stage in stages for number in range(replicas)]
    workers = {stage if number == 0 else f"{stage}/{number}": Mortal(config, stage, number) for stage, number in names}
    try:
        for worker in workers.values():
            worker.start()
        wait_until(lambda: all(worker.is_ready() for worker in workers.values()), 90, lambda: said(workers))
        yield workers
    finally:
        end(workers)


def end(workers: dict[str, Mortal]) -> dict[str, int | None]:
    """SIGTERM to all, at the same time; their exit codes."""
    told = [worker for worker in workers.values() if worker.runs]
    for worker in told:
        worker.signal(signal.SIGCONT)
        worker.signal(signal.SIGTERM)
    # Once: the second signal would end it at once.
    until = time.monotonic() + 25
    for worker in told:
        seconds_until(lambda one=worker: not one.runs, max(0.1, until - time.monotonic()))
        worker.kill()
    return {name: worker.code for name, worker in workers.items()}


def keep(workers: dict[str, Mortal]) -> list[str]:
    """Starts again what has ended, as whoever runs them in service does; returns which."""
    ended = [name for name, worker in workers.items() if not worker.runs]
    for name in ended:
        workers[name].start()
    return ended


def said(workers: dict[str, Mortal]) -> str:
    return "\n".join(f"--- {name}\n{worker.said(1500)}" for name, worker in workers.items())


def settle(workers: dict[str, Mortal], watch: Watch, seconds: float = 180) -> float:
    """Until nothing waits for any stage, three looks on end; returns the seconds."""
    quiet = 0

    def settled() -> bool:
        nonlocal quiet
        keep(workers)
        quiet = 0 if any(watch.waiting.values()) else quiet + 1
        return quiet >= 3

    return wait_until(settled, seconds, lambda: f"{watch.waiting}\n{said(workers)}", every=0.6)


class Ingest:
    """`newsloom ingest -` as a process whose standard input the test holds, so that it says how fast documents come."""

    def __init__(self, config: Settings, crash_at: str = "") -> None:
        more = {"NEWSLOOM_CRASH_AT": crash_at} if crash_at else {}
        self._log = config.data_dir.parent / "ingest.log"
        with self._log.open("ab") as log:
            self._begins = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from shared.cli import main; main()", "ingest", "--no-wait", "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(config) | more,
            )

    def write(self, lines: Sequence[bytes]) -> bool:
        """False when it has ended."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b"".join(lines))
            self.process.stdin.flush()
        except BrokenPipeError:
            return False
        return self.process.poll() is None

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.ended()

    def ended(self, seconds: float = 180) -> int:
        """All documents have come; its exit code when it is through."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        return self.process.wait(seconds)

    def said(self) -> str:
        return self._log.read_bytes()[self._begins :].decode(errors="replace")[-3000:]


class Flow:
    """Feeds lines at a pace, from a thread, and whatever ends the command: it is given again from the beginning, as its message
    says. Use as a context manager; `wait` until all has come."""

    def __init__(self, config: Settings, lines: Sequence[bytes], per_second: float) -> None:
        self.sent = 0
        self.codes: list[int] = []
        self._config = config
        self._lines = lines
        self._per_second = per_second
        self._go_on = threading.Event()
        self._go_on.set()
        self._ended = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Flow:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._go_on.set()
        self._thread.join(200)

    def until(self, share: float, seconds: float = 120) -> None:
        """So much of the archive has been handed over."""
        wait_until(lambda: self.sent >= share * len(self._lines) or not self._thread.is_alive(), seconds)
        self._check()

    def hold(self) -> None:
        self._go_on.clear()

    def go_on(self) -> None:
        self._go_on.set()

    def wait(self, seconds: float = 180) -> None:
        self._go_on.set()
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"{self.sent} of {len(self._lines)} lines in {seconds} s, {self.codes}"
        self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._ended and not self._whole():
                time.sleep(1)
        except BaseException as failure:
            self._failure = failure

    def _whole(self) -> bool:
        ingest = Ingest(self._config)
        portion = max(1, round(self._per_second / 4))
        for start in range(0, len(self._lines), portion):
            if self._ended or not ingest.write(self._lines[start : start + portion]):
                break
            self.sent = max(self.sent, start + portion)
            # What was written before is read again at once.
            if start + portion >= self.sent:
                time.sleep(0.25)
            self._go_on.wait()
        code = ingest.ended()
        self.codes.append(code)
        assert code in (0, 3), f"ingest: {code}\n{ingest.said()}"
        return code == 0


def differences(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """What is not as it should be, a few rows of each kind; empty where all is."""
    told = []
    for part, wanted in expected.items():
        got = found[part]
        if got == wanted:
            continue
        if isinstance(wanted, list):
            missing = [row for row in wanted if row not in got]
            extra = [row for row in got if row not in wanted]
            told.append(f"{part}: {len(wanted)} expected, {len(got)} found; {len(missing)} missing, {len(extra)} extra")
            told += [f"  missing {str(row)[:600]}" for row in missing[:3]]
            told += [f"  extra   {str(row)[:600]}" for row in extra[:3]]
        else:
            told.append(f"{part}: {str(wanted)[:800]} expected, {str(got)[:800]} found")
    return "\n".join(told)


def assert_undisturbed(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """The same as without any disturbance, and nothing twice."""
    for part in ("articles", "alerts"):
        ids = [row["id"] for row in found[part]]
        assert len(ids) == len(set(ids)), f"{part}: something is there twice"
    assert found["ledger"]["holds"], found["ledger"]
    assert not found["ledger"]["under_way"], found["ledger"]
    told = differences(found, expected)
    assert not told, told


def seconds_until(true: Any, limit: float) -> float | None:
    """How long it took, None where it was not within the limit."""
    started = time.monotonic()
    while time.monotonic() - started < limit:
        if true():
            return time.monotonic() - started
        time.sleep(0.05)
    return None
