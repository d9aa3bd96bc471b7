"""The records of a stateful stage: a log topic that is the truth, and a file beside the worker that is read instead of it.

The file can be thrown away at any time: it is made anew from the topic. What is in the file is in the topic, in the same order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Generic

from aiokafka import AIOKafkaConsumer
from pydantic import ValidationError

from shared.adapters.kafka.log_reader import bounds, is_rewritten, read_to_end
from shared.adapters.sqlite.erase import erase_unused
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.adapters.sqlite.views import drop_views
from shared.errors import NotAvailable
from shared.stage import Rec

TOGETHER = 1_000


class AnotherWriter(NotAvailable):
    """Somebody else writes verdicts of this stage: this process was thought dead, and must be."""


class KafkaStateLog(Generic[Rec]):
    """Implements `StateLog`. `topic` is its name on the cluster; the log has one partition."""

    def __init__(
        self,
        store: Store,
        stage: str,
        record_type: type[Rec],
        topic: str,
        advanced: Callable[[], object] = lambda: None,
    ) -> None:
        """`advanced` is called again and again while many records are read, which may take minutes."""
        self.topic = topic
        self._advanced = advanced
        self._stage = stage
        self._store = store
        self._places = Topics(store)
        self._file = SqliteStateLog(store, stage, record_type)
        self._type = record_type
        self._in_use = False

    @property
    def next_offset(self) -> int:
        """Where the next record will stand, as far as we know."""
        return self._places.consumed(self._stage, self.topic)

    def get(self, id_: str) -> Rec | None:
        return self._file.get(id_)

    def group(self, group: str) -> Sequence[Rec]:
        return self._file.group(group)

    def append(self, record: Rec) -> None:
        self._file.append(record)

    def read(self, after: int = 0) -> Iterable[Rec]:
        for number, record in enumerate(self._file.read(after)):
            if number % TOGETHER == 0:
                self._advanced()
            yield record

    def pending(self) -> list[Rec]:
        """Records that were appended and are not in the topic yet."""
        return self._file.pending()

    async def catch_up(
        self, consumer: AIOKafkaConsumer, *, has_history: bool, fold: Callable[[Sequence[Rec]], object]
    ) -> int:
        """Takes over what the topic has more than the file, hands the records that are new to `fold`, and returns how many they are.

        `has_history`: the stage has committed an offset, so there were verdicts. Raises `NotAvailable` when the topic has less than it
        must have, and `Unavailable` when it cannot be read.
        """
        first, last = await bounds(consumer, self.topic)
        if first and await is_rewritten(consumer, self.topic, 0, first):
            self._begin_at(first)
        known = self.next_offset
        if last < known or (last == 0 and has_history):
            raise NotAvailable(
                f"{self.topic} ends at {last}, and verdicts were taken up to {known or 'a committed offset'}: the log of "
                f"verdicts was lost or cut; restore it from a backup, see docs/operations/backup.md"
            )
        if first > known:
            raise NotAvailable(
                f"{self.topic} begins at {first}, its records from {known} on were deleted: give it retention.ms=-1 and "
                f"restore it from a backup, see docs/operations/backup.md"
            )
        # The last record that we know is read again: were it another one, the topic would be another one.
        fresh = 0
        batch: list[Rec] = []

        async def take(next_offset: int) -> None:
            nonlocal fresh
            taken = self._take(batch, next_offset)
            batch.clear()
            fresh += len(taken)
            await asyncio.to_thread(fold, taken)
            self._advanced()

        async for raw in read_to_end(consumer, self.topic, 0, max(0, known - 1), last):
            record = self._decoded(raw.value, raw.offset)
            if raw.offset < known:
                if self._file.get(record.id) is None:
                    raise NotAvailable(
                        f"{self.topic} is not the log that {self._store.path} was made from: remove that file, or restore the log"
                    )
                continue
            batch.append(record)
            if len(batch) == TOGETHER:
                await take(raw.offset + 1)
        await take(last)
        self._in_use = True
        return fresh

    def _begin_at(self, first: int) -> None:
        """The log was written anew from this offset on, and so is the file. Raises `NotAvailable` where a view was folded from the old
        one: the process must begin anew, too."""
        begin = f"{self.topic}#begin"
        if self._places.consumed(self._stage, begin) == first:
            return
        if self._in_use:
            raise NotAvailable(f"{self.topic} was written anew while this worker had a part in it: start it again")
        drop_views(self._store)
        self._store.connection.execute("PRAGMA secure_delete=ON")
        with self._store.transaction() as transaction:
            transaction.execute("DELETE FROM state WHERE stage = ?", (self._stage,))
            self._places.commit(self._stage, self.topic, first)
            self._places.commit(self._stage, begin, first)
        erase_unused(self._store)

    def accept(self, offsets: Sequence[int]) -> None:
        """The pending records were written at these offsets. Raises `AnotherWriter` unless they follow on from the last known one."""
        expected = list(range(self.next_offset, self.next_offset + len(offsets)))
        if list(offsets) != expected:
            raise AnotherWriter(
                f"{self.topic}: records were written at {offsets[:3]}…, not at {expected[:3]}…: another writer is alive"
            )

    def flush(self) -> None:
        """Moves the pending records, which are in the topic by now, into the file. Raises `Unavailable` with nothing moved."""
        count = len(self._file.pending())
        if not count:
            return
        with self._store.transaction():
            self._file.flush()
            self._places.commit(self._stage, self.topic, self.next_offset + count)
        self._file.discard()

    def discard(self) -> None:
        self._file.discard()

    def _take(self, records: Sequence[Rec], next_offset: int) -> list[Rec]:
        # The first record of an id wins: a later one was written by somebody who did not know.
        fresh: dict[str, Rec] = {}
        for record in records:
            if record.id not in fresh and self._file.get(record.id) is None:
                fresh[record.id] = record
        for record in fresh.values():
            self._file.append(record)
        with self._store.transaction():
            self._file.flush()
            self._places.commit(self._stage, self.topic, next_offset)
        self._file.discard()
        return list(fresh.values())

    def _decoded(self, value: bytes | None, offset: int) -> Rec:
        try:
            return self._type.from_bytes(value or b"")
        except ValidationError as error:
            raise NotAvailable(
                f"{self.topic} has at {offset} what is no record of this version: {error.errors()[0]['msg']}"
            ) from error
