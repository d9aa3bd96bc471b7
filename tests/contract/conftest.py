"""One suite per port, every adapter under it.

An adapter joins by a harness in one of the tables below: a context manager that takes an empty folder (or starts what it needs)
and yields what the suite drives. A harness hides *how* an adapter makes things durable, never *what* it promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from elasticsearch import Elasticsearch
from fixtures import running_elasticsearch

from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.elasticsearch.install import install
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.intake import Intake
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.contracts import Alert, ArticleDocument, DeadLetter, LedgerEntry
from shared.policy import Send
from shared.ports import ArticleIndex
from shared.settings import Settings
from shared.stage import Record, StateLog


class IndexHarness(Protocol):
    index: ArticleIndex

    def put(self, *documents: ArticleDocument | Alert) -> None:
        """Writes and makes readable."""
        ...


class StateHarness(Protocol):
    def log(self, stage: str, record_type: type[Any]) -> StateLog[Any]: ...

    def commit(self, log: StateLog[Any]) -> None:
        """Makes what was appended durable."""
        ...

    def abandon(self, log: StateLog[Any]) -> None:
        """Forgets what was appended and not committed."""
        ...

    def reopened(self) -> StateHarness:
        """As another process would see it."""
        ...


class LogHarness(Protocol):
    """Topics, ledger, dead letters and intake belong together: they are written in one go."""

    topics: Topics
    ledger: Ledger
    letters: DeadLetters
    intake: Intake

    def append(self, *sends: Send) -> None: ...

    def commit(self, stage: str, topic: str, next_offset: int) -> None: ...

    def end(self, *endings: LedgerEntry) -> None: ...

    def bury(self, *letters: DeadLetter) -> None: ...


class _SqliteIndex:
    def __init__(self, store: Store) -> None:
        self.index: ArticleIndex = SqliteArticleIndex(store)
        self._store = store

    def put(self, *documents: ArticleDocument | Alert) -> None:
        with self._store.transaction():
            self.index.put(documents)


class _SqliteState:
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

    def reopened(self) -> _SqliteState:
        return _SqliteState(Store(self._store.path))


class _SqliteLog:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.topics, self.ledger, self.letters = Topics(store), Ledger(store), DeadLetters(store)
        self.intake = Intake(store)

    def append(self, *sends: Send) -> None:
        with self._store.transaction():
            self.topics.append(sends)

    def commit(self, stage: str, topic: str, next_offset: int) -> None:
        with self._store.transaction():
            self.topics.commit(stage, topic, next_offset)

    def end(self, *endings: LedgerEntry) -> None:
        with self._store.transaction():
            self.ledger.end(endings)

    def bury(self, *letters: DeadLetter) -> None:
        with self._store.transaction():
            self.letters.put(letters)


def _on_sqlite(harness: Callable[[Store], Any]) -> Callable[[Path], AbstractContextManager[Any]]:
    @contextmanager
    def opened(folder: Path) -> Iterator[Any]:
        store = Store(folder / "contract.sqlite")
        try:
            yield harness(store)
        finally:
            store.close()

    return opened


class _ElasticsearchIndex:
    def __init__(self, index: ElasticsearchArticleIndex) -> None:
        self.index: ArticleIndex = index
        self.refresh = index.refresh

    def put(self, *documents: ArticleDocument | Alert) -> None:
        self.index.put(documents)
        self.refresh()


@contextmanager
def _on_elasticsearch(folder: Path) -> Iterator[Any]:
    """Setting a pipeline up takes a second: the tests share one, and each leaves it empty."""
    index, client = _elasticsearch[0]
    yield _ElasticsearchIndex(index)
    monthly = list(client.indices.get(index="contract-news-articles-*"))
    if monthly:
        # By name: a server lets nobody delete by a pattern.
        client.indices.delete(index=monthly)
    for alert in list(index.alerts()):
        index.delete_alert(alert.id)


_elasticsearch: list[tuple[ElasticsearchArticleIndex, Elasticsearch]] = []
"""The session's, once a test needed it."""


@pytest.fixture(scope="session")
def elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with running_elasticsearch(tmp_path_factory.mktemp("elasticsearch")) as server:
        settings = Settings(prefix="contract-", elasticsearch_url=server.url)
        with sync_client(settings) as client:
            install(client, settings)
            _elasticsearch.append((ElasticsearchArticleIndex(client, settings), client))
            yield
            _elasticsearch.clear()


Adapters = dict[str, Callable[[Path], AbstractContextManager[Any]]]

INDEXES: Adapters = {"sqlite": _on_sqlite(_SqliteIndex), "elasticsearch": _on_elasticsearch}
STATES: Adapters = {"sqlite": _on_sqlite(_SqliteState)}
LOGS: Adapters = {"sqlite": _on_sqlite(_SqliteLog)}


def _names(adapters: Adapters) -> Sequence[str]:
    return sorted(adapters)


@pytest.fixture(params=_names(INDEXES))
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexHarness]:
    if request.param == "elasticsearch":
        request.getfixturevalue("elasticsearch")
    with INDEXES[request.param](tmp_path) as harness:
        yield harness


@pytest.fixture(params=_names(STATES))
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StateHarness]:
    with STATES[request.param](tmp_path) as harness:
        yield harness


@pytest.fixture(params=_names(LOGS))
def logged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LogHarness]:
    with LOGS[request.param](tmp_path) as harness:
        yield harness
