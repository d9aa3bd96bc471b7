"""Builders of messages: every test names only the fields that it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fixtures import running_elasticsearch, running_kafka
from servers import Elasticsearch, Kafka

from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.elasticsearch.install import install
from shared.adapters.kafka.topics import set_up_topics
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.store import Store, database
from shared.contracts import (
    Actor,
    Alert,
    AlertActor,
    Article,
    ArticleDocument,
    Basis,
    ClusteredArticle,
    Copy,
    EnrichedArticle,
    Enrichment,
    Entry,
    Evidence,
    Mention,
    Source,
    Story,
    Window,
    article_id,
    content_id,
    entry_id,
    fingerprint,
)
from shared.demo.corpus import articles
from shared.ports import Query, ReadArticle
from shared.settings import Settings


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from sharing import Sharing

    # As they are collected, and not those with the most tests first: chaos has few, and takes longest.
    config.option.loadscopereorder = False
    return Sharing(config, log)


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

Build = Callable[..., Any]


@pytest.fixture(scope="session")
def noon() -> datetime:
    """The time that everything happens at unless a test says otherwise."""
    return NOON


@pytest.fixture(scope="session")
def make_entry() -> Build:
    def build(
        url: str = "https://paper.example/1", title: str = "A title", text: str = "Some text.", **more: Any
    ) -> Entry:
        values: dict[str, Any] = {
            "id": entry_id("ingest", url, fingerprint(title, text)),
            "origin": "ingest",
            "url": url,
            "title": title,
            "text": text,
            "published": NOON.isoformat(),
            "read_at": NOON,
        }
        return Entry(**{**values, **more})

    return build


def _source(url: str, owner: str | None) -> Source:
    domain = urlsplit(url).netloc
    return Source(name=domain, domain=domain, owner=owner or domain)


@pytest.fixture(scope="session")
def make_article() -> Build:
    def build(
        url: str = "https://paper.example/1",
        title: str = "A title",
        text: str = "Some text.",
        *,
        at: datetime = NOON,
        owner: str | None = None,
        **more: Any,
    ) -> Article:
        values: dict[str, Any] = {
            "id": article_id(url),
            "entry_id": entry_id("ingest", url, fingerprint(title, text)),
            "fingerprint": fingerprint(title, text),
            "url": url,
            "canonical_url": url,
            "source": _source(url, owner),
            "title": title,
            "text": text,
            "language": "en",
            "language_confidence": 1.0,
            "published": at,
            "first_seen": at,
        }
        return Article(**{**values, **more})

    return build


@pytest.fixture(scope="session")
def make_actor() -> Build:
    """`sentences` are where it is named; the mention's offsets are of no matter to whoever asks for the sentence."""

    def build(id_: str, sentences: Sequence[int] = (1,), **more: Any) -> Actor:
        mentions = tuple(Mention(text=id_, start=0, end=len(id_), sentence=sentence) for sentence in sentences)
        values: dict[str, Any] = {
            "id": id_,
            "name": id_.title(),
            "type": "person",
            "confidence": 0.9,
            "mentions": mentions,
        }
        return Actor(**{**values, **more})

    return build


@pytest.fixture(scope="session")
def make_clustered(make_article: Build, make_actor: Build) -> Build:
    """`actors` are ids, all named in one sentence, or actors. `story` and `event` name these; by default they are the article's own."""

    def build(
        url: str = "https://paper.example/1",
        actors: Sequence[str | Actor] = (),
        *,
        story: str | None = None,
        event: str | None = None,
        copy: Copy | None = None,
        sentences: Sequence[tuple[int, int]] | None = None,
        **more: Any,
    ) -> ClusteredArticle:
        article = make_article(url, **more)
        found = tuple(make_actor(actor) if isinstance(actor, str) else actor for actor in actors)
        spans = sentences or ((0, len(article.title)), (len(article.title) + 1, len(article.body)))
        return ClusteredArticle(
            article=article,
            copy_=copy or Copy(),
            enrichment=Enrichment(actors=found, sentences=tuple(spans)),
            story=Story(
                id=story or content_id("story", article.id), event_id=event or story or content_id("event", article.id)
            ),
        )

    return build


@pytest.fixture(scope="session")
def make_enriched(make_clustered: Build) -> Build:
    def build(*arguments: Any, **more: Any) -> EnrichedArticle:
        whole = make_clustered(*arguments, **more)
        return EnrichedArticle(article=whole.article, copy_=whole.copy_, enrichment=whole.enrichment)

    return build


@pytest.fixture(scope="session")
def make_document(make_clustered: Build) -> Build:
    """An indexed article; `revision`, `copy_of` and `copy_kind` as `deduplicate` would say."""

    def build(
        url: str = "https://paper.example/1",
        actors: Sequence[str | Actor] = (),
        *,
        revision: int = 1,
        copy_of: str | None = None,
        copy_kind: str | None = None,
        **more: Any,
    ) -> ArticleDocument:
        from services.index.stage import Index

        copy = Copy.model_validate({"revision": revision, "copy_of": copy_of, "copy_kind": copy_kind})
        return Index().decide(make_clustered(url, actors, copy=copy, **more))[0].document  # type: ignore[union-attr,return-value]

    return build


@pytest.fixture(scope="session")
def make_alert() -> Build:
    def build(id_: str = "alert", version: int = 1, *, end: datetime = NOON, **more: Any) -> Alert:
        evidence = Evidence(
            article_id="article",
            url="https://paper.example/1",
            title="A title",
            source="Paper",
            owner="paper.example",
            language="en",
            published=end,
            snippet="A and B met.",
            same_sentence=True,
        )
        values: dict[str, Any] = {
            "id": id_,
            "version": version,
            "rule": "new-pair",
            "alert_class": "NEVER",
            "tier": "CONFIRMED",
            "actors": (AlertActor(id="a", name="A"), AlertActor(id="b", name="B")),
            "score": 3.5,
            "observed": 2,
            "expected": 0.01,
            "stories": 2,
            "owners": ("one", "two"),
            "languages": ("en",),
            "window": Window(start=end - timedelta(hours=2), end=end),
            "horizon_days": 30,
            "evidence": (evidence,),
            "basis": Basis(
                window_hours=24, first_stories=1, second_stories=2, all_stories=200, past=0, dispersion=4, tested=1
            ),
        }
        return Alert(**{**values, **more})

    return build


Dump = Callable[[Path], dict[str, list[Any]]]


@pytest.fixture(scope="session")
def dump() -> Dump:
    """Everything that a data folder says, without the times at which it was worked on: two runs must agree on it."""

    def read(data_dir: Path) -> dict[str, list[Any]]:
        store = Store(database(data_dir), read_only=True)
        index = SqliteArticleIndex(store)
        states = {
            stage: [body for (body,) in store.connection.execute(_STATE, (stage,))]
            for stage in ("deduplicate", "alert")
        }
        try:
            return {
                "articles": sorted(repr(article) for article in index.search(Query())),
                "texts": sorted(map(_text, index.search(Query()))),
                "pairs": [repr(pair) for pair in index.pairs()],
                "actors": [repr(count) for count in index.actors()],
                "alerts": [alert.model_dump_json() for alert in index.alerts()],
                "ledger": sorted(map(repr, Ledger(store).rows())),
                "dead letters": sorted(
                    (letter.id, letter.stage, letter.code, letter.error, letter.key, letter.value)
                    for letter in DeadLetters(store).waiting()
                ),
                **states,
            }
        finally:
            store.close()

    return read


def _text(article: ReadArticle) -> str:
    """Of an article what is decided before the gazetteer is asked."""
    document = article.document
    parts = (document.id, document.revision, document.copy_of, document.copy_kind, document.canonical_url)
    return repr((*parts, document.language, document.published, document.title, document.text))


_STATE = "SELECT body FROM state WHERE stage = ? ORDER BY seq"


@pytest.fixture(scope="session")
def newest_rows() -> Callable[[int], bytes]:
    """The last articles of the demo's archive as JSON lines: copies, revisions and a burst of one pair are among them."""

    def rows(count: int) -> bytes:
        return b"".join(article.row + b"\n" for article in articles()[-count:])

    return rows


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """A real broker, one for all tests: each takes topics of its own, by the prefix."""
    with running_kafka(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture(scope="session")
def elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elasticsearch]:
    """A real cluster of one node, one for all tests."""
    with running_elasticsearch(tmp_path_factory.mktemp("elasticsearch")) as server:
        yield server


@pytest.fixture
def new_cluster(kafka: Kafka, elasticsearch: Elasticsearch, tmp_path: Path) -> Callable[..., Settings]:
    """Makes the settings of a pipeline that nobody else uses, with its topics and templates set up."""
    made: list[str] = []

    def make(**more: Any) -> Settings:
        prefix = f"t{content_id(str(tmp_path), str(len(made)))[:10]}-"
        made.append(prefix)
        folder = tmp_path / prefix / "data"
        folder.mkdir(parents=True)
        values = {
            "runtime": "kafka",
            "prefix": prefix,
            "kafka_bootstrap": kafka.bootstrap,
            "elasticsearch_url": elasticsearch.url,
            "data_dir": folder,
        }
        config = Settings(**{**values, **more})
        asyncio.run(set_up_topics(config))
        install(sync_client(config), config)
        return config

    return make


@pytest.fixture
def cluster(new_cluster: Callable[..., Settings]) -> Settings:
    return new_cluster()
