"""What commands read, from the file of the embedded runtime."""

from __future__ import annotations

from services.fetch.feed_state import FeedState
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.ports import Snapshot
from shared.stage import Rec, StateLog


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

    def close(self) -> None:
        self._store.close()
