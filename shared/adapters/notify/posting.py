"""One POST to the receiver of a channel: the address guard at connect, no redirects, no cookies, no proxy, every length and time bounded.

Its address is the operator's, yet names lead where somebody else's name server says, and a redirect where the receiver says: neither
may make Newsloom knock at a machine beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp

from services.alert.channels import OWN_HOST, Channel
from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.errors import as_fetch_error
from services.fetch.http.retry_after import retry_after_seconds
from shared.ports import Declined, NotNow
from shared.printable import printable

TOTAL_S = 30.0
CONNECT_S = 10.0
LONGEST_RETRY_AFTER_S = 3_600.0
"""A receiver may ask for a pause, not for silence."""
ANSWER_BYTES, ANSWER_S = 2_000, 2.0
"""Of an answer's body, what is read: only to say why it was no yes."""
_SHOWN = 200
_LATER = frozenset({408, 425, 429})
"""Statuses below 500 that mean "not now" (RFC 9110, RFC 8470, RFC 6585)."""
_BY_MESSAGE = frozenset({400, 406, 409, 411, 412, 413, 414, 415, 417, 422, 431, 451})
"""Those that are about what was sent. The others of 3xx and 4xx are about where it was sent, or by whom."""
EVERYWHERE = ("0.0.0.0/0", "::/0")


def guard_of(channel: Channel) -> AddressGuard:
    """With `allow_private = true` the operator answers for the host; nothing else is ever connected to, for redirects are not followed."""
    allowed = EVERYWHERE if OWN_HOST in channel.allow_private else channel.allow_private
    return AddressGuard([parse_network(text) for text in allowed])


class Posting:
    """Of one channel, in one event loop."""

    def __init__(self, channel: Channel, *, total_s: float = TOTAL_S) -> None:
        self._channel = channel
        self._guard = guard_of(channel)
        self._timeout = aiohttp.ClientTimeout(total=total_s, sock_connect=min(CONNECT_S, total_s))
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns on a 2xx. Raises `NotNow` and `Declined`; their words quote the receiver, and are made harmless."""
        try:
            async with self._open().post(url, data=body, headers=headers, allow_redirects=False) as response:
                status, wait = response.status, response.headers.get("Retry-After")
                # A yes is a yes, whatever comes of its body.
                said = b"" if 200 <= status < 300 else await _beginning(response)
                # Closed, not released: the rest of an endless answer is not waited for.
                response.close()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise self._failure(error) from error
        if not 200 <= status < 300:
            raise self._refusal(status, said, wait)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _failure(self, error: Exception) -> Exception:
        found = as_fetch_error(error)
        if found.code == "blocked-address":
            return Declined(
                f"{self._channel.host}: {printable(found.message)}: set allow_private for the channel if it is meant",
                by_message=False,
            )
        return NotNow(f"{self._channel.host}: {printable(found.message)}")

    def _refusal(self, status: int, said: bytes, wait: str | None) -> Exception:
        words = printable(said.decode("utf-8", "replace")).strip()[:_SHOWN]
        what = f"{self._channel.host} answered {status}" + (f": {words}" if words else "")
        if status >= 500 or status in _LATER:
            seconds = retry_after_seconds(wait, datetime.now(UTC))
            return NotNow(what, None if seconds is None else min(seconds, LONGEST_RETRY_AFTER_S))
        if 300 <= status < 400:
            what += " (redirects are not followed: give the address that it leads to)"
        return Declined(what, by_message=status in _BY_MESSAGE)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A connection for each message: they are few, and one that was left open may be dead.
            connector = aiohttp.TCPConnector(limit=4, force_close=True, socket_factory=self._guard.open_socket)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                headers={"User-Agent": "Newsloom", "Accept-Encoding": "identity"},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
            )
        return self._session


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """Of an answer's body, as far as it comes soon: the status says what matters."""
    try:
        async with asyncio.timeout(ANSWER_S):
            return await response.content.read(ANSWER_BYTES)
    except (aiohttp.ClientError, TimeoutError, OSError):
        return b""
