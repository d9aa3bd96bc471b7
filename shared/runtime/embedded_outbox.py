"""The outbox of the embedded pipeline: a thread with a loop and a connection of its own, so that a slow receiver holds up nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import structlog

from shared.adapters.sqlite.store import Store
from shared.runtime.outbox import Telling
from shared.runtime.showing import Showing
from shared.stage import Unavailable

log = structlog.get_logger()

Build = Callable[[Store, asyncio.Event], Sequence[Telling | Showing]]
IDLE_S = 0.5
"""How often it is looked whether there is news."""
LOOK_EVERY_S = 0.1
END_S = 5.0
"""For requests under way when it is to end; what was not answered by then is told again by the next run."""


class EmbeddedOutbox:
    """Started once, by any thread; `close` ends it."""

    def __init__(self, path: Path, build: Build, on_error: Callable[[BaseException], None]) -> None:
        """`build` makes the channels' loops over the store, in the thread. `on_error` is told what ends the thread."""
        self._path = path
        self._build = build
        self._on_error = on_error
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._loops: Sequence[Telling | Showing] = ()
        self._began = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
            self._thread.start()

    def close(self) -> None:
        if self._thread is None:
            self._loop.close()
            return
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._thread = None

    def settled(self, patience_s: float) -> dict[str, str]:
        """Waits until every channel was told what there is, at most so many seconds; returns the channels that are behind, each with why.
        Not for the thread's own loop."""
        self.start()
        until = time.monotonic() + patience_s
        while behind := self._behind():
            if time.monotonic() >= until or not self._is_alive():
                return behind
            time.sleep(LOOK_EVERY_S)
        return {}

    def _behind(self) -> dict[str, str]:
        async def ask() -> dict[str, str]:
            found = {}
            for each in self._loops:
                if count := await each.behind():
                    told = f"{count} waiting" if isinstance(each, Telling) else "not shown"
                    found[each.channel.name] = f"{told}; {each.waits_for}" if each.waits_for else told
            return found

        if not self._began.wait(END_S) or not self._is_alive():
            return {"outbox": "it does not run"}
        try:
            return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(END_S)
        except (TimeoutError, CancelledError, RuntimeError, Unavailable) as error:
            return {"outbox": str(error) or "it does not answer"}

    def _is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._work())
        except BaseException as error:
            self._on_error(error)
        finally:
            self._began.set()

    async def _work(self) -> None:
        with closing(Store(self._path, cache_mib=2)) as store:
            self._loops = self._build(store, self._stop)
            self._began.set()
            tasks: list[asyncio.Task[Any]] = [asyncio.create_task(each.run(IDLE_S)) for each in self._loops]
            stopping = asyncio.create_task(self._stop.wait())
            try:
                await asyncio.wait((stopping, *tasks), return_when=asyncio.FIRST_COMPLETED)
                # What fails is a bug of ours: it ends the process, as it would in the pipeline.
                for done in (task for task in tasks if task.done()):
                    done.result()
                await asyncio.wait(tasks, timeout=END_S)
            finally:
                for each in (stopping, *tasks):
                    each.cancel()
                await asyncio.gather(stopping, *tasks, return_exceptions=True)
