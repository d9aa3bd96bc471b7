"""Setting a real Elasticsearch up, whatever is there already; and the demo's articles, which it must count as SQLite does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch
from fixtures import running_elasticsearch
from servers import Elasticsearch as Server

from services.index.stage import Index
from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.client import check_version, sync_client
from shared.adapters.elasticsearch.indexes import Names
from shared.adapters.elasticsearch.install import check_installed, count_articles, install, plan
from shared.adapters.elasticsearch.templates import templates
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.contracts import Alert, ArticleDocument, ClusteredArticle
from shared.errors import Misuse, NotAvailable
from shared.ports import Query
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings
from shared.stage import Put

Build = Callable[..., Any]


@dataclass
class Cluster:
    settings: Settings
    client: Elasticsearch

    @property
    def names(self) -> Names:
        return Names(self.settings.prefix)

    def state(self) -> dict[str, Any]:
        """All that setting up could change."""
        pattern = f"{self.settings.prefix}*"
        indices = self.client.indices
        return {
            "templates": self.client.options(ignore_status=404).indices.get_index_template(name=pattern).body,
            "indexes": indices.get(index=pattern).body,
        }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_elasticsearch(tmp_path_factory.mktemp("elasticsearch")) as running:
        yield running


@pytest.fixture
def cluster(server: Server) -> Iterator[Cluster]:
    settings = Settings(prefix=f"t{uuid4().hex[:8]}-", elasticsearch_url=server.url)
    with sync_client(settings) as client:
        yield Cluster(settings, client)
        if found := list(client.indices.get(index=f"{settings.prefix}*")):
            client.indices.delete(index=found)
        client.options(ignore_status=404).indices.delete_index_template(name=f"{settings.prefix}*")


def test_a_dry_run_changes_nothing_and_says_what_would_be_done(cluster: Cluster) -> None:
    before = cluster.state()
    would = install(cluster.client, cluster.settings, dry_run=True)
    assert cluster.state() == before
    prefix = cluster.settings.prefix
    assert [step.what for step in would.steps] == [
        f"create the index template {prefix}news-articles",
        f"create the index template {prefix}news-alerts",
        f"create the index {prefix}news-alerts",
    ]


def test_setting_up_twice_is_setting_up_once(cluster: Cluster, make_document: Build) -> None:
    with pytest.raises(NotAvailable, match="newsloom setup"):
        check_installed(cluster.client, cluster.settings)
    assert install(cluster.client, cluster.settings).steps
    check_installed(cluster.client, cluster.settings)
    ElasticsearchArticleIndex(cluster.client, cluster.settings).put([make_document()])
    before = cluster.state()
    assert not install(cluster.client, cluster.settings).steps
    assert cluster.state() == before
    monthly = f"{cluster.names.articles}-2026.03"
    assert list(cluster.client.indices.get_alias(name=cluster.names.articles)) == [monthly]
    assert cluster.client.indices.get_mapping(index=monthly)[monthly]["mappings"]["dynamic"] == "false"


def test_articles_are_counted_in_every_month_and_where_there_are_none(cluster: Cluster, make_document: Build) -> None:
    assert count_articles(cluster.client, cluster.settings) == 0
    install(cluster.client, cluster.settings)
    index = ElasticsearchArticleIndex(cluster.client, cluster.settings)
    index.put([make_document("https://paper.example/1"), make_document("https://paper.example/2")])
    index.refresh()
    assert count_articles(cluster.client, cluster.settings) == 2


def test_what_the_cluster_lacks_is_said(cluster: Cluster) -> None:
    found = plan(cluster.client, cluster.settings)
    assert found.version is not None
    assert found.version.startswith("9.")
    said = "\n".join(found.left_out)
    # The distribution for tests has no analyzers for languages, and no lifecycle management.
    for missing in ("analysis-common", "analysis-kuromoji", "lifecycle", "diacritics"):
        assert missing in said
    assert set(found.analysis.analyzers.values()) == {"newsloom_plain"}


def test_a_template_of_an_older_version_is_brought_up_to_date(cluster: Cluster) -> None:
    install(cluster.client, cluster.settings)
    name = cluster.names.articles
    old = cluster.client.indices.get_index_template(name=name)["index_templates"][0]["index_template"]
    del old["template"]["mappings"]["properties"]["pair_names"]
    cluster.client.indices.put_index_template(
        name=name,
        index_patterns=old["index_patterns"],
        priority=old["priority"],
        meta={**old["_meta"], "digest": "older"},
        template=old["template"],
    )
    cluster.client.indices.create(index=f"{name}-2024.06")
    done = [step.what for step in install(cluster.client, cluster.settings).steps]
    assert done == [f"update the index template {name}", f"add the fields pair_names to {name}-2024.06"]
    mapping = cluster.client.indices.get_mapping(index=f"{name}-2024.06")
    assert "pair_names" in mapping[f"{name}-2024.06"]["mappings"]["properties"]
    assert not install(cluster.client, cluster.settings).steps


def test_a_month_that_lost_its_alias_gets_it_back(cluster: Cluster) -> None:
    install(cluster.client, cluster.settings)
    cluster.client.indices.create(index=f"{cluster.names.articles}-2024.06")
    cluster.client.indices.delete_alias(index=f"{cluster.names.articles}-2024.06", name=cluster.names.articles)
    [step] = install(cluster.client, cluster.settings).steps
    assert "alias" in step.what
    assert cluster.client.indices.exists_alias(name=cluster.names.articles)


def an_index_instead_of_the_alias(cluster: Cluster) -> None:
    cluster.client.indices.create(index=cluster.names.articles)


def an_alias_to_something_else(cluster: Cluster) -> None:
    name = f"{cluster.settings.prefix}products"
    cluster.client.indices.create(index=name, aliases={cluster.names.articles: {}})


def a_month_with_another_mapping(cluster: Cluster) -> None:
    properties = {"title": {"type": "keyword"}}
    cluster.client.indices.create(index=f"{cluster.names.articles}-2024.06", mappings={"properties": properties})


def a_month_whose_mapping_was_guessed(cluster: Cluster) -> None:
    cluster.client.index(index=f"{cluster.names.articles}-2024.06", document={"revision_of": "x"})


def alerts_with_another_mapping(cluster: Cluster) -> None:
    cluster.client.indices.create(index=cluster.names.alerts, mappings={"properties": {"score": {"type": "text"}}})


def a_template_of_somebody_else(cluster: Cluster) -> None:
    cluster.client.indices.put_index_template(
        name=cluster.names.articles, index_patterns=[f"{cluster.settings.prefix}x-*"]
    )


@pytest.mark.parametrize(
    "prepare",
    [
        an_index_instead_of_the_alias,
        an_alias_to_something_else,
        a_month_with_another_mapping,
        a_month_whose_mapping_was_guessed,
        alerts_with_another_mapping,
        a_template_of_somebody_else,
    ],
)
def test_what_is_not_ours_is_named_and_left_alone(cluster: Cluster, prepare: Callable[[Cluster], None]) -> None:
    prepare(cluster)
    before = cluster.state()
    with pytest.raises(NotAvailable, match=f"{cluster.settings.prefix}.*NEWSLOOM_PREFIX") as caught:
        install(cluster.client, cluster.settings)
    assert "\n" not in str(caught.value)
    assert cluster.state() == before


def test_a_stranger_template_that_takes_precedence_is_noticed(cluster: Cluster) -> None:
    install(cluster.client, cluster.settings)
    pattern = f"{cluster.settings.prefix}news-*"
    cluster.client.indices.put_index_template(
        name=f"{cluster.settings.prefix}all", index_patterns=[pattern], priority=900
    )
    with pytest.raises(NotAvailable, match="priority"):
        check_installed(cluster.client, cluster.settings)


def test_nothing_there_and_nothing_set_up_is_an_empty_index(cluster: Cluster) -> None:
    index = ElasticsearchArticleIndex(cluster.client, cluster.settings)
    assert list(index.search(Query())) == list(index.alerts()) == list(index.ids()) == list(index.actors()) == []
    assert index.find("https://a.example/") is None
    assert not index.delete("x")


def test_a_server_that_is_not_there_is_one_line(server: Server) -> None:
    settings = Settings(elasticsearch_url="http://127.0.0.1:1")
    with sync_client(settings) as client:
        for doing in (
            lambda: plan(client, settings),
            lambda: list(ElasticsearchArticleIndex(client, settings).search(Query())),
            lambda: ElasticsearchArticleIndex(client, settings).delete("x"),
        ):
            with pytest.raises(NotAvailable, match="NEWSLOOM_ELASTICSEARCH_URL") as caught:
                doing()
            assert "\n" not in str(caught.value)


class Answering(ThreadingHTTPServer):
    """Something that answers everything in one way."""

    def __init__(self, status: int, body: str, product: str = "Elasticsearch") -> None:
        seen = self.seen = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                seen.append(self.headers.get("Authorization", ""))
                self.send_response(status)
                self.send_header("X-Elastic-Product", product)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: Any) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Answering:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


OLD = '{"nodes": {"x": {"version": "8.19.1"}}}'
STRICT = '{"error": {"type": "media_type_header_exception", "reason": "Accept version must be either version 8 or 7"}}'


@pytest.mark.parametrize(
    ("status", "body", "product", "said"),
    [
        (200, OLD, "Elasticsearch", "8.19.1: Newsloom needs 9"),
        (401, "{}", "Elasticsearch", "NEWSLOOM_ELASTICSEARCH_API_KEY_FILE"),
        (200, "{}", "Something", "NEWSLOOM_ELASTICSEARCH_URL"),
        (503, "{}", "Elasticsearch", "503"),
    ],
)
def test_what_is_no_elasticsearch_of_ours_is_one_line(status: int, body: str, product: str, said: str) -> None:
    with Answering(status, body, product) as answering:
        settings = Settings(elasticsearch_url=answering.url)
        with sync_client(settings) as client, pytest.raises(NotAvailable, match=said):
            check_version(client, settings)


def test_an_older_server_that_does_not_understand_us_is_named_so() -> None:
    with Answering(400, STRICT) as answering:
        settings = Settings(elasticsearch_url=answering.url)
        with sync_client(settings) as client, pytest.raises(NotAvailable, match="needs Elasticsearch 9"):
            plan(client, settings)


def test_secrets_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    key, password = tmp_path / "key", tmp_path / "password"
    key.write_text("c2VjcmV0LWtleQ==\n")
    password.write_text("pass-word\n")
    with Answering(401, "{}") as answering:
        for given, header in (
            ({"elasticsearch_api_key_file": key}, "ApiKey c2VjcmV0LWtleQ=="),
            ({"elasticsearch_username": "eve", "elasticsearch_password_file": password}, "Basic ZXZlOnBhc3Mtd29yZA=="),
        ):
            settings = Settings(elasticsearch_url=answering.url, **given)
            with sync_client(settings) as client, pytest.raises(NotAvailable) as caught:
                check_version(client, settings)
            assert answering.seen[-1] == header
            shown = f"{caught.value!r} {client!r} {settings!r}"
            assert "c2VjcmV0" not in shown
            assert "pass-word" not in shown
            assert "NEWSLOOM_ELASTICSEARCH_" in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [
        {"elasticsearch_url": "http://eve:geheim@host:9200"},
        {"elasticsearch_url": "host:9200"},
        {"elasticsearch_url": ""},
        {"elasticsearch_url": "http://host:many"},
        {"elasticsearch_username": "eve"},
        {"elasticsearch_api_key_file": Path("/no/such/file")},
        {"elasticsearch_ca_file": Path(__file__)},
    ],
)
def test_settings_that_cannot_be_meant_are_named(given: dict[str, Any]) -> None:
    given = {"elasticsearch_url": "https://127.0.0.1:1", **given}
    with pytest.raises((Misuse, NotAvailable), match="NEWSLOOM_ELASTICSEARCH_") as caught:
        sync_client(Settings(**given))
    assert "geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]) -> Iterator[Session]:
    """The demo's newest articles, worked on by the embedded pipeline, under rules that lead to alerts."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "articles.jsonl").write_bytes(newest_rows(600))
    eager = {"alert_known_stories": 0, "alert_known_days": 0, "alert_horizon_days": 1, "alert_min_score": 0.5}
    with Session(folder / "data", config=Settings(**eager)) as session:
        ingest_files(session, [str(folder / "articles.jsonl")], "auto")
        yield session


def put_by(session: Session) -> list[ArticleDocument | Alert]:
    """All that the pipeline put into its index, in order, from the messages that it kept."""
    rows = session.store.connection.execute(
        "SELECT topic, value FROM log WHERE topic IN ('news.clustered.v1', 'news.alert.v1') ORDER BY topic DESC, offset"
    )
    messages = [(ClusteredArticle if "clustered" in topic else Alert).from_bytes(value) for topic, value in rows]
    outcomes = [Index().decide(cast(Any, message))[0] for message in messages]
    return [outcome.document for outcome in outcomes if isinstance(outcome, Put)]


def test_the_demo_is_counted_as_in_sqlite(cluster: Cluster, archive: Session) -> None:
    install(cluster.client, cluster.settings)
    index, known = ElasticsearchArticleIndex(cluster.client, cluster.settings), SqliteArticleIndex(archive.store)
    documents = put_by(archive)
    index.put(documents)
    index.put(documents[::-1])
    index.refresh()
    assert sorted(index.ids()) == sorted(known.ids())
    everything = list(known.search(Query()))
    assert len(everything) > 300
    assert any(read.copies for read in everything)
    assert list(index.search(Query())) == everything
    languages = {read.document.language for read in everything}
    assert len(languages) >= 6
    asked = [Query(language=language) for language in languages]
    asked += [Query(words=" ".join(read.document.title.split()[:2]), limit=7) for read in everything[::10]]
    asked += [Query(words=read.document.text[:300]) for read in everything[::25]]
    asked += [Query(words=read.document.text) for read in everything[::50]]
    asked += [Query(actor=count.actor.id) for count in known.actors()][:40]
    asked += [Query(since=everything[100].document.published), Query(limit=1), Query(limit=250)]
    for query in asked:
        assert list(index.search(query)) == list(known.search(query)), query
    assert list(index.actors()) == list(known.actors())
    assert list(index.pairs()) == list(known.pairs())
    assert len(list(index.pairs())) > 50
    alerts = list(known.alerts())
    assert alerts
    assert list(index.alerts()) == alerts
    for read in everything[::40]:
        assert index.find(read.document.url) == read.document == index.get(read.document.id)
    for count in [*known.actors()][:40]:
        assert index.actor_id(count.actor.name.upper()) == known.actor_id(count.actor.name.upper())


def test_real_documents_fit_a_strict_mapping(cluster: Cluster, archive: Session) -> None:
    """`dynamic: false` would swallow a field that nobody mapped."""
    made = templates(cluster.names, plan(cluster.client, cluster.settings).analysis, lifecycle=False)
    for name, body in made.items():
        patterns = body["index_patterns"]
        body["template"]["mappings"]["dynamic"] = "strict"
        cluster.client.indices.put_index_template(
            name=name, index_patterns=patterns, priority=300, template=body["template"]
        )
    index = ElasticsearchArticleIndex(cluster.client, cluster.settings)
    documents = put_by(archive)
    index.put(documents)
    index.refresh()
    assert set(index.ids()) == {each.id for each in documents if isinstance(each, ArticleDocument)}


def test_kibana_finds_words_without_a_field_and_counts_plain_names(
    cluster: Cluster, make_document: Build, make_actor: Build
) -> None:
    install(cluster.client, cluster.settings)
    index = ElasticsearchArticleIndex(cluster.client, cluster.settings)
    actors = (make_actor("kim", name="Kim Jong Un"), make_actor("putin", name="Vladimir Putin"))
    index.put([make_document(actors=actors, title="Gespräch in Zürich", language="de")])
    index.refresh()

    def count(query: dict[str, Any]) -> int:
        return int(cluster.client.count(index=cluster.names.articles, query=query)["count"])

    # What Kibana asks for words without a field, and with `text:`.
    for words in ("Gespräch", "gesprach", "ZURICH", "Zürich", "Vladimir Putin"):
        assert count({"multi_match": {"query": words, "type": "best_fields", "lenient": True}}) == 1, words
    assert count({"match": {"title": "zürich"}}) == 1
    for field, value in (("persons", "Kim Jong Un"), ("pair_names", "Kim Jong Un + Vladimir Putin")):
        found = cluster.client.search(
            index=cluster.names.articles, size=0, aggs={"top": {"terms": {"field": field, "order": {"_key": "asc"}}}}
        )
        assert found["aggregations"]["top"]["buckets"][0] == {"key": value, "doc_count": 1}
    source = cluster.client.search(index=cluster.names.articles)["hits"]["hits"][0]["_source"]
    assert not {"folded", "analysed"} & source.keys()
