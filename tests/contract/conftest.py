"""One suite per port, every adapter under it.

An adapter joins by a harness in one of the tables below: a context manager that takes an empty folder and yields what the suite
drives. A harness hides *how* an adapter makes things durable, never *what* it promises. Where two adapters promise different
things, the harness has an attribute that says so, and the suite a test for each promise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
from contract.embedded_runtime import EmbeddedRuntime
from contract.kafka_runtime import KafkaRuntime
from contract.on_kafka import kafka_books, kafka_state, settings_of
from contract.on_sqlite import SqliteBooks, SqliteIndex, SqliteState, SqliteTopics, on_sqlite
from contract.runtimes import Runtime
from eager import EAGER
from elasticsearch import Elasticsearch as Client
from servers import Elasticsearch, Kafka

from services.fetch.feed_state import FeedState
from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.elasticsearch.install import install
from shared.adapters.kafka.topics import set_up_topics
from shared.adapters.sqlite.topics import Topics
from shared.contracts import Alert, ArticleDocument, DeadLetter, LedgerEntry
from shared.deciding import judgement_of, message_of, mute_of
from shared.pipeline import TOPICS as TOPIC_LIST
from shared.policy import Delivery, Send
from shared.ports import ArticleIndex, LedgerBook, LetterBox
from shared.runtime.feeding import Intake
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings
from shared.stage import StateLog

Opened = Callable[[Path], AbstractContextManager[Any]]


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


class TopicsHarness(Protocol):
    topics: Topics

    def append(self, *sends: Send) -> None: ...

    def commit(self, stage: str, topic: str, next_offset: int) -> None: ...


class BooksHarness(Protocol):
    """Ledger, dead letters and intake, which belong together. `is_atomic`: what is taken is written in one transaction."""

    is_atomic: bool

    @property
    def ledger(self) -> LedgerBook: ...

    @property
    def letters(self) -> LetterBox: ...

    @property
    def intake(self) -> Intake: ...

    def end(self, *endings: LedgerEntry) -> None: ...

    def bury(self, *letters: DeadLetter) -> None: ...

    def messages(self, topic: str) -> list[Delivery]: ...

    def waiting(self) -> dict[str, int]:
        """Messages that wait, by stage."""
        ...

    def feeds(self) -> list[FeedState]:
        """Of every feed that was polled, by URL."""
        ...


class _ElasticsearchIndex:
    def __init__(self, index: ElasticsearchArticleIndex) -> None:
        self.index: ArticleIndex = index
        self.refresh = index.refresh

    def put(self, *documents: ArticleDocument | Alert) -> None:
        self.index.put(documents)
        self.refresh()


@pytest.fixture(scope="session")
def pipeline_index(elasticsearch: Elasticsearch) -> Iterator[tuple[Settings, Client]]:
    """Setting a pipeline up takes a second: the tests share one, and each leaves it empty."""
    settings = Settings(prefix=f"contract{uuid4().hex[:6]}-", elasticsearch_url=elasticsearch.url)
    with sync_client(settings) as client:
        install(client, settings)
        yield settings, client


def _on_elasticsearch(settings: Settings, client: Client) -> Opened:
    @contextmanager
    def opened(_: Path) -> Iterator[Any]:
        index = ElasticsearchArticleIndex(client, settings)
        try:
            yield _ElasticsearchIndex(index)
        finally:
            empty(client, settings, index)

    return opened


def empty(client: Client, settings: Settings, index: ElasticsearchArticleIndex) -> None:
    """Takes out what a test wrote."""
    monthly = list(client.indices.get(index=f"{settings.prefix}news-articles-*"))
    if monthly:
        # By name: a server lets nobody delete by a pattern.
        client.indices.delete(index=monthly)
    index.refresh()
    for alert in list(index.alerts()):
        index.delete_alert(alert.id)


Table = dict[str, Callable[[pytest.FixtureRequest], Opened]]


def _bootstrap(request: pytest.FixtureRequest) -> str:
    server: Kafka = request.getfixturevalue("kafka")
    return server.bootstrap


INDEXES: Table = {
    "elasticsearch": lambda request: _on_elasticsearch(*request.getfixturevalue("pipeline_index")),
    "sqlite": lambda _: on_sqlite(SqliteIndex),
}
STATES: Table = {
    "kafka": lambda request: kafka_state(_bootstrap(request), same_file=False),
    "kafka, same file": lambda request: kafka_state(_bootstrap(request), same_file=True),
    "sqlite": lambda _: on_sqlite(SqliteState),
}
BOOKS: Table = {
    "kafka": lambda request: kafka_books(_bootstrap(request)),
    "sqlite": lambda _: on_sqlite(SqliteBooks),
}
TOPICS: Table = {"sqlite": lambda _: on_sqlite(SqliteTopics)}
"""Of Kafka only the broker itself has this part."""


@pytest.fixture(params=INDEXES)
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[IndexHarness]:
    with INDEXES[request.param](request)(tmp_path) as harness:
        yield harness


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StateHarness]:
    with STATES[request.param](request)(tmp_path) as harness:
        yield harness


@pytest.fixture(params=BOOKS)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BooksHarness]:
    with BOOKS[request.param](request)(tmp_path) as harness:
        yield harness


@pytest.fixture(params=TOPICS)
def logged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TopicsHarness]:
    with TOPICS[request.param](request)(tmp_path) as harness:
        yield harness


@pytest.fixture(autouse=True)
def kept_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that whoever starts again here starts from a view that was kept, and folds the rest."""
    monkeypatch.setattr("shared.judge.KEEP_EVERY", 20)


@pytest.fixture
def embedded_runtime(tmp_path: Path) -> Iterator[EmbeddedRuntime]:
    folder = tmp_path / "embedded"
    with closing(EmbeddedRuntime(Settings(data_dir=folder, batch_size=25, **EAGER))) as made:
        yield made


@pytest.fixture
def new_kafka_runtime(
    kafka: Kafka, pipeline_index: tuple[Settings, Client], tmp_path: Path
) -> Iterator[Callable[..., KafkaRuntime]]:
    """Makes runtimes on topics of their own; their documents go into one index, which is emptied at the end."""
    made: list[KafkaRuntime] = []

    def make(**more: Any) -> KafkaRuntime:
        folder = tmp_path / f"kafka{len(made)}"
        folder.mkdir()
        config = settings_of(kafka.bootstrap, folder, **{"batch_size": 25, **EAGER, **more})
        asyncio.run(set_up_topics(config))
        made.append(KafkaRuntime(config, *pipeline_index))
        return made[-1]

    try:
        yield make
    finally:
        for runtime in made:
            runtime.close()
        settings, client = pipeline_index
        empty(client, settings, ElasticsearchArticleIndex(client, settings))


@pytest.fixture
def kafka_runtime(new_kafka_runtime: Callable[..., KafkaRuntime]) -> KafkaRuntime:
    return new_kafka_runtime()


@pytest.fixture(params=["embedded", "kafka"])
def runtime(request: pytest.FixtureRequest) -> Runtime:
    return request.getfixturevalue(f"{request.param}_runtime")  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def flow(
    tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]
) -> Callable[[str, int | None], list[Send]]:
    """What a topic gets when the demo's newest articles pass through the pipeline (copies, revisions and a new pair are among them, and
    somebody judges what that led to)."""
    folder = tmp_path_factory.mktemp("flow")
    archive = folder / "archive.jsonl"
    archive.write_bytes(newest_rows(120))
    with Session(folder, config=Settings(**EAGER)) as session:
        ingest_files(session, [str(archive)], "auto")
        now = session.clock.now()
        for alert in list(session.reading.index.alerts()):
            session.send(
                [
                    message_of(mute_of(alert, now + timedelta(days=1), now)),
                    message_of(judgement_of(alert, "noise", now)),
                ]
            )
        session.work()
        seen = {
            topic.name: [Send(topic.name, each.key, dict(each.headers), each.value) for each in read]
            for topic in TOPIC_LIST
            if (read := list(Topics(session.store).read(topic.name, 0)))
        }

    def of(topic: str, count: int | None = None) -> list[Send]:
        assert len(seen[topic]) > 1, topic
        return seen[topic][:count]

    return of
