"""Server-side request forgery: a thousand hostile URLs, as they are, on a listening port, and at the end of redirects.

That none is connected to is proved twice: by sockets that listen on loopback and count whom they accept, and below everything of
ours, where Python hands an address to the kernel. There every attempt is noted, and only loopback is passed on, so that no test
reaches a network. The URLs are data: `tests/data/ssrf`.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from services.fetch.http import address_guard
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import FetchError, HttpLimits
from services.fetch.http.proxy import parse_proxy

DATA = Path(__file__).parents[3] / "data" / "ssrf"
LIMITS = HttpLimits(total_s=3)
REDIRECTS = (301, 302, 303, 307, 308)
REDIRECTOR = "127.0.0.2"
"""Stands for a public site that redirects: a loopback address that no hostile URL names."""

BLOCKED, UNRESOLVED = {"blocked-address"}, {"blocked-address", "bad-url", "dns"}
FILES = {
    "addresses-v4.txt": BLOCKED,
    "addresses-v6.txt": UNRESOLVED,
    "embedded.txt": BLOCKED,
    "names.txt": BLOCKED,
    "notations.txt": UNRESOLVED,
    "parsers.txt": UNRESOLVED,
    "ports.txt": {"blocked-address", "bad-url"},
    "schemes.txt": {"bad-url"},
    "unicode.txt": UNRESOLVED,
}
"""Each with the codes that its URLs may end in."""


@cache
def rows(name: str) -> list[list[str]]:
    """URL and what else stands in its line, by two spaces or more."""
    lines = (DATA / name).read_text("utf-8").split("\n")
    return [re.split(r"(?<=\S) {2,}", line) for line in lines if line and not line.startswith("#")]


def urls(name: str) -> list[str]:
    return [row[0] for row in rows(name)]


EVERYTHING = [url for name in FILES for url in urls(name)]


def known_names() -> dict[str, list[str]]:
    """What the tests' resolver knows."""
    private = {host_of(row[0]): row[1].split(",") for row in rows("names.txt")}
    public = {name: ["93.184.216.34"] for name in ("paper.example", "ports.example", host_of("zeitung-ü.example"))}
    return private | public | {"six.example": ["2606:4700::1111"]}


def host_of(url: str) -> str:
    return url.removeprefix("http://").rstrip("/").removesuffix(".").lower().encode("idna").decode()


class Network:
    """The lowest level that Python has: names come from a table, and connects are noted, and refused unless to loopback."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.attempts: list[tuple[str, int]] = []
        self.accepted = 0
        self.names: dict[str, list[list[str]]] = {name: [found] for name, found in known_names().items()}
        """Answers in their turn; the last one stays."""
        self.ports: list[int] = []
        self._connect, self._look_up = socket.socket.connect, socket.getaddrinfo
        monkeypatch.setattr(socket.socket, "connect", lambda sock, where: self._note(sock, where))
        monkeypatch.setattr(socket.socket, "connect_ex", lambda sock, where: self._note(sock, where))
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)

    def _note(self, sock: socket.socket, where: Any) -> None:
        address = str(where[0]).partition("%")[0] if isinstance(where, tuple) else str(where)
        self.attempts.append((address, where[1] if isinstance(where, tuple) else 0))
        if not address.startswith("127.") and address != "::1":
            raise ConnectionRefusedError(111, "refused by the tests")
        self._connect(sock, where)

    def _resolve(self, host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
        name = (host.decode() if isinstance(host, bytes) else str(host)).removesuffix(".").lower()
        # Else an address in one of the notations that the system's resolver takes; no question leaves the machine.
        answers = self.names.get(name, [[str(host)]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        numeric = flags & ~socket.AI_ADDRCONFIG | socket.AI_NUMERICHOST
        return [info for one in found for info in self._look_up(one, port, family, type, proto, numeric)]

    async def listen(self) -> AsyncIterator[None]:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.accepted += 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()

        servers = [await asyncio.start_server(accept, "127.0.0.1", 0)]
        with suppress(OSError):  # A machine without IPv6: then nothing can be reached through it either.
            servers.append(await asyncio.start_server(accept, "::1", 0))
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        yield
        for server in servers:
            server.close()


@pytest.fixture
async def network(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Network]:
    one = Network(monkeypatch)
    async for _ in one.listen():
        # Else what listens would be out of reach for its port alone.
        monkeypatch.setattr(address_guard, "PORTS", address_guard.PORTS | set(one.ports))
        yield one


async def code_of(client: HttpClient, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        await client.get(url)
    return caught.value.code


def at_port(url: str, port: int) -> str | None:
    """The URL with this port, where it has none."""
    parts = re.fullmatch(r"(https?://)([^/?#\\]+)(.*)", url)
    if parts is None or re.search(r":[^\]@]*\Z", parts[2]):
        return None
    return f"{parts[1]}{parts[2]}:{port}{parts[3]}"


def test_the_urls_are_many_and_each_is_there_once() -> None:
    assert len(EVERYTHING) == len(set(EVERYTHING)) > 900
    assert len(rows("public.txt")) >= 8
    assert {path.name for path in DATA.glob("*.txt")} == {*FILES, "public.txt"}


async def test_what_would_be_reached_without_a_guard_is_noticed(network: Network) -> None:
    everything = AddressGuard([parse_network("0.0.0.0/0"), parse_network("::/0")])
    async with HttpClient(everything, LIMITS) as client:
        for port in network.ports:
            await client.get(f"http://{'127.0.0.1' if port == network.ports[0] else '[::1]'}:{port}/")
        await client.get(f"http://localtest.me:{network.ports[0]}/")
        assert network.accepted == len(network.ports) + 1 == len(network.attempts)
        for name in ("addresses-v4.txt", "embedded.txt", "names.txt"):
            network.attempts.clear()
            for url in urls(name):
                with suppress(FetchError):
                    await client.get(url)
            assert len(network.attempts) >= len(urls(name))


@pytest.mark.parametrize("name", FILES)
async def test_a_hostile_url_is_not_connected_to(network: Network, name: str) -> None:
    async with HttpClient(limits=LIMITS) as client:
        for url in urls(name):
            assert await code_of(client, url) in FILES[name], url
    assert (network.attempts, network.accepted) == ([], 0)


async def test_nor_where_something_listens(network: Network) -> None:
    tried = 0
    async with HttpClient(limits=LIMITS) as client:
        for number, url in enumerate(EVERYTHING):
            with_port = at_port(url, network.ports[number % len(network.ports)])
            if with_port is not None:
                tried += 1
                assert await code_of(client, with_port) in UNRESOLVED, with_port
    assert (network.attempts, network.accepted) == ([], 0)
    assert tried > 600


class Redirector:
    """Answers `/n` with the n-th of `locations`, and says what it likes about how."""

    def __init__(self, locations: Sequence[tuple[int, str]]) -> None:
        self._locations = locations
        self.served = 0
        self.port = 0

    async def __aenter__(self) -> Redirector:
        self._server = await asyncio.start_server(self._serve, REDIRECTOR, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def url(self, number: int) -> str:
        return f"http://{REDIRECTOR}:{self.port}/{number}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.served += 1
                path = head.split(b" ")[1].decode().removeprefix("/")
                status, location = self._locations[int(path)] if path.isdecimal() else (404, "")
                where = location.replace("{here}", f"http://{REDIRECTOR}:{self.port}")
                writer.write(f"HTTP/1.1 {status} X\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()


async def follow(network: Network, locations: Sequence[tuple[int, str]], starts: Sequence[int]) -> list[str]:
    """The codes that redirects end in; nothing but the redirector may have been connected to."""
    guard = AddressGuard([parse_network(REDIRECTOR)])
    async with Redirector(locations) as site, HttpClient(guard, LIMITS) as client:
        codes = [await code_of(client, site.url(start)) for start in starts]
        assert {address for address, _ in network.attempts} == {REDIRECTOR}
        assert site.served >= len(starts)
    assert network.accepted == 0
    return codes


async def test_no_redirect_leads_to_a_hostile_url(network: Network) -> None:
    locations = [(REDIRECTS[number % 5], url) for number, url in enumerate(EVERYTHING)]
    codes = await follow(network, locations, range(len(locations)))
    # What is a relative path, or nothing, for a redirect stays where it is.
    stayed = {"http-3xx", "http-4xx", "too-many-redirects"}
    assert set(codes) <= UNRESOLVED | stayed
    assert sum(code in stayed for code in codes) < 30


HOPS = [
    "http://127.0.0.1/", "//127.0.0.1/", "http://user:password@127.0.0.1/", "//user:password@[::1]/", "https://10.0.0.1/",
    "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::10.0.0.1]/", "http://[2002:7f00:1::]/", "http://[2600::5efe:127.0.0.1]/",
    "http://2130706433/", "http://0x7f.1/", "http://①②⑦.0.0.1/", "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/", "http://localtest.me/", "http://[fe80::1%25lo]/", "http://93.184.216.34:22/",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "data:text/plain,x", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("status", REDIRECTS)
async def test_every_status_and_the_last_hop_of_a_chain_are_checked(network: Network, status: int) -> None:
    one_hop = [(status, url) for url in HOPS]
    chains: list[tuple[int, str]] = []
    for url in HOPS:
        first = len(one_hop) + len(chains)
        chains += [(302, f"{{here}}/{first + 1}"), (status, f"/{first + 2}"), (307, f"{first + 3}"), (status, url)]
    starts = [*range(len(HOPS)), *range(len(HOPS), len(HOPS) + len(chains), 4)]
    codes = await follow(network, one_hop + chains, starts)
    assert set(codes) == {"blocked-address", "bad-url"}
    assert codes[: len(HOPS)] == codes[len(HOPS) :]


async def test_a_name_that_is_public_when_first_asked_for_and_private_afterwards(network: Network) -> None:
    """DNS rebinding. A client for each look-up, since one keeps answers for some seconds."""
    for private in ("127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"):
        network.names["rebinding.example"] = [["93.184.216.34"], [private]]
        network.attempts.clear()
        codes = []
        for _ in range(3):
            async with HttpClient(limits=LIMITS) as client:
                codes.append(await code_of(client, "http://rebinding.example/"))
        assert codes == ["refused", "blocked-address", "blocked-address"]
        assert network.attempts == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "answer", [["10.0.0.1", "93.184.216.34"], ["93.184.216.34", "10.0.0.1"], ["::1", "93.184.216.34", "127.0.0.1"]]
)
async def test_of_a_name_with_public_and_private_addresses_only_the_public_ones_are_tried(
    network: Network, answer: list[str]
) -> None:
    network.names["both.example"] = [answer]
    async with HttpClient(limits=LIMITS) as client:
        await code_of(client, "http://both.example/")
    assert set(network.attempts) == {("93.184.216.34", 80)}


@pytest.mark.parametrize(("url", "address", "port"), rows("public.txt"))
async def test_a_public_address_is_let_through(network: Network, url: str, address: str, port: str) -> None:
    async with HttpClient(limits=LIMITS) as client:
        assert await code_of(client, url) == "refused"
    assert [(ip_address(one), number) for one, number in network.attempts] == [(ip_address(address), int(port))]


async def test_behind_a_proxy_it_is_not_asked_for_what_the_url_alone_shows_to_be_hostile(network: Network) -> None:
    """Whether a name is, is the proxy's to find out."""
    proxy = parse_proxy("http://127.0.0.1:9")
    async with HttpClient(limits=LIMITS, proxy=proxy) as client:
        for name in (
            "addresses-v4.txt",
            "addresses-v6.txt",
            "embedded.txt",
            "notations.txt",
            "ports.txt",
            "schemes.txt",
        ):
            for url in urls(name):
                assert await code_of(client, url) in UNRESOLVED - {"dns"}, url
        assert network.attempts == []
        assert await code_of(client, "http://paper.example/") == "proxy"
        assert network.attempts == [("127.0.0.1", 9)]
