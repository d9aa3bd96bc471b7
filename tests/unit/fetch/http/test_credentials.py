"""Secrets of feeds, over real servers: who gets them, who does not, and that nothing tells them."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from services.fetch.feed_state import FeedState, new_feed
from services.fetch.formats.feed import FeedError, FeedItem, ParsedFeed
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.credentials import SECRET_BYTES, CredentialStore, read_credentials
from services.fetch.http.limits import FetchError, HttpLimits
from services.fetch.http.politeness import HostGate
from services.fetch.lanes import Lanes
from services.fetch.poller import Poller, Report
from services.fetch.writing import Brought
from shared.clock import SimulatedClock
from shared.contracts import DeadLetter, Entry, FeedOptions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "geheim-4711-token"
BASIC = base64.b64encode(f"reader:{SECRET}".encode()).decode()
Answer = Callable[[web.Request], web.Response]


class Site:
    """A server whose every path is answered by `answer`; `headers` are those of the requests."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.answer: Answer = lambda _: web.Response(text="ok")

    def url(self, path: str = "/feed", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def told(self) -> list[str]:
        """The paths of the requests that the secret came with, in whatever header."""
        return [path for path, headers in self.requests if SECRET in str(headers) or BASIC in str(headers)]


@asynccontextmanager
async def serving(port: int) -> AsyncIterator[Site]:
    site = Site(port)

    async def handle(request: web.Request) -> web.StreamResponse:
        site.requests.append((request.path, dict(request.headers)))
        return site.answer(request)

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield site
    await runner.cleanup()


@pytest.fixture
async def site(unused_tcp_port_factory: Callable[[], int]) -> AsyncIterator[Site]:
    async with serving(unused_tcp_port_factory()) as one:
        yield one


@pytest.fixture
async def other(unused_tcp_port_factory: Callable[[], int]) -> AsyncIterator[Site]:
    async with serving(unused_tcp_port_factory()) as one:
        yield one


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    guard = AddressGuard([parse_network("127.0.0.1")])
    async with HttpClient(guard, HttpLimits(total_s=5, connect_s=1, first_byte_s=1)) as client:
        yield client


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    return path


def feed(url: str, secret: Path, auth: str = "bearer", name: str | None = None) -> FeedState:
    options = FeedOptions.model_validate({"auth": auth, "auth_name": name, "secret_file": secret})
    return new_feed(url, NOW, options=options)


@pytest.mark.parametrize(
    ("auth", "name", "header", "value"),
    [
        ("basic", "reader", "Authorization", f"Basic {BASIC}"),
        ("bearer", None, "Authorization", f"Bearer {SECRET}"),
        ("header", "X-Api-Key", "X-Api-Key", SECRET),
    ],
)
async def test_the_secret_is_sent_as_the_feed_wants_it(
    site: Site, http: HttpClient, secret: Path, auth: str, name: str | None, header: str, value: str
) -> None:
    response = await CredentialStore().get(http, feed(site.url(), secret, auth, name), etag='"1"')
    assert response.body == b"ok"
    [(_, headers)] = site.requests
    assert headers[header] == value
    assert headers["If-None-Match"] == '"1"'


async def test_a_feed_without_a_secret_is_asked_without(site: Site, http: HttpClient) -> None:
    await CredentialStore().get(http, new_feed(site.url(), NOW))
    assert "Authorization" not in site.requests[0][1]


@pytest.mark.parametrize("auth", ["basic", "bearer", "header"])
async def test_a_redirect_carries_it_within_its_origin_only(
    site: Site, other: Site, http: HttpClient, secret: Path, auth: str
) -> None:
    name = {"basic": "reader", "bearer": None, "header": "X-Api-Key"}[auth]
    targets = {
        "/inside": site.url("/end"),
        "/port": other.url("/end"),
        "/host": site.url("/other-host", host="localhost"),
        "/there-and-back": other.url("/back"),
    }
    other.answer = lambda request: (
        web.Response(status=302, headers={"Location": site.url("/returned")})
        if request.path == "/back"
        else web.Response(text="ok")
    )
    site.answer = lambda request: (
        web.Response(status=302, headers={"Location": targets[request.path]})
        if request.path in targets
        else web.Response(text="ok")
    )
    for path in targets:
        await CredentialStore().get(http, feed(site.url(path), secret, auth, name))
    assert site.told() == ["/inside", "/end", "/port", "/host", "/there-and-back", "/returned"]
    assert [path for path, _ in site.requests if path not in site.told()] == ["/other-host"]
    assert [path for path, _ in other.requests] == ["/end", "/back"]
    assert other.told() == []


async def test_another_scheme_is_another_origin(
    site: Site, http: HttpClient, secret: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    """What comes over the wire, to a server that takes any bytes: a TLS hello in the one case, plain HTTP in the other."""
    received = bytearray()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.extend(await reader.read(65_536))
        writer.close()

    port = unused_tcp_port_factory()
    async with await asyncio.start_server(take, "127.0.0.1", port):
        site.answer = lambda _: web.Response(status=301, headers={"Location": f"https://127.0.0.1:{site.port}/x"})
        for url, address in (
            (site.url(), None),
            (f"https://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/"),
        ):
            with pytest.raises(FetchError):
                await CredentialStore().get(http, replace(feed(url, secret), moved_to=address))
    assert received.startswith(b"GET / HTTP/1.1")
    assert SECRET.encode() not in received
    assert site.told() == ["/feed"]


async def test_a_feed_that_moved_to_another_origin_is_asked_without(
    site: Site, other: Site, http: HttpClient, secret: Path
) -> None:
    store, moved = CredentialStore(), feed(site.url(), secret)
    await store.get(http, replace(moved, moved_to=other.url()))
    await store.get(http, replace(moved, moved_to=site.url("/new")))
    assert other.told() == []
    assert site.told() == ["/new"]


async def test_a_rotated_secret_is_read_anew_when_it_is_refused_and_once(
    site: Site, http: HttpClient, secret: Path
) -> None:
    valid = SECRET
    site.answer = lambda request: web.Response(
        status=200 if request.headers["Authorization"] == f"Bearer {valid}" else 401
    )
    store, protected = CredentialStore(), feed(site.url(), secret)
    await store.get(http, protected)
    valid = "another-secret"
    with pytest.raises(FetchError, match="401"):
        await store.get(http, protected)
    assert len(site.requests) == 2, "the file is as it was: to ask again would be of no use"
    secret.write_text("another-secret")
    assert (await store.get(http, protected)).status == 200
    assert len(site.requests) == 4
    secret.write_text("a third one")
    assert (await store.get(http, protected)).status == 200, "what is accepted is not read again"
    assert len(site.requests) == 5


@pytest.mark.parametrize(
    ("content", "auth", "says"),
    [
        (None, "bearer", "cannot be read (No such file"),
        (b"", "bearer", "is empty"),
        (b" \r\n", "basic", "is empty"),
        (f"{SECRET}\nX-Injected: 1".encode(), "header", "line breaks"),
        (f"{SECRET}\rx".encode(), "basic", "line breaks"),
        (f"{SECRET}\0".encode(), "basic", "control characters"),
        (f"{SECRET} x".encode(), "bearer", "no token"),
        (f"{SECRET}ü".encode(), "bearer", "no token"),
        (f"{SECRET}ü".encode(), "header", "ASCII"),
        (SECRET.encode() + b"\xff", "basic", "not UTF-8"),
        (SECRET.encode() * SECRET_BYTES, "basic", f"over {SECRET_BYTES} bytes"),
    ],
)
async def test_a_secret_that_cannot_be_had_is_an_error_that_tells_nothing_of_it(
    site: Site, http: HttpClient, tmp_path: Path, content: bytes | None, auth: str, says: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FetchError) as caught:
        await CredentialStore().get(http, feed(site.url(), path, auth, None if auth == "bearer" else "X-Key"))
    assert caught.value.code == "credentials"
    assert says in caught.value.message
    assert str(path) in caught.value.message
    assert SECRET not in str(caught.value)
    assert site.requests == []


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero"), Path("a\0b"), tmp_path / ("x" * 300)):
        with pytest.raises(FetchError, match="credentials"):
            read_credentials(FeedOptions(auth="bearer", secret_file=path))
    for options in (FeedOptions(auth="bearer"), FeedOptions(auth="basic", secret_file=tmp_path)):
        with pytest.raises(FetchError, match="needs a secret file"):
            read_credentials(options)


def test_a_password_of_any_letters_is_sent(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("pä ss:wörd \n")
    made = read_credentials(FeedOptions(auth="basic", auth_name="lesér", secret_file=tmp_path / "p"))
    assert base64.b64decode(made.value.removeprefix("Basic ")).decode() == "lesér:pä ss:wörd "
    assert "wörd" not in repr(made)


class Store:
    """What a poller stores and reports."""

    def __init__(self, http: Any) -> None:
        clock = SimulatedClock(NOW)
        gate = HostGate(delay_s=0, clock=clock.monotonic, sleep=clock.sleep)
        self.poller = Poller(http, self, self, clock, gate, self.room, Lanes(8))
        self.taken: list[Any] = []
        self.reports: list[Report] = []

    async def parse(self, body: bytes, content_type: str | None, url: str) -> ParsedFeed:
        if b"<rss" not in body:
            raise FeedError("not-a-feed", "no XML")
        return ParsedFeed(items=(FeedItem(guid="1", title="a", html_or_text=body.decode()),))

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        for one in brought:
            self.taken += [*one.entries, one.feed, *one.unreadable]
        return [len(one.entries) for one in brought]

    async def room(self) -> None:
        """There is always room."""

    async def poll(self, *feeds: FeedState) -> dict[str, Report]:
        await self.poller.poll_all(feeds, self.reports.append)
        return {report.state.url: report for report in self.reports}

    def everything(self) -> str:
        shown = [each.model_dump() if isinstance(each, Entry | DeadLetter) else each for each in self.taken]
        return repr((shown, self.reports))


async def test_a_feed_without_its_secret_is_ill_alone(
    site: Site, http: HttpClient, secret: Path, tmp_path: Path
) -> None:
    site.answer = lambda _: web.Response(text="<rss/>")
    reports = await Store(http).poll(
        feed(site.url("/missing"), tmp_path / "nowhere"),
        feed(site.url("/fine"), secret),
        new_feed(site.url("/open"), NOW),
    )
    ill = reports[site.url("/missing")]
    assert ill.state.last_error_code == "credentials"
    assert str(ill.error).startswith(f"credentials: {tmp_path / 'nowhere'} cannot be read")
    assert reports[site.url("/fine")].new == reports[site.url("/open")].new == 1
    assert site.told() == ["/fine"]


async def test_what_a_server_says_back_does_not_tell_the_secret(site: Site, http: HttpClient, secret: Path) -> None:
    """A server that echoes what it was sent: in an item, in a body that is no feed, in a redirect to nowhere."""
    answers: dict[str, Answer] = {
        "/item": lambda request: web.Response(text=f"<rss/>{request.headers['Authorization']}"),
        "/page": lambda request: web.Response(text=str(request.headers)),
        "/redirect": lambda request: web.Response(
            status=302, headers={"Location": f"ftp://x/{request.headers['Authorization']}"}
        ),
    }
    site.answer = lambda request: answers[request.path](request)
    store = Store(http)
    for auth, name in (("bearer", None), ("basic", "reader")):
        await store.poll(*(feed(site.url(path), secret, auth, name) for path in answers))
    assert len(site.told()) == 6
    assert store.everything().count("***") >= 6
    assert SECRET not in store.everything()
    assert BASIC not in store.everything()


async def test_a_password_in_an_address_is_sent_and_shown_to_nobody(site: Site, http: HttpClient) -> None:
    site.answer = lambda request: web.Response(text="<rss/>" if request.path == "/feed" else "a page")
    store = Store(http)
    feeds = [new_feed(f"http://reader:{SECRET}@127.0.0.1:{site.port}{path}", NOW) for path in ("/feed", "/page")]
    await store.poll(
        *feeds, new_feed(f"http://reader:{SECRET}@127.0.0.1:1/", NOW), new_feed(f"ftp://x:{SECRET}@h/", NOW)
    )
    assert site.told() == ["/feed", "/page"]
    stored = [each for each in store.taken if isinstance(each, Entry | DeadLetter)]
    assert {each.feed.url if isinstance(each, Entry) and each.feed else "" for each in stored} == {site.url(), ""}
    assert SECRET not in repr([each.model_dump() for each in stored])
    assert SECRET not in repr([(report.error, report.state.last_error) for report in store.reports])


async def test_a_language_of_the_list_is_that_of_items_without_one(site: Site, http: HttpClient) -> None:
    site.answer = lambda _: web.Response(text="<rss/>")
    store = Store(http)
    await store.poll(new_feed(site.url(), NOW, options=FeedOptions(language="fr")))
    [entry] = [each for each in store.taken if isinstance(each, Entry)]
    assert entry.language is None
    assert entry.feed is not None
    assert entry.feed.language == "fr"
