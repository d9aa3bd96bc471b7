"""Starts a worker's process, looks after it, and starts it again when it has ended or is stuck.

For machines where nothing else does so: in containers the orchestrator restarts what ends, and asks /livez itself.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

import structlog

from shared.retry import backoff

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
GRACE_S = 20.0
"""For a process that was told to end."""
WELL_AFTER_S = 60.0
"""A process that lived so long did not fail at its start: the next one is started at once."""
START_S = 60.0
"""A process that has not been well yet may take so long at least, however short the patience: on a busy machine it would be killed
at its start for ever."""
NOT_MENDED_BY_RESTARTING = (2,)


_PR_SET_PDEATHSIG = 1
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The child is on this machine, whatever proxy there is for others."""


class Supervisor:
    """`livez` is the child's page; without an answer that it is well for `patience_s`, it is killed."""

    def __init__(self, command: list[str], livez: str, patience_s: float) -> None:
        """The command's last word is what the log calls it."""
        self._command = command
        self._livez = livez
        self._patience_s = patience_s
        self._stopping = False

    def run(self) -> int:
        """Until it is told to end; returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told)
        pauses = backoff(longest=30.0)
        while True:
            started = time.monotonic()
            code = self._look_after(
                subprocess.Popen(self._command, start_new_session=True, preexec_fn=_end_with_the_parent)
            )
            if self._stopping:
                return 0
            if code in NOT_MENDED_BY_RESTARTING:
                return code
            if time.monotonic() - started > WELL_AFTER_S:
                pauses = backoff(longest=30.0)
            pause = next(pauses)
            log.error("worker ended", worker=self._command[-1], code=code, restarts_in=pause)
            self._sleep(pause)
            if self._stopping:
                return 0

    def _look_after(self, child: subprocess.Popen[bytes]) -> int:
        well = time.monotonic()
        patience_s = max(self._patience_s, START_S)
        while child.poll() is None:
            time.sleep(LOOK_EVERY_S)
            if self._stopping:
                return self._end(child)
            if self._is_well():
                well, patience_s = time.monotonic(), self._patience_s
            elif time.monotonic() - well > patience_s:
                log.error(
                    "worker stuck", worker=self._command[-1], seconds=round(time.monotonic() - well), pid=child.pid
                )
                os.killpg(child.pid, signal.SIGKILL)
                break
        return child.wait()

    def _is_well(self) -> bool:
        try:
            with _DIRECT.open(self._livez, timeout=2.0) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def _end(self, child: subprocess.Popen[bytes]) -> int:
        child.terminate()
        try:
            return child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            return child.wait()

    def _told(self, number: int, _: FrameType | None) -> None:
        self._stopping = True

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stopping:
            time.sleep(0.1)


def _end_with_the_parent() -> None:
    """In the child, before it begins: where the supervisor is killed, nobody looks after it, and it would hold the port against the next
    one. Linux only; elsewhere it lives on."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def supervise(stage: str, host: str, port: int, patience_s: float) -> int:
    """Runs the worker of a stage under supervision; returns the exit code."""
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    command = [sys.executable, "-m", "shared.runtime.worker", stage]
    return Supervisor(command, f"http://{here}:{port}/livez", patience_s).run()
