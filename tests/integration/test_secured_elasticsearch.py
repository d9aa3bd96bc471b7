"""Elasticsearch over TLS, with keys and passwords.

The distribution that can be had without an image has no security, so a TLS server of ours stands before a real Elasticsearch and asks
who is there. What is tested is our side: which certificate is trusted, what is sent, what is said of each answer.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import certificates
import pytest
from aiohttp import web
from command_line import command
from elasticsearch import ApiError
from fixtures import need
from servers import Elasticsearch

from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.bulk import BulkWriter
from shared.adapters.elasticsearch.client import async_client, sync_client
from shared.adapters.elasticsearch.failures import explain
from shared.ports import Query
from shared.settings import Settings
from shared.stage import Unavailable

pytestmark = pytest.mark.slow

KEY, USER, PASSWORD = "bmV3c2xvb206c2VjcmV0LWtleQ==", "newsloom", "pass:wörd with spaces"
WEAK_KEY = "bmV3c2xvb206d2Vhay1rZXk="
MISSING = {"content-type", "content-length", "transfer-encoding", "content-encoding", "connection"}


class Guard:
    """A server in a thread of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        certificates.make(folder)
        self.ca = folder / "ca.pem"
        self._url = url
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(folder / "server.pem")
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._session = aiohttp.ClientSession(auto_decompress=True)
        app = web.Application(client_max_size=2**28)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._context)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _answer(self, request: web.Request) -> web.Response:
        basic = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        given = request.headers.get("Authorization", "")
        product = {"X-Elastic-Product": "Elasticsearch"}
        if given not in (f"ApiKey {KEY}", f"ApiKey {WEAK_KEY}", basic):
            error = {"type": "security_exception", "reason": "unable to authenticate"}
            return web.json_response({"error": error, "status": 401}, status=401, headers=product)
        if given == f"ApiKey {WEAK_KEY}" and request.method != "GET":
            reason = f"action [{request.path}] is unauthorized for API key, this action is granted by [manage]"
            error = {"type": "security_exception", "reason": reason}
            return web.json_response({"error": error, "status": 403}, status=403, headers=product)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() in ("content-type", "accept", "content-encoding")
        }
        async with self._session.request(
            request.method, f"{self._url}{request.path_qs}", data=await request.read(), headers=headers
        ) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in MISSING}
            kept["Content-Type"] = answer.headers.get("Content-Type", "application/json")
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)


@pytest.fixture(scope="module")
def guard(elasticsearch: Elasticsearch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    need("elasticsearch")
    made = Guard(elasticsearch.url, tmp_path_factory.mktemp("tls"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def new(guard: Guard, cluster: Settings, tmp_path: Path) -> Callable[..., Settings]:
    """The settings of a fresh pipeline whose Elasticsearch is behind the guard; secrets are given as text and become files."""

    def make(key: str | None = None, password: str | None = None, **more: Any) -> Settings:
        values: dict[str, Any] = {
            "elasticsearch_url": f"https://127.0.0.1:{guard.port}",
            "elasticsearch_ca_file": guard.ca,
            "log_level": "debug",
        }
        for name, secret in (("elasticsearch_api_key_file", key), ("elasticsearch_password_file", password)):
            if secret is not None:
                values[name] = tmp_path / name
                values[name].write_text(secret + "\n", "utf-8")
        if password is not None:
            values["elasticsearch_username"] = USER
        return cluster.model_copy(update={**values, **more})

    return make


@pytest.mark.parametrize("who", [{"key": KEY}, {"password": PASSWORD}], ids=["key", "password"])
def test_with_the_right_secret_setup_bulk_and_search_work_and_tell_no_secret(
    who: dict[str, str], new: Callable[..., Settings], make_document: Callable[..., Any]
) -> None:
    config = new(**who)
    setup = command(config, "setup")
    assert setup.code == 0, setup.err

    async def write() -> None:
        async with async_client(config) as client:
            assert not await BulkWriter(client, config).write([make_document()])

    asyncio.run(write())
    with sync_client(config) as client:
        index = ElasticsearchArticleIndex(client, config)
        index.refresh()
        assert [found.document.id for found in index.search(Query())] == [make_document().id]
        shown = repr(client) + repr(vars(client)) + repr(config)
    read = command(config, "articles", "--jsonl")
    assert read.out.count("\n") == 1, read.err
    everything = shown + setup.out + setup.err + read.out + read.err
    for secret in (KEY, PASSWORD, base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()):
        assert secret not in everything


@pytest.mark.parametrize("arguments", [("setup",), ("worker", "index", "--no-supervise"), ("articles",), ("ledger",)])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "d3Jvbmc="}, ["refuses who we are", "NEWSLOOM_ELASTICSEARCH_API_KEY_FILE"]),
        ({"password": "wrong"}, ["refuses who we are", "NEWSLOOM_ELASTICSEARCH_USERNAME"]),
        ({}, ["NEWSLOOM_ELASTICSEARCH_API_KEY_FILE", "NEWSLOOM_ELASTICSEARCH_USERNAME"]),
        ({"key": WEAK_KEY}, ["NEWSLOOM_ELASTICSEARCH_API_KEY_FILE", "unauthorized"]),
        ({"key": KEY, "elasticsearch_ca_file": "OTHER"}, ["is not trusted", "NEWSLOOM_ELASTICSEARCH_CA_FILE"]),
        ({"key": KEY, "elasticsearch_ca_file": None}, ["is not trusted", "NEWSLOOM_ELASTICSEARCH_CA_FILE"]),
        ({"key": KEY, "elasticsearch_url": "http", "elasticsearch_ca_file": None}, ["NEWSLOOM_ELASTICSEARCH_URL"]),
    ],
    ids=["wrong key", "wrong password", "nobody", "forbidden", "another authority", "no authority", "http"],
)
def test_who_is_refused_reads_one_line_that_names_the_setting(
    changes: dict[str, Any],
    words: list[str],
    arguments: tuple[str, ...],
    guard: Guard,
    new: Callable[..., Settings],
    tmp_path: Path,
) -> None:
    if changes.get("elasticsearch_ca_file") == "OTHER":
        certificates.make(tmp_path / "other")
        changes = {**changes, "elasticsearch_ca_file": tmp_path / "other" / "ca.pem"}
    if changes.get("elasticsearch_url") == "http":
        changes = {**changes, "elasticsearch_url": f"http://127.0.0.1:{guard.port}"}
    line = command(new(**changes), *arguments).refused(*words, within=30)
    assert changes.get("key", "none") not in line


async def test_an_index_worker_waits_where_it_is_refused(
    new: Callable[..., Settings], make_document: Callable[..., Any]
) -> None:
    config = new(key=WEAK_KEY)
    async with async_client(config) as client:
        with pytest.raises(Unavailable, match="NEWSLOOM_ELASTICSEARCH_API_KEY_FILE") as caught:
            await BulkWriter(client, config).write([make_document()])
    assert WEAK_KEY not in str(caught.value) + repr(caught.value.__cause__)


def test_a_failure_shows_no_secret(new: Callable[..., Settings]) -> None:
    config = new(key=WEAK_KEY)
    with sync_client(config) as client, pytest.raises(ApiError) as caught:
        client.indices.create(index="anything")
    error = caught.value
    assert WEAK_KEY not in repr(error) + str(error) + explain(error, config) + repr(error.meta)


def test_an_authority_without_https_is_a_wrong_setting(guard: Guard, new: Callable[..., Settings]) -> None:
    config = new(key=KEY, elasticsearch_url=f"http://127.0.0.1:{guard.port}")
    command(config, "articles").refused("NEWSLOOM_ELASTICSEARCH_CA_FILE", "NEWSLOOM_ELASTICSEARCH_URL", code=2)


def test_a_key_that_no_header_can_hold_is_refused_unshown(new: Callable[..., Settings]) -> None:
    for key in ("schlüssel", "two words", "two\nlines"):
        line = command(new(key=key), "articles").refused("NEWSLOOM_ELASTICSEARCH_API_KEY_FILE", code=2)
        assert key not in line
