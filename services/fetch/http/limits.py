"""The limits of one HTTP request, all of them, and the errors that it ends in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from shared.urls.userinfo import without_userinfo

FetchErrorCode = Literal[
    "bad-url", "blocked-address", "dns", "refused", "connection", "tls", "timeout", "too-large", "encoding",
    "too-many-redirects", "proxy", "http-3xx", "http-4xx", "http-5xx", "credentials",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Times in seconds. `total_s` is over all redirects and the body; `first_byte_s` is up to the headers of each response."""

    total_s: float = 30.0
    connect_s: float = 10.0
    first_byte_s: float = 15.0
    header_bytes: int = 8_190
    """One line of the headers."""
    headers: int = 100
    body_bytes: int = 10 * 1024 * 1024
    """As received."""
    decoded_bytes: int = 10 * 1024 * 1024
    expansion: int = 200
    """Decoded bytes per byte received, counted from the first decoded MiB on; honest feeds reach 50."""
    redirects: int = 5
    url_characters: int = 4_096
    connections: int = 100
    keep_s: float = 2.0
    """An idle connection: long enough for the next request to a host, whose pause is a second; thousands are not to lie about."""


class FetchError(Exception):
    """A request that brought no usable response. `status` and `retry_after` (seconds) where the server gave them.

    `host` (with its port, where that is not the usual one) is the one that failed, after a redirect another than was asked for;
    `connected` tells whether it could be reached. The client fills in both.
    """

    def __init__(
        self, code: FetchErrorCode, message: str, *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        # Messages quote the other side, and are stored: bytes that were no text must not get that far, nor a URL's password.
        message = without_userinfo(storable(message))
        super().__init__(f"{code}: {message}")
        self.code: FetchErrorCode = code
        self.message = message
        self.status = status
        self.retry_after = retry_after
        self.host: str | None = None
        self.connected = False

    def hide(self, secret_in: Callable[[bytes], bytes]) -> None:
        """Takes a secret out of the message: a server may quote it in what it answers."""
        self.message = secret_in(self.message.encode("utf-8", "replace")).decode("utf-8", "replace")
        self.args = (f"{self.code}: {self.message}",)


def storable(text: str) -> str:
    """The text without lone surrogates, which aiohttp makes of header bytes that are no UTF-8, and nothing can encode."""
    return text.encode("utf-8", "replace").decode("utf-8")
