"""Kafka for code that does not run in an event loop: one thread with a loop of its own, one producer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from aiokafka import AIOKafkaProducer

from shared.adapters.kafka.connection import begin, new_producer
from shared.adapters.kafka.failures import explained
from shared.adapters.kafka.records import as_record
from shared.adapters.kafka.topics import wire_name
from shared.policy import Send
from shared.settings import Settings

T = TypeVar("T")


class KafkaClient:
    """Use as a context manager, from any thread."""

    def __init__(self, config: Settings) -> None:
        self.config = config
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kafka", daemon=True)
        self._thread.start()
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    def __enter__(self) -> KafkaClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Waits for the result. Raises `NotAvailable` for whatever Kafka has against it."""
        doing = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            with explained(self.config):
                return doing.result()
        except BaseException:
            doing.cancel()
            raise

    def send(self, sends: Sequence[Send], partitions: Sequence[int | None] = ()) -> list[int]:
        """Returns the offsets when all replicas have all of them, which are written in their order."""
        return self.run(self._send(sends, partitions)) if sends else []

    def close(self) -> None:
        """Whoever still waits in `run`, in another thread, is let go."""
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(15)
        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._let_go(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _send(self, sends: Sequence[Send], partitions: Sequence[int | None]) -> list[int]:
        producer = await self._started()
        futures = []
        for number, send in enumerate(sends):
            key, headers = as_record(send)
            sent = await producer.send(
                wire_name(self.config, send.topic),
                # An empty value is none: in a compacted topic it takes the key out.
                send.value or None,
                key=key,
                partition=partitions[number] if partitions else None,
                headers=headers,
            )
            # Should one fail, the others fail with it, and one line is enough for people.
            sent.add_done_callback(_seen)
            futures.append(sent)
        return [metadata.offset for metadata in await asyncio.gather(*futures)]

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = new_producer(self.config)
                await begin(self.config, producer.start, producer.stop)
                self._producer = producer
        return self._producer

    async def _stop(self) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def _let_go(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _seen(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled():
        sent.exception()
