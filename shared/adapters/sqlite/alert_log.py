"""The topic of alerts in the embedded file, as the outbox reads it. Every channel has its place in it, as every stage has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import structlog

from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.alert_board import AlertBoard, alerts_of
from shared.contracts import DeadLetter
from shared.pipeline import ALERT
from shared.policy import Delivery

log = structlog.get_logger()

TOGETHER = 50


def reader_of(channel: str) -> str:
    """The name under which a channel's place is kept."""
    return f"outbox.{channel}"


def begin(store: Store, channels: Iterable[str]) -> None:
    """A channel that is new begins at the end: what was found before it was named is no news. Raises `Unavailable`."""
    topics = Topics(store)
    with store.transaction():
        for channel in channels:
            reader, end = reader_of(channel), topics.next_offset(ALERT)
            if not topics.has_begun(reader, ALERT):
                topics.commit(reader, ALERT, end)
                continue
            place, first = topics.consumed(reader, ALERT), topics.first_offset(ALERT)
            if place < first:
                # Pruning keeps what configured channels wait for; this one was not configured meanwhile.
                log.warning(
                    "a channel missed alerts while it was not configured", channel=channel, missed=first - place
                )
                topics.commit(reader, ALERT, first)


class SqliteAlertLog:
    """Implements `AlertLog`."""

    def __init__(self, store: Store, channel: str) -> None:
        self._store = store
        self._topics = Topics(store)
        self._letters = DeadLetters(store)
        self._reader = reader_of(channel)

    async def read(self) -> Sequence[Delivery]:
        with self._store.available():
            return list(self._topics.read(ALERT, self._topics.consumed(self._reader, ALERT), TOGETHER))

    async def commit(self, delivery: Delivery, letter: DeadLetter | None) -> None:
        with self._store.transaction():
            if letter is not None:
                self._letters.put([letter])
            self._topics.commit(self._reader, ALERT, delivery.offset + 1)

    async def waiting(self) -> int:
        with self._store.available():
            return self._topics.lag([(self._reader, ALERT)])

    def in_doubt(self, delivery: Delivery) -> bool:
        """Pruning keeps what a channel was not told of."""
        return False

    def is_ours(self) -> bool:
        """The folder's lock is held: nobody else is there."""
        return True

    async def close(self) -> None:
        """The store is somebody else's."""


class SqliteBoardSource:
    """Implements `BoardSource`: the index, and then what comes after what it had."""

    def __init__(self, store: Store) -> None:
        self.board = AlertBoard()
        self._store = store
        self._topics = Topics(store)
        self._index = SqliteArticleIndex(store)
        self._next: int | None = None

    async def refresh(self) -> bool:
        with self._store.available():
            if self._next is None:
                # Asked before the index is read: what comes in between is read twice, not missed.
                start = self._topics.consumed("index", ALERT)
                changed = self.board.fold(self._index.alerts())
                self._next = start
            else:
                changed = False
            deliveries = list(self._topics.read(ALERT, self._next))
        if deliveries:
            changed |= self.board.fold(alerts_of(deliveries))
            self._next = deliveries[-1].offset + 1
        return changed

    def is_ours(self) -> bool:
        return True

    async def waiting(self) -> int:
        with self._store.available():
            return self._topics.next_offset(ALERT) - (self._next or 0)

    async def close(self) -> None:
        """The store is somebody else's."""
