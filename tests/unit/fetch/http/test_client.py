from __future__ import annotations

import asyncio
import base64
import gzip
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import brotli
import pytest
from aiohttp import web

from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import FetchError, HttpLimits

LOOPBACK = AddressGuard([parse_network("127.0.0.1")])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MIB = 1024 * 1024


class Site:
    """A server on loopback whose every path is answered by `answer`; `seen` has the requests' headers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.answer: Handler = self._empty

    async def _empty(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="ok")

    def url(self, path: str = "/", user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.port}{path}"


@pytest.fixture
async def site(unused_tcp_port: int) -> AsyncIterator[Site]:
    one = Site(unused_tcp_port)

    async def handle(request: web.Request) -> web.StreamResponse:
        one.seen.append((request.path, dict(request.headers)))
        return await one.answer(request)

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", one.port).start()
    yield one
    await runner.cleanup()


@pytest.fixture
async def raw(unused_tcp_port_factory: Callable[[], int]) -> AsyncIterator[Callable[..., Awaitable[str]]]:
    """Starts a server that sends the given pieces, a pause between two, and the last one for ever if asked to."""
    servers: list[asyncio.Server] = []

    async def start(*pieces: bytes, pause: float = 0.0, repeat: bool = False) -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await reader.readuntil(b"\r\n\r\n")
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(pause)
                while repeat:
                    writer.write(pieces[-1])
                    await writer.drain()
                    await asyncio.sleep(pause)
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        port = unused_tcp_port_factory()
        servers.append(await asyncio.start_server(serve, "127.0.0.1", port))
        return f"http://127.0.0.1:{port}/"

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    async with HttpClient(LOOPBACK, HttpLimits(total_s=5, first_byte_s=1), contact="https://ops.example/") as one:
        yield one


async def failure(client: HttpClient, url: str, **more: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await client.get(url, **more)
    return caught.value


async def test_a_body_with_what_is_needed_to_ask_again(site: Site, client: HttpClient) -> None:
    async def answer(request: web.Request) -> web.Response:
        headers = {
            "ETag": '"v1"',
            "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT",
            "Set-Cookie": "a=b",
            "X-Other": "x",
        }
        return web.Response(body=b"<rss/>", content_type="application/rss+xml", headers=headers)

    site.answer = answer
    response = await client.get(site.url("/feed#fragment"))
    assert (response.status, response.body, response.content_type) == (200, b"<rss/>", "application/rss+xml")
    assert (response.etag, response.last_modified) == ('"v1"', "Mon, 01 Jan 2024 00:00:00 GMT")
    assert (response.url_final, response.redirects, response.moved_to) == (site.url("/feed"), (), None)
    assert "x-other" not in response.headers
    await client.get(site.url("/feed"))
    headers = site.seen[1][1]
    assert "Cookie" not in headers
    assert headers["User-Agent"] == "Newsloom/0.1 (+https://ops.example/)"


async def test_not_modified(site: Site, client: HttpClient) -> None:
    async def answer(request: web.Request) -> web.Response:
        known = request.headers.get("If-None-Match") == '"v1"' and "If-Modified-Since" in request.headers
        return web.Response(status=304 if known else 200, headers={"ETag": '"v1"'})

    site.answer = answer
    response = await client.get(site.url(), etag='"v1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
    assert (response.status, response.body, response.etag) == (304, b"", '"v1"')


async def test_a_validator_that_would_inject_a_header_is_not_sent(site: Site, client: HttpClient) -> None:
    assert (await client.get(site.url(), etag='"a"\r\nX-Evil: 1', last_modified="\x00")).status == 200
    assert not {"If-None-Match", "If-Modified-Since", "X-Evil"} & site.seen[0][1].keys()


@pytest.mark.parametrize(
    ("coding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:])),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data, wbits=-15)),
        ("br", lambda data: brotli.compress(data, quality=5)),
        ("identity", bytes),
    ],
)
async def test_compressed_bodies_are_decoded(
    site: Site, client: HttpClient, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    text = b"".join(b"line %d of a feed\n" % number for number in range(50_000))
    packed = compress(text)

    async def answer(request: web.Request) -> web.Response:
        assert coding == "identity" or coding.removeprefix("x-") in request.headers["Accept-Encoding"]
        return web.Response(body=packed, headers={"Content-Encoding": coding})

    site.answer = answer
    assert (await client.get(site.url())).body == text


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, gzip"])
async def test_a_body_that_is_not_what_it_says_is_an_error(site: Site, client: HttpClient, coding: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=b"plain text, no more", headers={"Content-Encoding": coding})

    site.answer = answer
    assert (await failure(client, site.url())).code == "encoding"


def gzip_bomb() -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    block = bytes(MIB)
    return b"".join(packer.compress(block) for _ in range(128)) + packer.flush()


def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1)
    block = bytes(MIB)
    return b"".join(packer.process(block) for _ in range(128)) + packer.finish()


@pytest.mark.parametrize(("coding", "bomb"), [("gzip", gzip_bomb), ("deflate", gzip_bomb), ("br", brotli_bomb)])
async def test_bombs_are_defused_in_little_memory(
    site: Site, client: HttpClient, coding: str, bomb: Callable[[], bytes]
) -> None:
    packed = bomb()

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": coding})

    site.answer = answer
    tracemalloc.start()
    try:
        assert (await failure(client, site.url())).code == "too-large"
        assert tracemalloc.get_traced_memory()[1] < 45 * MIB
    finally:
        tracemalloc.stop()


async def test_thousands_of_empty_gzip_members_are_refused(site: Site, client: HttpClient) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"x") * 5_000, headers={"Content-Encoding": "gzip"})

    site.answer = answer
    assert (await failure(client, site.url())).code == "encoding"


async def test_a_declared_length_over_the_limit_is_not_downloaded(
    client: HttpClient, raw: Callable[..., Awaitable[str]]
) -> None:
    url = await raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", pause=3)
    assert (await failure(client, url)).code == "too-large"


async def test_an_endless_body_is_cut_off(client: HttpClient, raw: Callable[..., Awaitable[str]]) -> None:
    url = await raw(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * MIB, repeat=True)
    assert (await failure(client, url)).code == "too-large"


@pytest.mark.parametrize(
    "pieces",
    [(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 200), (b"HTTP/1.1 200 OK\r\nX-A: ", b"x" * 5_000)],
    ids=["many", "long"],
)
async def test_endless_headers_are_cut_off(
    client: HttpClient, raw: Callable[..., Awaitable[str]], pieces: tuple[bytes, ...]
) -> None:
    assert (await failure(client, await raw(*pieces, repeat=True))).code == "too-large"


async def test_headers_that_drip_run_into_the_first_byte_deadline(
    client: HttpClient, raw: Callable[..., Awaitable[str]]
) -> None:
    started = time.monotonic()
    url = await raw(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", pause=0.3, repeat=True)
    assert (await failure(client, url)).code == "timeout"
    assert time.monotonic() - started < 2


async def test_a_body_that_drips_runs_into_the_total_deadline(raw: Callable[..., Awaitable[str]]) -> None:
    url = await raw(b"HTTP/1.1 200 OK\r\n\r\n", b"x", pause=0.05, repeat=True)
    async with HttpClient(LOOPBACK, HttpLimits(total_s=0.5)) as client:
        assert (await failure(client, url)).code == "timeout"


async def test_a_connection_that_breaks_in_the_body_leaves_a_truncated_one(
    client: HttpClient, raw: Callable[..., Awaitable[str]]
) -> None:
    url = await raw(b'HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: 500\r\n\r\n<rss>', pause=0.05)
    response = await client.get(url)
    assert (response.body, response.truncated, response.etag) == (b"<rss>", True, None)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100])
async def test_what_is_no_http_is_a_connection_error(
    client: HttpClient, raw: Callable[..., Awaitable[str]], answer: bytes
) -> None:
    assert (await failure(client, await raw(answer))).code == "connection"


async def test_permanent_redirects_are_told_from_others(site: Site, client: HttpClient) -> None:
    steps = {"/a": (301, "/b"), "/b": (308, "/c"), "/c": (302, "/d?x=1")}

    async def answer(request: web.Request) -> web.Response:
        if request.path in steps:
            status, location = steps[request.path]
            return web.Response(status=status, headers={"Location": location})
        return web.Response(text="there")

    site.answer = answer
    response = await client.get(site.url("/a"))
    assert (response.url_final, response.body) == (site.url("/d?x=1"), b"there")
    assert [redirect.status for redirect in response.redirects] == [301, 308, 302]
    assert response.moved_to == site.url("/c")
    assert (await client.get(site.url("/c"))).moved_to is None


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("/again", "too-many-redirects"),
        ("/next{n}", "too-many-redirects"),
        ("http://127.0.0.2/", "blocked-address"),
        ("http://[::1]:6379/", "blocked-address"),
        ("http://169.254.169.254/latest/meta-data/", "blocked-address"),
        ("http://localtest.invalid/", "dns"),
        ("file:///etc/passwd", "bad-url"),
        ("gopher://127.0.0.1/", "bad-url"),
        ("http://[", "bad-url"),
        ("", "http-3xx"),
    ],
)
async def test_each_redirect_is_checked(site: Site, client: HttpClient, location: str, code: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": location.format(n=len(site.seen))})

    site.answer = answer
    assert (await failure(client, site.url())).code == code
    assert len(site.seen) <= 6


async def test_credentials_stay_with_their_origin(
    site: Site, unused_tcp_port_factory: Callable[[], int], client: HttpClient
) -> None:
    other_port = unused_tcp_port_factory()
    elsewhere: list[dict[str, str]] = []

    async def other(request: web.BaseRequest) -> web.Response:
        elsewhere.append(dict(request.headers))
        return web.Response(text="there")

    runner = web.ServerRunner(web.Server(other))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", other_port).start()

    async def answer(request: web.Request) -> web.Response:
        target = "/b" if request.path == "/a" else f"http://evil:pw@127.0.0.1:{other_port}/"
        return web.Response(status=302, headers={"Location": target})

    site.answer = answer
    response = await client.get(site.url("/a", user="me:secret@"), headers={"X-Token": "t"}, etag='"e"')
    await runner.cleanup()
    expected = "Basic " + base64.b64encode(b"me:secret").decode()
    assert site.seen[0][1]["Authorization"] == expected
    assert site.seen[0][1]["X-Token"] == "t"
    assert not {"Authorization", "X-Token"} & elsewhere[0].keys()
    assert elsewhere[0]["If-None-Match"] == '"e"', "validators are of the response at the end of the redirects"
    assert "secret" not in repr(response)
    assert "evil" not in repr(response)


@pytest.mark.parametrize(
    ("status", "header", "code", "wait"),
    [
        (404, None, "http-4xx", None),
        (429, "120", "http-4xx", 120.0),
        (503, "-5", "http-5xx", 0.0),
        (500, "soon", "http-5xx", None),
        (300, None, "http-3xx", None),
    ],
)
async def test_error_statuses(
    site: Site, client: HttpClient, status: int, header: str | None, code: str, wait: float | None
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Retry-After": header} if header else None)

    site.answer = answer
    error = await failure(client, site.url())
    assert (error.code, error.status, error.retry_after) == (code, status, wait)


async def test_errors_of_the_network_have_their_codes(client: HttpClient, unused_tcp_port: int, site: Site) -> None:
    assert (
        await failure(client, f"http://127.0.0.1:{unused_tcp_port + 0}/".replace(str(site.port), "9"))
    ).code == "refused"
    assert (await failure(client, "http://no-such-host.invalid/")).code == "dns"
    assert (await failure(client, f"https://127.0.0.1:{site.port}/")).code == "tls"


async def test_kept_headers_can_be_stored_whatever_their_bytes(
    client: HttpClient, raw: Callable[..., Awaitable[str]]
) -> None:
    url = await raw(
        b'HTTP/1.1 200 OK\r\nETag: "\xff"\r\nContent-Type: text/xml\xff\r\nContent-Length: 1\r\n\r\nx', pause=0.05
    )
    response = await client.get(url)
    for value in response.headers.values():
        value.encode()
    assert (response.etag, response.content_type) == ('"?"', "text/xml?")


async def test_an_error_tells_the_host_that_it_was_met_at_and_whether_that_was_reached(
    site: Site, client: HttpClient, unused_tcp_port_factory: Callable[[], int], raw: Callable[..., Awaitable[str]]
) -> None:
    here, dead = f"127.0.0.1:{site.port}", f"127.0.0.1:{unused_tcp_port_factory()}"
    silent = await raw(b"", pause=3)

    async def answer(request: web.Request) -> web.Response:
        locations = {"/dead": f"http://{dead}/", "/silent": silent}
        if request.path in locations:
            return web.Response(status=302, headers={"Location": locations[request.path]})
        return web.Response(status=503)

    site.answer = answer
    met = [
        await failure(client, url) for url in (site.url("/dead"), site.url("/silent"), site.url(), f"http://{dead}/")
    ]
    assert [(error.code, error.host, error.connected) for error in met] == [
        ("refused", dead, False),
        ("timeout", silent.removeprefix("http://").rstrip("/"), True),
        ("http-5xx", here, True),
        ("refused", dead, False),
    ]


def test_messages_of_errors_can_be_stored() -> None:
    assert FetchError("connection", "\udcff").message.encode() == b"?"


async def test_the_proxy_of_the_environment_is_ignored(
    site: Site, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (await client.get(site.url())).body == b"ok"


async def body_of(site: Site, client: HttpClient, served: bytes) -> bytes:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=served)

    site.answer = answer
    return (await client.get(site.url())).body


@pytest.mark.parametrize("times", [1, 2])
async def test_gzip_that_no_header_told_of_is_undone(site: Site, client: HttpClient, times: int) -> None:
    body = b"<rss/>"
    for _ in range(times):
        body = gzip.compress(body)
    assert await body_of(site, client, body) == b"<rss/>"


async def test_what_only_begins_like_gzip_stays_as_it_is(site: Site, client: HttpClient) -> None:
    body = b"\x1f\x8b\x08 and so on"
    assert await body_of(site, client, body) == body


async def test_a_bomb_that_no_header_told_of_is_defused(site: Site, client: HttpClient) -> None:
    bomb = gzip.compress(bytes(64 * 2**20))
    with pytest.raises(FetchError) as caught:
        await body_of(site, client, bomb)
    assert caught.value.code == "too-large"


async def test_a_kept_connection_with_the_rest_of_an_earlier_answer_costs_nothing(client: HttpClient) -> None:
    """A 304 must have no body; one that has it leaves it in the connection, where the next answer is looked for."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                request = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            if b"If-None-Match" in request:
                writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
                writer.write(b"<html>Nothing new</html>")
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert (await client.get(url, etag='"e"')).status == 304
        await asyncio.sleep(0.1)
        assert (await client.get(url)).body == b"<rss/>"
    finally:
        server.close()
