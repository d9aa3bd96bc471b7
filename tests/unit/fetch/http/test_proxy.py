"""Through a proxy: a real one, small, on loopback, which knows where the sites of the tests are."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import certificates
import pytest
from aiohttp import web
from yarl import URL

from services.fetch.http.address_guard import AddressGuard, Blocked, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import FetchError, HttpLimits
from services.fetch.http.proxy import Proxy, ProxyRoute, check_target, parse_proxy

LIMITS = HttpLimits(total_s=5, first_byte_s=2)


class SmallProxy:
    """Forwards `http` by the absolute form and `https` by `CONNECT`, every site to the one port of loopback that it was given."""

    def __init__(self, password: str | None = None) -> None:
        self.asked: list[str] = []
        """Request lines, as they came."""
        self.heads: list[str] = []
        self.sites: dict[str, int] = {}
        self.answer: bytes | None = None
        self._wanted = None if password is None else b64encode(f"me:{password}".encode()).decode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            await self._forward(head, reader, writer)
        writer.close()

    async def _forward(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, _, fields = head.partition("\r\n")
        self.asked.append(line)
        self.heads.append(head)
        method, target, _ = line.split(" ")
        if self.answer is not None:
            writer.write(self.answer)
            return
        if self._wanted is not None and f"Proxy-Authorization: Basic {self._wanted}" not in head:
            writer.write(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
            return
        host = target if method == "CONNECT" else str(URL(target).host)
        if host not in self.sites:
            writer.write(b"HTTP/1.1 502 No such site\r\nContent-Length: 0\r\n\r\n")
            return
        there, to_there = await asyncio.open_connection("127.0.0.1", self.sites[host])
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            own = [field for field in fields.split("\r\n") if field and not field.startswith("Proxy-")]
            # One request for each connection, so that every one of them is seen.
            own += ["Connection: close"]
            to_there.write("\r\n".join([f"{method} {URL(target).raw_path_qs} HTTP/1.1", *own, "\r\n"]).encode())
        await asyncio.gather(_copy(reader, to_there), _copy(there, writer))


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
    sink.close()


@asynccontextmanager
async def running(proxy: SmallProxy, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0, ssl=tls)
    yield server.sockets[0].getsockname()[1]
    server.close()


@asynccontextmanager
async def site(seen: list[web.BaseRequest], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def handle(request: web.BaseRequest) -> web.Response:
        seen.append(request)
        moved = {
            "/moved": "http://elsewhere.example/x",
            "/inside": "http://10.0.0.1/",
            "/local": "http://printer.local/",
        }
        if request.path in moved:
            return web.Response(status=302, headers={"Location": moved[request.path]})
        return web.Response(text=f"{request.host}{request.path}")

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0.1)
    await runner.setup()
    where = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await where.start()
    yield runner.addresses[0][1]
    await runner.cleanup()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context and that of a client that trusts it."""
    folder = tmp_path_factory.mktemp("tls")
    certificates.make(folder)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(folder / "server.pem", folder / "server.key")
    return server, ssl.create_default_context(cafile=str(folder / "ca.pem"))


async def code_of(client: HttpClient, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        await client.get(url)
    return caught.value.code


async def test_everything_goes_through_the_proxy_redirects_too() -> None:
    proxy, seen = SmallProxy(), list[web.BaseRequest]()
    async with site(seen) as port, running(proxy) as proxy_port:
        proxy.sites = {"paper.example": port, "elsewhere.example": port}
        async with HttpClient(limits=LIMITS, proxy=parse_proxy(f"http://localhost:{proxy_port}")) as client:
            response = await client.get("http://paper.example/moved?a=b")
    assert response.body == b"elsewhere.example/x"
    assert [line.split(" ")[1] for line in proxy.asked] == [
        "http://paper.example/moved?a=b",
        "http://elsewhere.example/x",
    ]


async def test_a_user_s_password_goes_to_the_proxy_and_no_further() -> None:
    proxy, seen = SmallProxy("s3cret"), list[web.BaseRequest]()
    async with site(seen) as port, running(proxy) as proxy_port:
        proxy.sites = {"paper.example": port}
        known = parse_proxy(f"http://me@127.0.0.1:{proxy_port}", "s3cret")
        async with HttpClient(limits=LIMITS, proxy=known) as client:
            assert (await client.get("http://paper.example/")).body == b"paper.example/"
        for stranger in (
            parse_proxy(f"http://127.0.0.1:{proxy_port}"),
            parse_proxy(f"http://me@127.0.0.1:{proxy_port}", "x"),
        ):
            async with HttpClient(limits=LIMITS, proxy=stranger) as client:
                assert await code_of(client, "http://paper.example/") == "proxy"
                assert await code_of(client, "https://paper.example/") == "proxy"
    assert len(seen) == 1
    assert "Proxy-Authorization" not in seen[0].headers
    assert "s3cret" not in repr(known)
    assert known.authorization not in (None, "")
    assert str(known.authorization) not in repr(known)


@pytest.mark.parametrize("scheme", ["http", "https"], ids=["plain-proxy", "tls-proxy"])
async def test_https_is_tunnelled(
    scheme: str, tls: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", tls[1])  # To trust the test's own authority.
    proxy, seen = SmallProxy("s3cret"), list[web.BaseRequest]()
    async with site(seen, tls[0]) as port, running(proxy, tls[0] if scheme == "https" else None) as proxy_port:
        # The certificate is for localhost, which as a site is refused: an address stands for one, allowed for this test.
        proxy.sites = {"127.0.0.1:8443": port}
        client = HttpClient(
            AddressGuard([parse_network("127.0.0.1")]),
            LIMITS,
            proxy=parse_proxy(f"{scheme}://me@localhost:{proxy_port}", "s3cret"),
        )
        async with client:
            assert (await client.get("https://127.0.0.1:8443/feed")).body == b"127.0.0.1:8443/feed"
    assert proxy.asked == ["CONNECT 127.0.0.1:8443 HTTP/1.1"]
    assert "Proxy-Authorization" not in seen[0].headers


REFUSED = [
    *("http://127.0.0.1/", "http://10.1.2.3/", "http://169.254.169.254/", "http://[::1]/", "http://[::ffff:10.0.0.1]/"),
    *("http://[fe80::1%25lo]/", "http://127.0.0.1./", "http://2130706433/", "http://0x7f000001/", "http://127.1/"),
    *("http://0177.0.0.1/", "http://010.8.8.8/", "http://①②⑦.⓪.⓪.①/", "http://1.2.3.4.5/", "http://256.1.1.1/", "http://1.2.3.09/"),
    *("http://localhost/", "http://LOCALHOST./", "http://a.localhost/", "http://printer/", "http://printer./"),
    *("http://printer.local/", "http://x.INTERNAL./", "http://metadata.google.internal/", "http://router.home.arpa/"),
    *("http://nas.lan/", "http://paper.example:6379/", "http://8.8.8.8:22/", "http://a%2fb.example/", "http://paper.example../"),
    "http://127.0.0.1%00.paper.example/",
]  # fmt: skip


async def test_what_a_url_alone_tells_to_be_private_is_not_even_asked_of_the_proxy() -> None:
    proxy, seen = SmallProxy(), list[web.BaseRequest]()
    async with site(seen) as port, running(proxy) as proxy_port:
        proxy.sites = {"paper.example": port}
        async with HttpClient(limits=LIMITS, proxy=parse_proxy(f"http://127.0.0.1:{proxy_port}")) as client:
            for url in [*REFUSED, *(url.replace("http:", "https:", 1) for url in REFUSED)]:
                assert await code_of(client, url) == "blocked-address", url
            assert proxy.asked == []
            for path in ("/inside", "/local"):
                assert await code_of(client, f"http://paper.example{path}") == "blocked-address"
            assert len(proxy.asked) == 2
            # What is public, or may be, is the proxy's to judge.
            for url in (
                "http://8.8.8.8/",
                "http://[2606:4700::1111]/",
                "http://other.example:8080/",
                "http://例え.jp./",
            ):
                assert await code_of(client, url) == "http-5xx", url
            assert len(proxy.asked) == 6


def test_private_networks_that_are_allowed_may_be_asked_of_the_proxy() -> None:
    guard = AddressGuard([parse_network("10.0.0.0/8")])
    check_target(URL("http://10.0.0.1:9999/"), guard)
    with pytest.raises(Blocked):
        check_target(URL("http://10.1/"), guard)
    with pytest.raises(Blocked):
        check_target(URL("http://192.168.0.1/"), guard)


async def test_nothing_but_the_proxy_is_connected_to() -> None:
    route = ProxyRoute(parse_proxy("http://127.0.0.1:3128"))
    route.open_socket((2, 1, 6, "", ("127.0.0.1", 3128))).close()
    for family, where in (
        (2, ("127.0.0.1", 80)), (2, ("127.0.0.2", 3128)), (2, ("8.8.8.8", 80)), (10, ("::1", 3128, 0, 0)), (1, ("/run/x.sock", 0)),
    ):  # fmt: skip
        with pytest.raises(Blocked):
            route.open_socket((family, 1, 6, "", where))
    named = ProxyRoute(parse_proxy("http://localhost:3128"))
    with pytest.raises(Blocked):
        named.open_socket((2, 1, 6, "", ("127.0.0.1", 3128)))
    await named.resolve("localhost", 3128)
    named.open_socket((2, 1, 6, "", ("127.0.0.1", 3128))).close()
    with pytest.raises(FetchError) as caught:
        await named.resolve("paper.example", 80)
    assert caught.value.code == "blocked-address"


async def test_a_proxy_that_is_not_there_or_refuses_is_no_error_of_the_site(unused_tcp_port: int) -> None:
    for address in (f"127.0.0.1:{unused_tcp_port}", "no-such-proxy.invalid:3128"):
        async with HttpClient(limits=LIMITS, proxy=parse_proxy(f"http://{address}")) as client:
            for url in ("http://paper.example/", "https://paper.example/"):
                assert await code_of(client, url) == "proxy"
    proxy = SmallProxy()
    async with (
        running(proxy) as port,
        HttpClient(limits=LIMITS, proxy=parse_proxy(f"http://127.0.0.1:{port}")) as client,
    ):
        assert await code_of(client, "https://paper.example/") == "proxy"
        proxy.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
        assert await code_of(client, "http://paper.example/") == "too-large"
        proxy.answer = b"SSH-2.0-OpenSSH\r\n"
        assert await code_of(client, "http://paper.example/") == "connection"


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("proxy:3128", None),
        ("socks5://proxy:1080", None),
        ("http://proxy", None),
        ("http://:3128", None),
        ("http://proxy:3128/path", None),
        ("http://proxy:3128?x=hunter2", None),
        ("http://me:hunter2@proxy:3128", None),
        ("http://me:hunter2@proxy:3128", "hunter2"),
        ("http://me@proxy:3128", None),
        ("http://proxy:3128", "hunter2"),
        ("http://hunter2@[", None),
        ("http://proxy:hunter2", None),
        ("", None),
    ],
)
def test_what_is_no_proxy_is_refused_without_quoting_it(text: str, password: str | None) -> None:
    with pytest.raises(ValueError, match=r"^(it|a) ") as caught:
        parse_proxy(text, password)
    assert "hunter2" not in str(caught.value)


def test_a_proxy_is_its_address_and_its_credentials() -> None:
    assert parse_proxy(" https://proxy.example:3128/ ") == Proxy(URL("https://proxy.example:3128"))
    named = parse_proxy("http://m%C3%A9@[::1]:3128", "p:w\u00f6rd")
    assert named == Proxy(URL("http://[::1]:3128"), "Basic " + b64encode("m\u00e9:p:w\u00f6rd".encode()).decode())
    assert "Basic" not in f"{named}"
