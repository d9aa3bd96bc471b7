"""Which addresses a fetch may connect to. Applied to each socket right before it connects, after every name was resolved.

A check of the URL or in the resolver does not hold: IP literals skip the resolver, names resolve anew, redirects lead on
(FINDINGS, section 3: 201 and 115 of 471 hostile URLs got through; at connect, none).
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Literal

Network = IPv4Network | IPv6Network
AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it: family, type, protocol, canonical name, socket address."""

PORTS = frozenset({80, 443, 8080, 8443})

_BLOCKED_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # shared by carriers (RFC 6598), and the metadata address of one cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host agent on a public address
        "169.254.0.0/16",  # link local, and the metadata address of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_BLOCKED_V6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, with Teredo, ORCHID and benchmarks (RFC 2928)
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone (RFC 3701)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_LAST_32 = tuple(
    IPv6Network(text)
    for text in (
        "::ffff:0:0/96",  # mapped (RFC 4291)
        "::ffff:0:0:0/96",  # translated (RFC 2765)
        "::/96",  # compatible (RFC 4291)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
    )
)
"""Prefixes whose last 32 bits are the IPv4 address that is really reached."""
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW_32 = 0xFFFFFFFF


class Blocked(PermissionError):
    """The address or the port is not to be connected to. An `OSError`, because that is what reports a failed connect."""

    def __init__(self, code: Literal["address", "port"], target: str) -> None:
        super().__init__(errno.EACCES, f"blocked {code}: {target}")
        self.code = code


class AddressGuard:
    """Public unicast addresses on the ports of the web; everything in the networks of `allow`, on any port."""

    def __init__(self, allow: Sequence[Network] = ()) -> None:
        self._allow = tuple(allow)

    def check(self, address: str, port: int) -> None:
        """Raises `Blocked`; `address` is an IP address as text, perhaps with a scope (`fe80::1%eth0`)."""
        target = f"{address} port {port}"
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            raise Blocked("address", target) from None
        if self._allowed(parsed):
            return
        embedded = embedded_ipv4(parsed) if isinstance(parsed, IPv6Address) else []
        # All that lies on the way: an ISATAP address is allowed by its own network, too, not by the IPv4 address in it alone.
        reached = embedded if _stands_for_ipv4(parsed) else [parsed, *embedded]
        if not all(self._allowed(one) or _is_public(one) for one in reached):
            raise Blocked("address", target)
        if port not in PORTS and not all(self._allowed(one) for one in reached):
            raise Blocked("port", target)

    def open_socket(self, info: AddressInfo) -> socket.socket:
        """A socket for a connect to this address, or `Blocked`: the `socket_factory` of aiohttp's connector."""
        family, kind, protocol, _, where = info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise Blocked("address", str(where))
        self.check(str(where[0]), int(where[1]))
        return socket.socket(family=family, type=kind, proto=protocol)

    def _allowed(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address.version == network.version and address in network for network in self._allow)


def parse_network(text: str) -> Network:
    """A network or a single address, as `--allow-private` takes it; `ValueError` where it is neither."""
    return ip_network(text.strip(), strict=False)


def embedded_ipv4(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that a tunnel or translator would reach for this one."""
    number = int(address)
    if _stands_for_ipv4(address):
        return [IPv4Address(number & _LOW_32)]
    if address in _SIX_TO_FOUR:
        return [IPv4Address(number >> 80 & _LOW_32)]
    if address in _TEREDO:
        return [IPv4Address(number >> 64 & _LOW_32), IPv4Address(~number & _LOW_32)]
    if address in _NAT64_LOCAL:
        # RFC 6052, section 2.2: the octet at bit 64 is skipped; longer prefixes put all of it at the end.
        around_u = (number >> 64 & 0xFFFF) << 16 | (number >> 40 & 0xFFFF)
        return [IPv4Address(around_u), IPv4Address(number & _LOW_32)]
    if number >> 32 & _LOW_32 in _ISATAP:
        return [IPv4Address(number & _LOW_32)]
    return []


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """`is_global` of the standard library calls multicast, NAT64 and 6to4 of private addresses global; so not by it alone."""
    if isinstance(address, IPv4Address):
        return address.is_global and not any(address in network for network in _BLOCKED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _BLOCKED_V6)


def _stands_for_ipv4(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is nothing but another way to write the IPv4 address in it."""
    return isinstance(address, IPv6Address) and any(address in prefix for prefix in _LAST_32)
