"""A command that feeds a pipeline on a cluster: what it reads goes to Kafka, the workers do the rest, elsewhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.intake import KafkaIntake
from shared.adapters.kafka.lag import Backlog, LagWatch
from shared.clock import SystemClock
from shared.errors import NotAvailable
from shared.pipeline import NODES
from shared.policy import Send
from shared.ports import Clock, LedgerBook, Reading
from shared.settings import Settings

LOOK_EVERY_S = 0.25
FLOW = ("normalise", "deduplicate", "enrich", "cluster", "alert", "index")
"""In this order, so that a message that goes on while one looks is seen where it arrives: alerts go back to the index."""
assert set(FLOW) == {node.stage for node in NODES}


class KafkaSession:
    """Implements `Feeding`. The same calls as of the embedded session, from a thread or the event loop."""

    def __init__(self, config: Settings, reading: Reading, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or SystemClock()
        self.data_dir: Path = config.data_dir
        self.reading = reading
        self._client = KafkaClient(config)
        self._lag = LagWatch(config)
        self._backlog = Backlog(config, self._lag)
        self.intake = KafkaIntake(self._client, self._ended)
        self._ledger: LedgerBook | None = None
        self._stop = threading.Event()

    def __enter__(self) -> KafkaSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """The workers are processes of their own, started by somebody else."""

    def close(self) -> None:
        self._stop.set()
        with suppress(NotAvailable):
            self._client.run(self._lag.close())
        self._client.close()
        self.reading.close()

    def check(self) -> None:
        """Nothing of the pipeline is in this process that could have ended."""

    def send(self, sends: Sequence[Send]) -> None:
        """Messages of the pipeline as they are."""
        self._client.send(sends)

    def pause(self, seconds: float) -> bool:
        return self._stop.wait(seconds)

    def wake(self) -> None:
        """The workers see by themselves what is new."""

    def work(self) -> None:
        """Between two batches of a file: Kafka keeps what the workers have not come to."""

    def unread(self) -> dict[str, int]:
        """Messages that wait, by stage; only stages that something waits for."""
        return self._client.run(self._lag.unread(FLOW))

    async def room(self) -> None:
        while await asyncio.to_thread(lambda: self._client.run(self._backlog.is_full())):
            await asyncio.sleep(LOOK_EVERY_S)

    async def settled(self) -> None:
        while await asyncio.to_thread(self.unread):
            await asyncio.sleep(LOOK_EVERY_S)
        await asyncio.to_thread(self.reading.index.refresh)

    def told(self, patience_s: float) -> dict[str, str]:
        """The worker of `alert` tells, for as long as it takes."""
        return {}

    def _ended(self, ids: Sequence[str]) -> set[str]:
        """As the ledger was when it was first asked: what ends meanwhile was sent by us."""
        if self._ledger is None:
            self._ledger = self.reading.ledger
        return self._ledger.ended(ids)
