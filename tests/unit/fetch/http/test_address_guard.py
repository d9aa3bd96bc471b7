"""What must never be connected to, as addresses (the guard itself) and as URLs (through the client, on real sockets)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch.http.address_guard import AddressGuard, Blocked, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import FetchError, HttpLimits

PRIVATE_V4 = [
    "0.0.0.0", "0.0.0.1", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "100.127.255.255", "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.255", "168.63.129.16", "169.254.0.1",
    "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.20.10.1", "172.31.255.255", "192.0.0.1", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.1.254", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "232.1.1.1", "239.255.255.250", "240.0.0.1", "250.1.2.3",
    "255.255.255.254", "255.255.255.255", "192.31.196.1", "192.52.193.1", "192.175.48.1",
]  # fmt: skip
PRIVATE_V6 = [
    "::", "::1", "::2", "fe80::1", "fe80::1%lo", "febf::1", "fec0::1", "feff::1", "fc00::1", "fd00::1",
    "fd00:ec2::254", "fdff:ffff::1", "ff00::1", "ff01::1", "ff02::1", "ff05::2", "ff0e::1", "100::1", "100:0:0:1::1",
    "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:30::1", "2001:db8::1", "2001:db8:ffff::1", "3ffe::1",
    "3fff::1", "3fff:fff::1", "4000::1", "5f00::1", "8000::1", "e000::1", "ffff::1", "2620:4f:8000::1",
    "64:ff9b:2::1", "64:ff9b:1:ffff::1", "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip


def embeddings(address: str) -> list[str]:
    """All the ways in which IPv6 wraps an IPv4 address."""
    number = int(IPv4Address(address))
    high, low = number >> 16, number & 0xFFFF
    inverted = ~number & 0xFFFFFFFF
    return [
        f"::ffff:{address}",
        f"::ffff:0:{address}",
        f"::{address}",
        f"64:ff9b::{address}",
        f"64:ff9b:1:{high:x}:{low >> 8:x}:{(low & 0xFF) << 8:x}::",
        f"64:ff9b:1::{address}",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:{high:x}:{low:x}::1",
        f"2001:0:808:808:0:0:{inverted >> 16:x}:{inverted & 0xFFFF:x}",
        f"2600::5efe:{address}",
        f"2600::200:5efe:{address}",
    ]


WRAPPED = [
    wrapped
    for address in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1")
    for wrapped in embeddings(address)
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", [*PRIVATE_V4, *PRIVATE_V6, *WRAPPED, "", "localhost", "1.2.3", "127.1", "0x7f.1"])
def test_addresses_that_are_not_public_are_blocked(address: str) -> None:
    with pytest.raises(Blocked) as caught:
        AddressGuard().check(address, 80)
    assert caught.value.code == "address"


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open_on_the_ports_of_the_web_only(address: str) -> None:
    for port in (80, 443, 8080, 8443):
        AddressGuard().check(address, port)
    for port in (0, 21, 22, 25, 3306, 6379, 9200, 65535):
        with pytest.raises(Blocked) as caught:
            AddressGuard().check(address, port)
        assert caught.value.code == "port"


def test_an_allowed_network_is_open_on_every_port_and_alone() -> None:
    guard = AddressGuard([parse_network("127.0.0.0/8"), parse_network("fd00::/64")])
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "fd00::5"):
        guard.check(address, 9999)
    for address in ("10.0.0.1", "fd00:0:0:1::1", "::1"):
        with pytest.raises(Blocked):
            guard.check(address, 80)
    with pytest.raises(Blocked):
        guard.check("8.8.8.8", 9999)


def test_an_address_in_an_allowed_network_opens_no_other_one_that_carries_it() -> None:
    """`fe80::5efe:10.0.0.1` is a host of the local link, whatever its last 32 bits are."""
    guard = AddressGuard([parse_network("10.0.0.0/8")])
    guard.check("10.0.0.1", 22)
    for wrapped in ("::ffff:10.0.0.1", "64:ff9b::10.0.0.1"):
        guard.check(wrapped, 22)
    for wrapped in (
        "fe80::5efe:10.0.0.1", "fd00::5efe:10.0.0.1", "fc00::200:5efe:10.0.0.1", "2001:db8::5efe:10.0.0.1", "64:ff9b:1::10.0.0.1",
        "2001:0:a00:1::1", "2001:0:a00:1:0:0:3f57:fefe",
    ):  # fmt: skip
        with pytest.raises(Blocked) as caught:
            guard.check(wrapped, 80)
        assert caught.value.code == "address"
    for elsewhere in ("2600::5efe:10.0.0.1", "2002:a00:1::1"):
        guard.check(elsewhere, 80)
        with pytest.raises(Blocked) as caught:
            guard.check(elsewhere, 22)
        assert caught.value.code == "port"


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_never_more_public_than_itself(address: IPv4Address) -> None:
    if not _open(str(address)):
        assert not any(_open(wrapped) for wrapped in embeddings(str(address)))


@given(st.ip_addresses(v=6))
def test_only_global_unicast_and_translated_ipv4_are_open(address: IPv6Address) -> None:
    if _open(str(address)):
        assert address.exploded[0] in "23" or address.exploded.startswith(("0064:ff9b", "0000:0000:0000:0000:"))


def _open(address: str) -> bool:
    try:
        AddressGuard().check(address, 443)
    except Blocked:
        return False
    return True


def test_a_socket_that_is_not_of_the_internet_is_not_opened() -> None:
    with pytest.raises(Blocked):
        AddressGuard().open_socket((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/docker.sock", 0)))


HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0", "0.0.0.0", "0x0",
    "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "①②⑦.⓪.⓪.①", "127。0。0。1", "[::]", "[::1]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]",
    *(f"[{wrapped}]" for wrapped in embeddings("127.0.0.1")),
    "u:p@127.0.0.1", "example.com@127.0.0.1", "example.com%40@127.0.0.1", "127.0.0.1%00.example.com", "[::1%25lo]",
]  # fmt: skip
ODD_URLS = [
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:70/_x", "dict://127.0.0.1:11211/", "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/", "jar:http://127.0.0.1!/", "ws://127.0.0.1/", "data:text/plain,x",
    "javascript:1", "//127.0.0.1/",
    "http:///127.0.0.1/",
    "http:127.0.0.1", "http://", "", " ", "http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/",
    "http://a:b:c/",
    "http://\x00/", "http://" + "a" * 70 + ".example/", "http://" + "a." * 3000,
]  # fmt: skip


async def test_no_hostile_url_reaches_a_listening_socket() -> None:
    """Two servers that listen on every address count connections; each host is tried on both ports, also after a redirect."""
    reached: list[str] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(str(writer.get_extra_info("peername")))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    servers = [await asyncio.start_server(accept, "0.0.0.0", 0)]
    with suppress(OSError):  # A machine without IPv6: then nothing can be reached through it either.
        servers.append(await asyncio.start_server(accept, "::", 0))
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    urls = (
        [f"http://{host}:{port}/" for host in HOSTS for port in ports]
        + [f"https://{host}/" for host in HOSTS]
        + ODD_URLS
    )
    assert len(urls) + len(PRIVATE_V4) + len(PRIVATE_V6) + len(WRAPPED) > 250
    async with HttpClient(limits=HttpLimits(total_s=3)) as client:
        for url in urls:
            with pytest.raises(FetchError) as caught:
                await client.get(url)
            assert caught.value.code in ("blocked-address", "bad-url", "dns", "connection"), (url, caught.value)
    assert reached == []
    everything = AddressGuard([parse_network("0.0.0.0/0"), parse_network("::/0")])
    async with HttpClient(everything, HttpLimits(total_s=3)) as client:
        await client.get(f"http://127.0.0.1:{ports[0]}/")
    assert len(reached) == 1, "the servers would have noticed"
    for server in servers:
        server.close()
