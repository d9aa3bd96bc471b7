"""One run of the embedded pipeline: the folder's lock, the pipeline's thread, and what feeds it.

Parsing, extraction and enrichment never block fetching: feeds are parsed in worker processes, the stages run in a thread of
their own with a connection of their own, and the event loop only moves bytes.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.reading import SqliteReading
from shared.adapters.sqlite.store import Store, database, take_lock
from shared.bootstrap import embedded_outbox, embedded_pipeline
from shared.clock import SystemClock
from shared.garbage import collect_rarely, keep_memory_together
from shared.policy import Send
from shared.ports import Clock
from shared.runtime.embedded import EmbeddedPipeline, run_until
from shared.settings import Settings, settings
from shared.stage import Unavailable

SMALL_CACHE_MIB = 8
"""For the connections that only hand over and look: the pipeline's is the one that works."""
LOOK_EVERY_S = 0.05
"""How often it is looked whether the pipeline has caught up; in between there is room if there was."""


class Session:
    """Use as `with Session(data_dir) as session`. Each of its three connections is used by one thread at a time."""

    def __init__(self, data_dir: Path, *, clock: Clock | None = None, config: Settings | None = None) -> None:
        """Raises `NotAvailable` when another process works in the folder."""
        self.config = config or settings()
        self.clock = clock or SystemClock()
        self.data_dir = data_dir
        self._lock = take_lock(data_dir)
        self.store = Store(database(data_dir), cache_mib=SMALL_CACHE_MIB)
        # Written to by threads that the event loop borrows, while the loop itself reads through `store`.
        self._intake_store = Store(database(data_dir), cache_mib=SMALL_CACHE_MIB)
        self.intake = Intake(self._intake_store)
        self.reading = SqliteReading(self.store)
        self._queue = Intake(self.store)
        self._pipeline_store = Store(database(data_dir))
        self.pipeline: EmbeddedPipeline = embedded_pipeline(self._pipeline_store, self.clock, self.config)
        # Before the pipeline works: what it finds from now on is told.
        self._outbox = embedded_outbox(self.store, self.clock, self.config, self._failed)
        self._collect_as_before = collect_rarely()
        keep_memory_together()
        self._looking = asyncio.Lock()
        self._looked = -LOOK_EVERY_S
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Starts the pipeline's thread, and the outbox's."""
        self._thread = threading.Thread(
            target=run_until, args=(self.pipeline, self._stop, self._wake, self._failed), name="pipeline", daemon=True
        )
        self._thread.start()
        if self._outbox is not None:
            self._outbox.start()

    def close(self) -> None:
        """Ends after the batch at hand: nothing is half done, the rest waits for the next run."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        if self._outbox is not None:
            self._outbox.close()
        # A short run never works long enough to prune on the way.
        with suppress(Unavailable):
            self.pipeline.prune()
        self.pipeline.close()
        self._collect_as_before()
        self.store.close()
        self._intake_store.close()
        self._pipeline_store.close()
        self._lock.close()

    def check(self) -> None:
        """Raises what ended the pipeline's thread, if anything did."""
        if self._failure is not None:
            raise self._failure

    def send(self, sends: Sequence[Send]) -> None:
        """Messages of the pipeline as they are."""
        self.intake.send(sends)

    def pause(self, seconds: float) -> bool:
        """Waits, in a thread that is not the event loop's; True when the session ended meanwhile."""
        return self._stop.wait(seconds)

    def wake(self) -> None:
        self._wake.set()

    def work(self) -> None:
        """Works in the caller's thread until nothing waits; not to be mixed with `start`."""
        self.pipeline.drain()

    def unread(self) -> dict[str, int]:
        """Messages that wait, by stage; only stages that something waits for."""
        return self._queue.unread_by_stage()

    async def room(self) -> None:
        """Back-pressure: waits until the pipeline has caught up."""
        # One looks for all: a thousand hosts that wait would else ask twenty thousand times a second.
        async with self._looking:
            while time.monotonic() >= self._looked + LOOK_EVERY_S:
                if self.backlog() < self.config.backlog_limit:
                    self._looked = time.monotonic()
                    return
                self.check()
                self.wake()
                await asyncio.sleep(LOOK_EVERY_S)

    def backlog(self) -> int:
        """Entries that wait for the first stage, as this thread's connection sees it."""
        return self._queue.backlog()

    async def settled(self) -> None:
        """Waits until every stage has consumed everything."""
        while self._queue.unread():
            self.check()
            self.wake()
            await asyncio.sleep(0.02)
        self.check()

    def told(self, patience_s: float) -> dict[str, str]:
        behind = self._outbox.settled(patience_s) if self._outbox is not None else {}
        self.check()
        return behind

    def _failed(self, error: BaseException) -> None:
        self._failure = error
