"""The embedded runtime: all the stages in one process over one SQLite file.

Per micro-batch, the outputs, the state and the consumed offset are written in ONE transaction, so every message has its effect
exactly once: a process killed at any point either has the whole batch or none of it.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from shared import metrics
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.garbage import give_memory_back
from shared.judge import Judge
from shared.pipeline import NODES, Node
from shared.policy import Delivery, Policy, Result, Send
from shared.retry import backoff
from shared.runtime.crash_points import reached
from shared.stage import Unavailable

log = structlog.get_logger()

MEASURE_EVERY_S = 15.0
PRUNE_EVERY = 200
"""Rounds with work between two prunings of the log."""


@dataclass(slots=True)
class Worker:
    """One stage at work: where it stands in the flow, who decides, what it remembers."""

    node: Node
    policy: Policy
    judge: Judge
    state: SqliteStateLog[Any] | None


class EmbeddedPipeline:
    """Moves messages through the stages. Owned by one thread; everything it writes goes through one connection."""

    def __init__(
        self,
        store: Store,
        workers: Sequence[Worker],
        *,
        batch_size: int,
        retention_hours: float,
        readers: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`readers`, as (name, topic), are those beside the stages whose messages are kept until they have read them."""
        self._readers = tuple(readers)
        self._store = store
        self._topics = Topics(store)
        self._ledger = Ledger(store)
        self._dead_letters = DeadLetters(store)
        self._index = SqliteArticleIndex(store)
        self._workers = workers
        self._batch_size = batch_size
        self._retention_hours = retention_hours
        self._rounds = 0
        # What this round wrote, so that the next stage need not decode what was an object a moment ago.
        self._at_hand: dict[tuple[str, int], Send] = {}
        for worker in workers:
            worker.judge.restore()

    def drain(self, stop: threading.Event | None = None) -> int:
        """Works until nothing waits (or `stop` is set) and returns how many messages were worked on."""
        total = 0
        while not (stop and stop.is_set()):
            worked = self.round()
            if not worked:
                break
            total += worked
        return total

    def round(self) -> int:
        """One batch for every stage, in the order of the flow, so that no topic runs ahead of its reader by much."""
        self._at_hand.clear()
        with self._store.available():
            worked = sum(self._batch(worker, topic) for worker in self._workers for topic in worker.node.reads)
        self._rounds += worked > 0
        if self._rounds >= PRUNE_EVERY:
            self._rounds = 0
            self.prune()
            give_memory_back()
        return worked

    def prune(self) -> int:
        readers: dict[str, list[str]] = defaultdict(list)
        for name, topic in (*(reader for node in NODES for reader in node.readers), *self._readers):
            readers[topic].append(name)
        return self._topics.prune(dict(readers), self._retention_hours)

    def close(self) -> None:
        """Ends what stages have started; not to be called while another thread works."""
        for worker in self._workers:
            worker.judge.close()

    def measure(self) -> None:
        """Brings the gauges up to date that no batch does."""
        with self._store.available():
            for worker in self._workers:
                if worker.state is not None:
                    metrics.STATE_RECORDS.labels(worker.node.stage).set(worker.state.count())
        metrics.DISK_FREE.set(shutil.disk_usage(self._store.path.parent).free)
        give_memory_back()

    def waiting(self, waits: bool) -> None:
        """All the stages wait for the same disk."""
        for worker in self._workers:
            metrics.WAITING.labels(worker.node.stage).set(waits)
            if waits:
                metrics.WAITS.labels(worker.node.stage).inc()

    def _batch(self, worker: Worker, topic: str) -> int:
        stage = worker.node.stage
        offset = self._topics.consumed(stage, topic)
        deliveries = [self._with_message(each) for each in self._topics.read(topic, offset, self._batch_size)]
        if not deliveries:
            metrics.LAST_PROGRESS.labels(stage).set(time.time())  # there is nothing to do, which is as good
            return 0
        try:
            results = [worker.policy.process(delivery) for delivery in deliveries]
            reached(f"{stage}:decided")
            self._commit(worker, deliveries, results)
        except BaseException:
            # The view has folded records that are not stored: it must not outlive them.
            if worker.state is not None:
                worker.state.discard()
                worker.judge.restore()
            raise
        reached(f"{stage}:committed")
        worker.policy.check()
        metrics.LAG.labels(stage).set(self._topics.lag(worker.node.readers))
        metrics.LAST_PROGRESS.labels(stage).set(time.time())
        return len(deliveries)

    def _with_message(self, delivery: Delivery) -> Delivery:
        send = self._at_hand.get((delivery.topic, delivery.offset))
        return replace(delivery, message=send.message) if send else delivery

    def _commit(self, worker: Worker, deliveries: Sequence[Delivery], results: Sequence[Result]) -> None:
        last = deliveries[-1]
        with self._store.transaction():
            written = self._topics.append([send for result in results for send in result.sends])
            reached(f"{worker.node.stage}:sent")
            if worker.state is not None:
                worker.state.flush()
            for overwrite in (False, True):
                put = [each for result in results if result.overwrite is overwrite for each in result.documents]
                self._index.put(put, overwrite=overwrite)
            self._dead_letters.put([result.dead_letter for result in results if result.dead_letter])
            self._ledger.end([ending for result in results for ending in result.endings])
            self._topics.commit(worker.node.stage, last.topic, last.offset + 1)
            reached(f"{worker.node.stage}:written")
        if worker.state is not None:
            worker.state.discard()
            worker.judge.committed()
        self._at_hand.update(written)


def run_until(
    pipeline: EmbeddedPipeline,
    stop: threading.Event,
    wake: threading.Event,
    on_error: Callable[[BaseException], None],
) -> None:
    """The pipeline thread: works whenever it is woken, waits with back-off while the disk is full, ends when `stop` is set.

    Anything else that is raised is handed to `on_error` and ends the thread: the process must end too, with nothing committed.
    """
    pauses = backoff()
    measured = -MEASURE_EVERY_S
    while not stop.is_set():
        try:
            if not pipeline.drain(stop):
                wake.wait(0.5)
                wake.clear()
            if time.monotonic() - measured > MEASURE_EVERY_S:
                measured = time.monotonic()
                pipeline.measure()
            pauses = backoff()
        except Unavailable as error:
            pause = next(pauses)
            log.warning("waiting", reason=str(error), seconds=pause)
            pipeline.waiting(True)
            stop.wait(pause)
            pipeline.waiting(False)
        except BaseException as error:
            on_error(error)
            return
