"""What commands read, from the file of the embedded runtime."""

from __future__ import annotations

from collections.abc import Iterator

from services.fetch.feed_state import FeedState
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.policy import Delivery
from shared.ports import Snapshot
from shared.stage import Rec, StateLog

PAGE = 200


class SqliteReading:
    """Implements `Reading` over an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.index = SqliteArticleIndex(store)
        self.ledger = Ledger(store)
        self.letters = DeadLetters(store)

    def feeds(self) -> list[FeedState]:
        return Intake(self._store).feeds()

    def verdicts(self, stage: str, record_type: type[Rec]) -> StateLog[Rec]:
        return SqliteStateLog(self._store, stage, record_type)

    def snapshot(self) -> Snapshot:
        return snapshot(self._store)

    def retained(self, topic: str) -> Iterator[Delivery]:
        """In pages: others may write meanwhile."""
        topics = Topics(self._store)
        last, at = topics.next_offset(topic), 0
        while page := [each for each in topics.read(topic, at, PAGE) if each.offset < last]:
            yield from page
            at = page[-1].offset + 1

    def close(self) -> None:
        self._store.close()
