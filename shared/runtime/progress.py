"""Whether a worker gets on: what its /livez says, and what ends a process that is stuck."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from shared import metrics

log = structlog.get_logger()

STUCK = 70
"""Exit code of a worker that ended itself, EX_SOFTWARE."""


class _Reason:
    """One wait; two for the same reason are two."""

    def __init__(self, text: str) -> None:
        self.text = text


class Progress:
    """Written by the event loop and by the threads of polls, which wait, too; read by the health page and the watchdog's thread.
    Times are seconds of a clock that never goes back."""

    def __init__(self, stage: str, patience_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.stage = stage
        self._patience_s = patience_s
        self._clock = clock
        self._beat = self._last = clock()
        self._lag = 0
        self.ready = False
        self.prepared = False
        """What it must know before its first message is read."""
        self._reasons: tuple[_Reason, ...] = ()
        self._changing = threading.Lock()
        self._note()

    def beat(self) -> None:
        """The event loop runs."""
        self._beat = self._clock()

    def advanced(self) -> None:
        """A batch was finished."""
        self._last = self._clock()
        self._note()

    def lag(self, messages: int) -> None:
        """So many messages wait. None: there is nothing to do, which is as good as progress."""
        self._lag = messages
        metrics.LAG.labels(self.stage).set(messages)
        if not messages:
            self.advanced()

    @contextmanager
    def waiting(self, reason: str) -> Iterator[None]:
        """Something outside is down: the worker is well, and not ready. Several may wait at a time, each for something else."""
        mine = _Reason(reason)
        with self._changing:
            if not self._reasons:
                metrics.WAITS.labels(self.stage).inc()
            self._reasons += (mine,)
            metrics.WAITING.labels(self.stage).set(1)
        try:
            yield
        finally:
            with self._changing:
                self._reasons = tuple(each for each in self._reasons if each is not mine)
                metrics.WAITING.labels(self.stage).set(bool(self._reasons))
            self.advanced()

    @property
    def waiting_for(self) -> str | None:
        """The latest that is still down; None where nothing is."""
        reasons = self._reasons
        return reasons[-1].text if reasons else None

    def trouble(self) -> str | None:
        """Why the worker is to be restarted; None while it is well."""
        now = self._clock()
        if now - self._beat > self._patience_s:
            return f"the event loop has not run for {now - self._beat:.0f} s"
        if self._lag and self.waiting_for is None and now - self._last > self._patience_s:
            return f"no batch was finished for {now - self._last:.0f} s, and {self._lag} messages wait"
        return None

    def status(self) -> dict[str, object]:
        """For people who look at /livez."""
        return {
            "stage": self.stage,
            "trouble": self.trouble(),
            "seconds_since_progress": round(self._clock() - self._last, 1),
            "lag": self._lag,
            "ready": self.ready and self.waiting_for is None,
            "waiting_for": self.waiting_for,
        }

    def _note(self) -> None:
        metrics.LAST_PROGRESS.labels(self.stage).set(time.time())


def watch(progress: Progress, every_s: float = 5.0) -> None:
    """Starts the thread that ends the process when it is stuck: whoever started it starts it again. Nothing is half done then that
    a kill -9 would not leave half done."""

    def look() -> None:
        while True:
            time.sleep(every_s)
            if trouble := progress.trouble():
                log.critical("stuck", reason=trouble)
                os._exit(STUCK)

    threading.Thread(target=look, name="watchdog", daemon=True).start()
