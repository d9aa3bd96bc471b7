"""The ledger, the dead letters and the verdicts as a file, folded from their topics: what commands read on a cluster.

The file can be thrown away at any time. Each command first reads on from where the last one was, so it is quick from the second time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from pydantic import ValidationError

from shared.adapters.kafka.connection import admin
from shared.adapters.kafka.intake import REPLAYED
from shared.adapters.kafka.log_reader import REWRITTEN, bounds, is_rewritten, read_to_end
from shared.adapters.kafka.records import headers_of, key_of
from shared.adapters.kafka.topics import missing, partitions_of, wire_name
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.contracts import LedgerEntry
from shared.pipeline import LEDGER, STAGES, dead_letter_topic, state_topic
from shared.settings import Settings
from shared.stage import Record
from shared.wire import dead_letter_of

log = structlog.get_logger()

TOGETHER = 2_000
READER = "mirror"


def mirror_file(config: Settings) -> Path:
    """One per cluster and prefix."""
    where = hashlib.sha256(f"{config.kafka_bootstrap} {config.prefix}".encode()).hexdigest()[:12]
    return config.data_dir / "kafka" / f"mirror-{where}.sqlite"


class MirrorOutdated(Exception):
    """The topics are others than those that the mirror was folded from."""


class Mirror:
    """Folds topics into a store. Two commands may do so at the same time: folding something twice changes nothing."""

    def __init__(self, store: Store, config: Settings) -> None:
        self.store = store
        self.ledger = Ledger(store)
        self.letters = DeadLetters(store)
        self._config = config
        self._places = Topics(store)

    async def read_ledger(self, consumer: AIOKafkaConsumer) -> None:
        await self._read(consumer, [LEDGER], self._fold_ledger)

    async def read_letters(self, consumer: AIOKafkaConsumer) -> None:
        await self._read(consumer, [dead_letter_topic(stage) for stage in STAGES], self._fold_letters)

    async def read_verdicts(self, consumer: AIOKafkaConsumer, stage: str, record_type: type[Record]) -> None:
        log_ = SqliteStateLog(self.store, stage, record_type)

        def fold(records: Sequence[Any]) -> None:
            for record in records:
                log_.append(record_type.from_bytes(record.value))
            log_.flush()
            log_.discard()

        await self._read(consumer, [state_topic(stage)], fold)

    async def _read(
        self, consumer: AIOKafkaConsumer, topics: Sequence[str], fold: Callable[[Sequence[Any]], None]
    ) -> None:
        names = [wire_name(self._config, topic) for topic in topics]
        async with admin(self._config) as client:
            partitions = await partitions_of(client, names)
        for name in names:
            if name not in partitions:
                raise missing(self._config, name)
            await self._read_topic(consumer, name, partitions[name], fold)

    async def _read_topic(
        self, consumer: AIOKafkaConsumer, name: str, partitions: Sequence[int], fold: Callable[[Sequence[Any]], None]
    ) -> None:
        for partition in partitions:
            place = f"{name}/{partition}"
            known = self._places.consumed(READER, place)
            first, last = await bounds(consumer, name, partition)
            if last < known:
                raise MirrorOutdated(f"{name} was made anew since it was read")
            await self._check_begin(consumer, name, partition, first, known)
            batch: list[Any] = []
            async for record in read_to_end(consumer, name, partition, known):
                batch.append(record)
                if len(batch) == TOGETHER:
                    self._fold(place, fold, batch)
                    batch = []
            self._fold(place, fold, batch)

    async def _check_begin(self, consumer: AIOKafkaConsumer, name: str, partition: int, first: int, known: int) -> None:
        """Raises `MirrorOutdated` where a log was written anew since: what is not in it any more must not be in the mirror."""
        begin = f"{name}/{partition}#begin"
        if not first or self._places.consumed(READER, begin) == first:
            return
        if await is_rewritten(consumer, name, partition, first):
            if known:
                raise MirrorOutdated(f"{name} was written anew since it was read")
            with self.store.transaction():
                self._places.commit(READER, begin, first)

    def _fold(self, place: str, fold: Callable[[Sequence[Any]], None], batch: Sequence[Any]) -> None:
        if batch:
            with self.store.transaction():
                fold(batch)
                self._places.commit(READER, place, batch[-1].offset + 1)

    def _fold_ledger(self, records: Sequence[Any]) -> None:
        for record in records:
            if record.value is None:
                self.ledger.forget(key_of(record.key))
                continue
            try:
                entry = LedgerEntry.from_bytes(record.value)
            except ValidationError as error:
                log.warning("no ledger entry", offset=record.offset, reason=str(error))
                continue
            if entry.is_opening:
                self.ledger.note(entry)
            else:
                self.ledger.end([entry])

    def _fold_letters(self, records: Sequence[Any]) -> None:
        for record in records:
            headers = headers_of(record)
            if REWRITTEN in headers and "dlq_id" not in headers:
                continue  # all that a log has whose letters were all forgotten
            if REPLAYED in headers:
                self.letters.mark_replayed([headers.get("dlq_id", "")])
                continue
            try:
                self.letters.put([dead_letter_of(key_of(record.key), headers, record.value or b"")])
            except (KeyError, ValueError) as error:
                log.warning("no dead letter", topic=record.topic, offset=record.offset, reason=str(error))
