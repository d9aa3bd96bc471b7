"""The topic of alerts on Kafka, as the outbox reads it: each channel is a consumer group, so that of several workers one tells it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from shared.adapters.kafka.connection import REQUEST_TIMEOUT_S, begin, client_options
from shared.adapters.kafka.records import headers_of, key_of
from shared.adapters.kafka.topics import group_name, wire_name
from shared.alert_board import AlertBoard, alerts_of
from shared.contracts import DeadLetter
from shared.errors import NotAvailable
from shared.pipeline import ALERT
from shared.policy import Delivery
from shared.settings import Settings
from shared.stage import Unavailable

log = structlog.get_logger()

LOOK_MS = 300
TOGETHER = 500
FOR_EVER_MS = 2**31 - 1
Answer = TypeVar("Answer")
Bury = Callable[[DeadLetter], Awaitable[None]]


def channel_group(config: Settings, channel: str) -> str:
    return group_name(config, f"alert-outbox-{channel}")


async def begin_channels(config: Settings, channels: Iterable[str]) -> None:
    """A channel that is new begins at the end: what was found before it was named is no news. Raises `NotAvailable`."""
    place = _place(config)
    for channel in channels:
        consumer = _new_consumer(config, channel)
        await begin(config, consumer.start, consumer.stop)
        try:
            consumer.assign([place])
            if await consumer.committed(place) is None:
                await consumer.commit({place: (await consumer.end_offsets([place]))[place]})
        except KafkaError as error:
            raise NotAvailable(f"the channel {channel} cannot begin: {error}") from error
        finally:
            await consumer.stop()


class _Member(ConsumerRebalanceListener):  # type: ignore[misc]
    """This process in a channel's group. Joins when first asked, and anew after an error."""

    def __init__(self, config: Settings, channel: str) -> None:
        self._config = config
        self._channel = channel
        self._consumer: AIOKafkaConsumer | None = None
        self.generation = 0
        """Rises with every assignment and revocation: what was read under another one is not ours any more."""
        self.has_it = False

    async def consumer(self) -> AIOKafkaConsumer:
        """Raises `Unavailable`."""
        if self._consumer is None:
            consumer = _new_consumer(self._config, self._channel)
            try:
                await begin(self._config, consumer.start, consumer.stop)
            except NotAvailable as error:
                raise Unavailable(str(error)) from error
            consumer.subscribe([wire_name(self._config, ALERT)], listener=self)
            self._consumer = consumer
        return self._consumer

    async def leave(self) -> None:
        consumer, self._consumer = self._consumer, None
        self.has_it = False
        self.generation += 1
        if consumer is not None:
            with suppress(Exception):
                await consumer.stop()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self.has_it = False
        self.generation += 1

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self.has_it = bool(list(assigned))
        self.generation += 1


class KafkaAlertLog:
    """Implements `AlertLog`. `bury` writes a dead letter, and returns when it is stored."""

    def __init__(self, config: Settings, channel: str, bury: Bury) -> None:
        self._config = config
        self._channel = channel
        self._place = _place(config)
        self._member = _Member(config, channel)
        self._bury = bury
        self._begun = False
        self._unread: list[Delivery] = []
        self._generation = -1
        self._next: int | None = None
        self._doubtful_until = 0

    async def read(self) -> Sequence[Delivery]:
        """The same again until it is committed: the consumer goes on, we do not."""
        return await self._asked(self._read)

    async def commit(self, delivery: Delivery, letter: DeadLetter | None) -> None:
        if letter is not None:
            # Before the place moves on: killed in between, it is buried twice under one id.
            await self._bury(letter)
        await self._asked(partial(self._commit, delivery.offset + 1))

    async def waiting(self) -> int:
        """At most: what was compacted away counts."""
        return await self._asked(self._waiting)

    def in_doubt(self, delivery: Delivery) -> bool:
        return delivery.offset < self._doubtful_until

    def is_ours(self) -> bool:
        return self._member.has_it and self._member.generation == self._generation

    async def close(self) -> None:
        await self._member.leave()

    async def _read(self) -> Sequence[Delivery]:
        if not self._begun:
            try:
                await begin_channels(self._config, [self._channel])
            except NotAvailable as error:
                raise Unavailable(str(error)) from error
            self._begun = True
        consumer = await self._member.consumer()
        if self._generation != self._member.generation:
            self._unread, self._next, self._generation = [], None, self._member.generation
            if self._member.has_it:
                # What came with the assignment itself was left lying. Not by `seek_to_committed`, which does nothing where that is 0.
                consumer.seek(self._place, await consumer.committed(self._place) or 0)
        if len(self._unread) < TOGETHER:
            # Later ones too, where some wait: who cannot be told the first may be told another.
            wait = 0 if self._unread else LOOK_MS
            records = (await consumer.getmany(timeout_ms=wait, max_records=TOGETHER)).get(self._place, [])
            if not self.is_ours():
                return []
            if records:
                await self._look_for_gaps(consumer, records)
            self._unread += [_delivery_of(record) for record in records]
        return list(self._unread)

    async def _look_for_gaps(self, consumer: AIOKafkaConsumer, records: Sequence[Any]) -> None:
        """Compaction takes out old versions of an alert, told or not; the next one may then say less than what has changed."""
        if self._next is None:
            self._next = await consumer.committed(self._place)
        for record in records:
            if self._next is not None and record.offset != self._next:
                self._doubtful_until = (await consumer.end_offsets([self._place]))[self._place]
            self._next = record.offset + 1

    async def _commit(self, next_offset: int) -> None:
        consumer = await self._member.consumer()
        await consumer.commit({self._place: next_offset})
        self._unread = [each for each in self._unread if each.offset >= next_offset]

    async def _waiting(self) -> int:
        consumer = await self._member.consumer()
        if not self.is_ours():
            return 0
        end = (await consumer.end_offsets([self._place]))[self._place]
        place = self._unread[0].offset if self._unread else await consumer.position(self._place)
        return max(0, int(end) - int(place))

    async def _asked(self, question: Callable[[], Awaitable[Answer]]) -> Answer:
        return await _asked(self._member, question)


class KafkaBoardSource:
    """Implements `BoardSource`: the whole topic from its beginning, whenever the channel becomes ours, and then what comes."""

    def __init__(self, config: Settings, channel: str) -> None:
        self.board = AlertBoard()
        self._place = _place(config)
        self._member = _Member(config, channel)
        self._generation = -1
        self._is_caught_up = False

    async def refresh(self) -> bool:
        return await _asked(self._member, self._refresh)

    def is_ours(self) -> bool:
        return self._member.has_it and self._member.generation == self._generation and self._is_caught_up

    async def waiting(self) -> int:
        return int(not self._is_caught_up)

    async def close(self) -> None:
        await self._member.leave()

    async def _refresh(self) -> bool:
        consumer = await self._member.consumer()
        if not self._member.has_it:
            # Asked for all the same: the group is joined and kept by asking.
            await consumer.getmany(timeout_ms=LOOK_MS)
            return False
        changed = False
        if self._generation != self._member.generation:
            self._generation, self._is_caught_up = self._member.generation, False
            self.board.clear()
            await consumer.seek_to_beginning(self._place)
            changed = True
        end = (await consumer.end_offsets([self._place]))[self._place]
        while self._generation == self._member.generation and await consumer.position(self._place) < end:
            records = (await consumer.getmany(timeout_ms=LOOK_MS, max_records=TOGETHER)).get(self._place, [])
            changed |= self.board.fold(alerts_of(map(_delivery_of, records)))
        self._is_caught_up = self._generation == self._member.generation
        return changed


async def _asked(member: _Member, question: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        return await question()
    except (KafkaError, OSError) as error:
        # As another member: where the group stands is asked anew, and what was not committed is read again.
        await member.leave()
        raise Unavailable(f"Kafka: {error}") from error


def _place(config: Settings) -> TopicPartition:
    return TopicPartition(wire_name(config, ALERT), 0)


def _new_consumer(config: Settings, channel: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **client_options(config),
        group_id=channel_group(config, channel),
        enable_auto_commit=False,
        # Of a place that retention or a restored broker took away; a group without a place is given one before.
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=3_000,
        # A receiver may be down for days, and the message at hand waits for it.
        max_poll_interval_ms=FOR_EVER_MS,
        request_timeout_ms=int(REQUEST_TIMEOUT_S * 1000),
    )


def _delivery_of(record: Any) -> Delivery:
    return Delivery(ALERT, record.partition, record.offset, key_of(record.key), headers_of(record), record.value or b"")
