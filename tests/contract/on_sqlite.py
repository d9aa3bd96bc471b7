"""The embedded adapters: everything in one file, what belongs together in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from services.fetch.feed_state import FeedState
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.contracts import Alert, ArticleDocument, DeadLetter, LedgerEntry
from shared.policy import Delivery, Send
from shared.ports import ArticleIndex
from shared.stage import Record, StateLog


class SqliteIndex:
    def __init__(self, store: Store) -> None:
        self.index: ArticleIndex = SqliteArticleIndex(store)
        self._store = store

    def put(self, *documents: ArticleDocument | Alert) -> None:
        with self._store.transaction():
            self.index.put(documents)


class SqliteState:
    def __init__(self, store: Store) -> None:
        self._store = store

    def log(self, stage: str, record_type: type[Record]) -> SqliteStateLog[Any]:
        return SqliteStateLog(self._store, stage, record_type)

    def commit(self, log: StateLog[Any]) -> None:
        assert isinstance(log, SqliteStateLog)
        with self._store.transaction():
            log.flush()
        log.discard()

    def abandon(self, log: StateLog[Any]) -> None:
        assert isinstance(log, SqliteStateLog)
        log.discard()

    def reopened(self) -> SqliteState:
        return SqliteState(Store(self._store.path))


class SqliteTopics:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.topics = Topics(store)

    def append(self, *sends: Send) -> None:
        with self._store.transaction():
            self.topics.append(sends)

    def commit(self, stage: str, topic: str, next_offset: int) -> None:
        with self._store.transaction():
            self.topics.commit(stage, topic, next_offset)


class SqliteBooks:
    is_atomic = True

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ledger, self.letters, self.intake = Ledger(store), DeadLetters(store), Intake(store)

    def end(self, *endings: LedgerEntry) -> None:
        with self._store.transaction():
            self.ledger.end(endings)

    def bury(self, *letters: DeadLetter) -> None:
        with self._store.transaction():
            self.letters.put(letters)

    def messages(self, topic: str) -> list[Delivery]:
        return list(Topics(self._store).read(topic, 0))

    def waiting(self) -> dict[str, int]:
        return self.intake.unread_by_stage()

    def feeds(self) -> list[FeedState]:
        return self.intake.feeds()


def on_sqlite(harness: Callable[[Store], Any]) -> Callable[[Path], AbstractContextManager[Any]]:
    @contextmanager
    def opened(folder: Path) -> Iterator[Any]:
        store = Store(folder / "contract.sqlite")
        try:
            yield harness(store)
        finally:
            store.close()

    return opened
