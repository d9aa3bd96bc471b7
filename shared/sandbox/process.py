"""The side that asks, for callers that wait for the answer: one worker process, started with the first job and anew when it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from shared.sandbox.frames import frame, read_frame
from shared.sandbox.starting import command_of, environment

START_S = 60.0
"""A worker that has not begun to work after so long on a busy machine does not begin at all."""

GRACE_S = 2.0


class Killed(Exception):
    """The job ended its worker; the next one gets a new worker. `code`: `timeout` or `parser-crashed`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class NotStarted(Exception):
    """No worker could be started, which is no fault of the job's: it may be tried again later."""


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """`cpu_s` is CPU time and `deadline_s` wall-clock time per job; `memory_bytes` is a worker's address space."""

    cpu_s: int = 5
    deadline_s: float = 30.0
    memory_bytes: int = 1024 * 1024 * 1024
    jobs_per_worker: int = 2_000
    """Then a new one: what a library leaks, it leaks not for ever."""
    idle_s: float = 20.0
    """A worker without a job for so long ends: where pages are rare, none needs to wait with its libraries loaded."""


_LIMITS = SandboxLimits()


class SandboxProcess:
    """Runs `python -m MODULE CPU_SECONDS MEMORY_BYTES`, which must `serve`. May be used by several threads, one at a time is served.

    The worker ends with `close`, with this object, and with this process, however that ends. A forked child starts one of its own.
    """

    def __init__(self, module: str, limits: SandboxLimits = _LIMITS) -> None:
        self._module = module
        self._limits = limits
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None
        self._jobs = 0
        self._last_job = 0.0
        self._watching = False
        self._ending: weakref.finalize[[subprocess.Popen[bytes]], SandboxProcess] | None = None
        # The lock may be held by a thread that the child does not have.
        os.register_at_fork(after_in_child=_forgets(weakref.ref(self)))

    @property
    def pid(self) -> int | None:
        """The worker's; None where none runs."""
        return self._worker.pid if self._worker else None

    def ask(self, metadata: bytes, body: bytes) -> bytes:
        """The worker's answer to a job. Raises `Killed`, or `NotStarted`."""
        with self._lock:
            worker = self._worker or self._start()
            try:
                answer = self._round_trip(worker, frame(metadata) + frame(body), self._limits.deadline_s)
            except BaseException:
                # Also when interrupted: a worker in the middle of a job answers the next one with this one's result.
                self._stop()
                raise
            self._jobs += 1
            self._last_job = time.monotonic()
            if self._jobs >= self._limits.jobs_per_worker:
                self._stop()
            elif not self._watching:
                self._watch(self._limits.idle_s)
            return answer

    def close(self) -> None:
        """Ends the worker. Another one starts if there is another job."""
        with self._lock:
            self._stop()

    def _watch(self, after_s: float) -> None:
        self._watching = True
        # Weakly: to be watched is no reason to live.
        timer = threading.Timer(after_s, _rests(weakref.ref(self)))
        timer.daemon = True
        timer.start()

    def _rest(self) -> None:
        """Ends a worker that is idle, or looks again when it will have been."""
        with self._lock:
            idle = time.monotonic() - self._last_job
            self._watching = False
            if self._worker is None or idle >= self._limits.idle_s:
                self._stop()
            else:
                self._watch(self._limits.idle_s - idle)

    def _start(self) -> subprocess.Popen[bytes]:
        """Raises `NotStarted`."""
        try:
            worker = subprocess.Popen(
                command_of(self._module, self._limits.cpu_s, self._limits.memory_bytes),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                # Ctrl-C goes to the whole foreground group; the worker is ended by us.
                start_new_session=True,
            )
        except OSError as error:
            raise NotStarted(f"no process could be started: {error.strerror}") from error
        self._worker, self._jobs = worker, 0
        self._ending = weakref.finalize(self, _end, worker)
        try:
            # An empty job: should it fail, then not because of what a job holds.
            self._round_trip(worker, frame(b"{}") + frame(b""), START_S)
        except Killed as error:
            self._stop()
            raise NotStarted(f"{self._module} does not start: {error}") from error
        return worker

    def _round_trip(self, worker: subprocess.Popen[bytes], job: bytes, deadline_s: float) -> bytes:
        assert worker.stdin is not None
        assert worker.stdout is not None
        late = threading.Event()

        def kill() -> None:
            late.set()
            worker.kill()

        alarm = threading.Timer(deadline_s, kill)
        alarm.daemon = True
        alarm.start()
        try:
            worker.stdin.write(job)
            worker.stdin.flush()
            answer = read_frame(worker.stdout)  # type: ignore[arg-type]
        except (OSError, ValueError):
            answer = None
        finally:
            alarm.cancel()
        if answer is not None:
            return answer
        status = _status(worker)
        if late.is_set():
            raise Killed("timeout", f"it took longer than {deadline_s:g} s")
        if status == -signal.SIGXCPU:
            raise Killed("timeout", f"it took more than {self._limits.cpu_s} s of CPU time")
        raise Killed("parser-crashed", f"the process that read it ended with status {status}")

    def _stop(self) -> None:
        self._worker = None
        if self._ending is not None:
            self._ending()
            self._ending = None

    def _forget(self) -> None:
        """In a forked child: the worker belongs to the parent, and must see its pipes end with the parent."""
        self._lock = threading.Lock()
        self._watching = False
        if self._ending is not None and self._worker is not None:
            self._ending.detach()
            for pipe in (self._worker.stdin, self._worker.stdout):
                # Not through the buffer: what stands in it is the parent's to send.
                pipe.raw.close()  # type: ignore[union-attr]
            self._worker.returncode = 0
        self._worker = self._ending = None


def _status(worker: subprocess.Popen[bytes]) -> int:
    """Of one that closed its end: it is about to end by itself, and how says why."""
    try:
        return worker.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        return worker.wait()


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not written yet goes to nobody
                pipe.close()
    worker.wait()


def _rests(reference: weakref.ref[SandboxProcess]) -> Callable[[], None]:
    def rest() -> None:
        process = reference()
        if process is not None:
            process._rest()

    return rest


def _forgets(reference: weakref.ref[SandboxProcess]) -> Callable[[], None]:
    """What is called at a fork is kept for ever; the object is not to be."""

    def forget() -> None:
        process = reference()
        if process is not None:
            process._forget()

    return forget
