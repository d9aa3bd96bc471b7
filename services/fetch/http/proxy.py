"""Through an HTTP proxy: which one, what may be asked of it, and that nothing else is connected to.

Behind a proxy the names of sites are resolved by the proxy, out of our sight: whether a name leads to a private address is then for
the proxy to check. What can be told from the URL alone is checked here all the same.
"""

from __future__ import annotations

import re
import socket
from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.fetch.http.address_guard import PORTS, AddressGuard, AddressInfo, Blocked
from services.fetch.http.limits import FetchError

_NAME = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z0-9_-]{1,63}")
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
"""What ends in a number is an IPv4 address or nothing (URL standard, "ends in a number checker")."""
_LOCAL = (
    ".arpa", ".corp", ".home", ".internal", ".intranet", ".lan", ".local", ".localdomain", ".localhost", ".onion", ".private",
)  # fmt: skip
"""Names that mean something inside of a network only: RFC 6761, RFC 6762 with its appendix G, RFC 8375, ICANN's `.internal`."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """`url` holds neither user nor password; `authorization` is the header's value, and never shown."""

    url: URL
    authorization: str | None = field(default=None, repr=False)

    def request_headers(self, target: URL) -> dict[str, str]:
        """What the proxy has to see on a request that it reads. One in a tunnel goes to the site unread, and tells it nothing."""
        return {} if target.scheme == "https" else self._credentials()

    def tunnel_headers(self, target: URL) -> dict[str, str]:
        """What goes with the `CONNECT` that opens a tunnel."""
        return self._credentials() if target.scheme == "https" else {}

    def _credentials(self) -> dict[str, str]:
        return {} if self.authorization is None else {"Proxy-Authorization": self.authorization}


def parse_proxy(text: str, password: str | None = None) -> Proxy:
    """Of `http(s)://[user@]host:port`. `ValueError` for anything else, with a message that quotes nothing: it may be a password."""
    try:
        url = URL(text.strip())
        host, port = url.host, url.explicit_port
    except ValueError:
        raise ValueError("it is no URL") from None
    if url.scheme not in ("http", "https") or not host or not port or url.path not in ("", "/") or url.query:
        raise ValueError(
            "it has to be http://host:port or https://host:port, with user@ before the host where one is asked for"
        )
    if url.password is not None:
        raise ValueError("a password belongs into a file")
    if (url.user is None) != (password is None):
        raise ValueError("a user needs a password" if url.user else "a password needs a user")
    # Outside ASCII it is anybody's guess what the proxy decodes; UTF-8 is the best one (RFC 7617).
    authorization = f"Basic {b64encode(f'{url.user}:{password}'.encode()).decode()}" if password is not None else None
    return Proxy(url.origin(), authorization)


class ProxyRoute(AbstractResolver):
    """The one way out: resolves the proxy's name and no other, and opens sockets to what it found and nowhere else."""

    def __init__(self, proxy: Proxy) -> None:
        host, port = proxy.url.host, proxy.url.port
        assert host, "parse_proxy has seen to it"
        assert port
        self._host, self._port = host, port
        # An address is not resolved, and so has to be known beforehand.
        self._addresses = frozenset({str(ip_address(host))}) if _is_address(host) else frozenset[str]()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises `FetchError`: `proxy` when the proxy has no address, `blocked-address` for another name."""
        if host != self._host:
            raise FetchError("blocked-address", f"{host}: not resolved here, there is a proxy for it")
        try:
            found = await ThreadedResolver().resolve(host, port, family)
        except OSError as error:
            raise FetchError("proxy", f"the proxy's name {host} has no address: {error.strerror}") from error
        self._addresses = frozenset(str(ip_address(one["host"].partition("%")[0])) for one in found)
        return found

    async def close(self) -> None:
        """There is nothing to close."""

    def open_socket(self, info: AddressInfo) -> socket.socket:
        """A socket for a connect to the proxy, or `Blocked`: the `socket_factory` of aiohttp's connector."""
        family, kind, protocol, _, where = info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise Blocked("address", str(where))
        address, port = str(where[0]).partition("%")[0], int(where[1])
        if str(ip_address(address)) not in self._addresses or port != self._port:
            raise Blocked("address", f"{address} port {port}, which is not the proxy's")
        return socket.socket(family=family, type=kind, proto=protocol)


def check_target(url: URL, guard: AddressGuard) -> None:
    """Raises `Blocked` for a URL that must not be asked of a proxy: a private address, an unclear one, a name of a local network."""
    host, port = (url.raw_host or "").lower(), url.port or 0
    name = host.removesuffix(".")
    if _is_address(name):
        guard.check(name, port)
        return
    if _NUMERIC.fullmatch(name):
        # 127.1, 0x7f000001, 010.0.0.1: proxies do not agree on what these are, so nobody can say that they are public.
        raise Blocked("address", f"{host}, an unusual notation")
    if not _NAME.fullmatch(name) or name.endswith(_LOCAL):
        raise Blocked("address", f"{host}, a name of a local network")
    if port not in PORTS:
        raise Blocked("port", f"{host} port {port}")


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
