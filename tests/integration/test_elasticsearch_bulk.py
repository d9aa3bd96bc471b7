"""Writing in bulk to a real Elasticsearch: directly, through a proxy that answers for it at times, and while it is not well."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from fixtures import running_elasticsearch
from servers import Elasticsearch as Server

from shared import metrics
from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.bulk import BulkWriter
from shared.adapters.elasticsearch.client import async_client, sync_client
from shared.adapters.elasticsearch.install import install
from shared.ports import Query
from shared.settings import Settings
from shared.stage import Unavailable

Build = Callable[..., Any]
Behaviour = Callable[[list[bytes]], "web.Response | dict[int, dict[str, Any]] | None"]
"""What a proxy makes of a bulk request's documents: an answer of its own, answers to some (which are not sent on), or nothing."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_elasticsearch(tmp_path_factory.mktemp("elasticsearch")) as running:
        yield running


class Cluster:
    """One pipeline on the server."""

    def __init__(self, url: str) -> None:
        self.settings = Settings(prefix=f"t{uuid4().hex[:8]}-", elasticsearch_url=url)
        self.client = sync_client(self.settings)
        install(self.client, self.settings)
        self.index = ElasticsearchArticleIndex(self.client, self.settings)

    @asynccontextmanager
    async def writer(self, url: str | None = None, **more: Any) -> AsyncIterator[BulkWriter]:
        settings = self.settings.model_copy(update={"elasticsearch_url": url or self.settings.elasticsearch_url})
        async with async_client(settings).options(request_timeout=more.pop("timeout", 10)) as client:
            yield BulkWriter(client, settings, **more)

    def ids(self) -> list[str]:
        self.index.refresh()
        return sorted(self.index.ids())


@pytest.fixture
def cluster(server: Server) -> Iterator[Cluster]:
    made = Cluster(server.url)
    yield made
    made.client.indices.delete(index=list(made.client.indices.get(index=f"{made.settings.prefix}*")))
    made.client.indices.delete_index_template(name=f"{made.settings.prefix}*")
    made.client.close()


@asynccontextmanager
async def proxy(server: Server, *behaviours: Behaviour) -> AsyncIterator[tuple[str, list[int]]]:
    """Its URL, and how many documents each bulk request had. The behaviours are used up one request each."""
    left, seen = list(behaviours), list[int]()

    async def handle(request: web.Request) -> web.Response:
        lines = (await request.read()).splitlines(keepends=True)
        pairs = [b"".join(lines[at : at + 2]) for at in range(0, len(lines), 2)]
        seen.append(len(pairs))
        said = left.pop(0)(pairs) if left else None
        if isinstance(said, web.Response):
            return said
        own = said or {}
        body = b"".join(pair for place, pair in enumerate(pairs) if place not in own)
        items: list[Any] = []
        headers = {name: request.headers[name] for name in ("Content-Type", "Accept")}
        async with aiohttp.ClientSession() as session:
            if body:
                url = f"{server.url}{request.path_qs}"
                async with session.put(url, data=body, headers=headers) as answer:
                    answered = await answer.json(content_type=None)
                    items = answered.get("items") or []
        for place, answer in sorted(own.items()):
            items.insert(place, {"index": answer})
        has_errors = any("error" in each["index"] for each in items)
        return web.json_response({"errors": has_errors, "items": items}, headers={"X-Elastic-Product": "Elasticsearch"})

    app = web.Application(client_max_size=2**30)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}", seen
    finally:
        await runner.cleanup()


def whole(status: int) -> Behaviour:
    return lambda _: web.Response(status=status, text="{}", headers={"X-Elastic-Product": "Elasticsearch"})


def rejecting(*places: int, status: int = 429, kind: str = "es_rejected_execution_exception") -> Behaviour:
    return lambda _: {place: {"status": status, "error": {"type": kind, "reason": "no room"}} for place in places}


def counted(result: str) -> float:
    return metrics.REGISTRY.get_sample_value("newsloom_index_items_total", {"result": result}) or 0.0


async def test_documents_and_alerts_are_written_once(cluster: Cluster, make_document: Build, make_alert: Build) -> None:
    documents = [make_document(f"https://a.example/{n}") for n in range(5)]
    written, known = counted("written"), counted("known")
    async with cluster.writer() as writer:
        assert await writer.write([*documents, make_alert()]) == []
        assert await writer.write([*documents, make_alert()]) == []
    assert (counted("written") - written, counted("known") - known) == (6, 6)
    assert cluster.ids() == sorted(document.id for document in documents)
    assert [alert.id for alert in cluster.index.alerts()] == ["alert"]


async def test_an_equal_revision_is_replaced_when_reprocessing_and_an_older_one_never(
    cluster: Cluster, make_document: Build
) -> None:
    async with cluster.writer() as writer:
        await writer.write([make_document(title="First", revision=2)])
        await writer.write([make_document(title="Second", revision=2)])
        cluster.index.refresh()
        assert [read.document.title for read in cluster.index.search(Query())] == ["First"]
        await writer.write([make_document(title="Second", revision=2)], overwrite=True)
        await writer.write([make_document(title="Third", revision=1)], overwrite=True)
    cluster.index.refresh()
    assert [read.document.title for read in cluster.index.search(Query())] == ["Second"]


async def test_only_what_was_rejected_is_sent_again(server: Server, cluster: Cluster, make_document: Build) -> None:
    documents = [make_document(f"https://a.example/{n}") for n in range(6)]
    retried = counted("retried")
    gone = rejecting(0, status=503, kind="unavailable")
    async with proxy(server, rejecting(1, 4), gone) as (url, seen), cluster.writer(url) as writer:
        assert await writer.write(documents) == []
    assert seen == [6, 2, 1]
    assert counted("retried") - retried == 3
    assert cluster.ids() == sorted(document.id for document in documents)


async def test_a_document_that_is_wrong_is_refused_and_the_others_written(
    server: Server, cluster: Cluster, make_document: Build
) -> None:
    # Elasticsearch holds 32 bits of an integer: a document that it can never take.
    wrong = make_document("https://wrong.example/", revision=1).model_copy(
        update={"actors": (), "quotes": (), "revision": 2**40}
    )
    refused = counted("refused")
    async with cluster.writer() as writer:
        [found] = await writer.write([make_document(), wrong])
    assert found.document == wrong
    assert "revision" in found.reason
    assert counted("refused") - refused == 1
    assert cluster.ids() == [make_document().id]


async def test_text_that_is_no_unicode_is_refused(cluster: Cluster, make_document: Build) -> None:
    broken = make_document("https://wrong.example/").model_copy(update={"title": "\ud800"})
    async with cluster.writer() as writer:
        [found] = await writer.write([make_document(), broken])
    assert (found.document, cluster.ids()) == (broken, [make_document().id])


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_request_that_fails_is_tried_again(
    server: Server, cluster: Cluster, make_document: Build, status: int
) -> None:
    async with proxy(server, whole(status), whole(status)) as (url, seen), cluster.writer(url) as writer:
        assert await writer.write([make_document()]) == []
    assert seen == [1, 1, 1]
    assert cluster.ids() == [make_document().id]


async def test_a_cluster_that_stays_overloaded_is_waited_for_by_the_caller(
    server: Server, cluster: Cluster, make_document: Build
) -> None:
    async with proxy(server, *[rejecting(0)] * 3) as (url, seen), cluster.writer(url, tries=3) as writer:
        with pytest.raises(Unavailable, match="no room"):
            await writer.write([make_document()])
        assert await writer.write([make_document()]) == []
    assert seen == [1, 1, 1, 1]


@pytest.mark.parametrize(("status", "said"), [(401, "NEWSLOOM_ELASTICSEARCH_API_KEY_FILE"), (403, "right")])
async def test_missing_rights_are_waited_for_and_named(
    server: Server, cluster: Cluster, make_document: Build, status: int, said: str
) -> None:
    async with proxy(server, whole(status)) as (url, seen), cluster.writer(url) as writer:
        with pytest.raises(Unavailable, match=said):
            await writer.write([make_document()])
    assert seen == [1]


async def test_a_request_that_is_too_large_is_halved_and_only_the_giant_refused(
    server: Server, cluster: Cluster, make_document: Build
) -> None:
    def limited(pairs: list[bytes]) -> web.Response | None:
        return web.Response(status=413, text="{}") if sum(map(len, pairs)) > 20_000 else None

    small = [make_document(f"https://a.example/{n}", text="word " * 100) for n in range(16)]
    giant = make_document("https://giant.example/", text="word " * 10_000)
    async with proxy(server, *[limited] * 40) as (url, seen), cluster.writer(url) as writer:
        refused = await writer.write([*small[:8], giant, *small[8:]])
    assert [each.document for each in refused] == [giant]
    assert "too large" in refused[0].reason
    assert seen[0] == 17
    assert cluster.ids() == sorted(document.id for document in small)


async def test_large_batches_go_in_bounded_requests(server: Server, cluster: Cluster, make_document: Build) -> None:
    many = [make_document(f"https://a.example/{n}", text="x") for n in range(1_100)]
    large = [make_document(f"https://b.example/{n}", text="word " * 40_000) for n in range(12)]
    async with proxy(server) as (url, seen), cluster.writer(url) as writer:
        assert await writer.write(many) == []
        assert seen == [500, 500, 100]
        assert await writer.write(large) == []
    assert max(seen[3:]) < 12
    assert len(cluster.ids()) == 1_112


@pytest.mark.parametrize("block", ["index.blocks.write", "index.blocks.read_only_allow_delete"])
async def test_a_read_only_index_is_waited_for_and_heals(cluster: Cluster, make_document: Build, block: str) -> None:
    first, second = make_document(), make_document("https://b.example/")
    async with cluster.writer() as writer:
        await writer.write([first])
        monthly = cluster.settings.prefix + "news-articles-2026.03"
        cluster.client.indices.put_settings(index=monthly, settings={block: True})
        with pytest.raises(Unavailable, match="blocked"):
            await writer.write([second])
        cluster.client.indices.put_settings(index=monthly, settings={block: None})
        assert await writer.write([second]) == []
    assert cluster.ids() == sorted([first.id, second.id])


async def test_a_closed_index_and_a_full_cluster_are_no_fault_of_the_document(
    cluster: Cluster, make_document: Build, noon: Any
) -> None:
    monthly = cluster.settings.prefix + "news-articles-2026.03"
    limit = "cluster.max_shards_per_node"
    async with cluster.writer() as writer:
        await writer.write([make_document()])
        cluster.client.indices.close(index=monthly)
        with pytest.raises(Unavailable, match="closed"):
            await writer.write([make_document("https://b.example/")])
        cluster.client.indices.open(index=monthly)
        cluster.client.cluster.put_settings(persistent={limit: 1})
        try:
            with pytest.raises(Unavailable, match="shards"):
                await writer.write([make_document("https://c.example/", at=noon.replace(year=1999))])
        finally:
            cluster.client.cluster.put_settings(persistent={limit: None})
        assert await writer.write([make_document("https://c.example/", at=noon.replace(year=1999))]) == []


async def test_a_paused_and_a_killed_server_are_waited_for(
    server: Server, cluster: Cluster, make_document: Build
) -> None:
    documents = [make_document(f"https://a.example/{n}") for n in range(3)]
    async with cluster.writer(timeout=1, tries=2) as writer:
        await writer.write(documents[:1])
        server.pause()
        try:
            with pytest.raises(Unavailable, match="does not answer in time"):
                await writer.write(documents[:2])
        finally:
            server.resume()
        await eventually(writer, documents[:2])
        server.kill()
        try:
            with pytest.raises(Unavailable, match="cannot be reached"):
                await writer.write(documents)
        finally:
            await asyncio.to_thread(server.start)
        await eventually(writer, documents)
    assert cluster.ids() == sorted(document.id for document in documents)


async def eventually(writer: BulkWriter, documents: list[Any]) -> None:
    """As a stage does: waits while it is unavailable."""
    for _ in range(60):
        try:
            assert await writer.write(documents) == []
            return
        except Unavailable:
            await asyncio.sleep(0.5)
    raise AssertionError("the server never came back")


async def test_what_is_forgotten_is_gone_in_every_month_and_can_come_again(
    cluster: Cluster, make_document: Build, make_alert: Build
) -> None:
    document = make_document(revision=3)
    async with cluster.writer() as writer:
        await writer.write([document, make_alert()])
        assert cluster.index.delete(document.id)
        assert cluster.index.delete_alert("alert")
        assert not cluster.index.delete(document.id)
        assert not cluster.index.delete_alert("alert")
        assert cluster.index.get(document.id) is None
        assert not list(cluster.index.alerts())
        # Ingested again it begins with its first revision.
        assert await writer.write([make_document(revision=1), make_alert()]) == []
    cluster.index.refresh()
    assert [read.document.revision for read in cluster.index.search(Query())] == [1]
    assert [alert.id for alert in cluster.index.alerts()] == ["alert"]


def test_the_bytes_that_are_written_are_json(make_document: Build) -> None:
    from shared.adapters.elasticsearch.bulk_items import items_of
    from shared.adapters.elasticsearch.indexes import Names

    items, refused = items_of([make_document(text='Zeile\n"zwei" 漢')], Names(), overwrite=False)
    action, source, rest = items[0].lines.split(b"\n")
    assert (refused, rest) == ([], b"")
    assert json.loads(action)["index"]["version_type"] == "external"
    assert json.loads(source)["text"] == 'Zeile\n"zwei" 漢'
