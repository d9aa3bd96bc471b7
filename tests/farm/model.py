"""The small value types that pass between the planner, the fault kinds and the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from farm.feed import Feed
    from farm.wire import Connection

REASONS = {
    200: "OK",
    204: "No Content",
    206: "Partial Content",
    301: "Moved Permanently",
    302: "Found",
    304: "Not Modified",
    307: "Temporary Redirect",
    308: "Permanent Redirect",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    410: "Gone",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(slots=True)
class Request:
    """A parsed request head. Header names are lower case; body is only kept for /_farm/."""

    method: str
    path: str  # without the query
    query: str
    version: str  # "HTTP/1.1"
    headers: dict[str, str]

    def get(self, name: str) -> str:
        """One header (lower-case name), "" if absent."""
        return self.headers.get(name, "")

    @property
    def conditional(self) -> bool:
        """Does the client ask for 304?"""
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(slots=True)
class View:
    """How an item looks in one document; faults change fields. None = the element is left out. html: <p>...</p>."""

    number: int  # item number within the feed, 0 = oldest
    token: str
    version: int  # 0; 1 after an edit
    title: str | None
    link: str | None
    guid: str | None
    date: datetime | str | None  # a str goes into the document as it is
    html: str
    summary: str | None
    author: str | None
    probe: str  # words that the text of the article must contain


@dataclass(slots=True, frozen=True)
class Entry:
    """A line of the ledger to be: the item as a reader would know it.

    link None = the item's standard link (a string less for each of 200,000 items), "" = it has none.
    """

    number: int
    token: str
    version: int
    title: str
    link: str | None
    must: bool
    probe: str


@dataclass(slots=True)
class Reply:
    """A complete answer. framing: "length", "chunked", or "close" (the end of the connection ends the body).

    entries are noted in the ledger when, and only when, the last byte has been handed to the kernel.
    full: counts as a "full response" of the feed (a 200 with a feed document in it).
    """

    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    entries: Sequence[Entry] = ()
    framing: Literal["length", "chunked", "close"] = "length"
    full: bool = False
    key: object = None  # documents with one key count as one document in the ledger
    reason: str = ""
    round: int = 0
    parts: tuple[bytes, ...] = ()  # the body in pieces, instead of `body`: healthy feeds keep no second copy
    _head: bytes = b""
    _wire: bytes = b""

    def head(self) -> bytes:
        """Status line and headers with the empty line; built once for a reply in parts."""
        if self._head:
            return self._head
        version = "1.0" if self.framing == "close" else "1.1"
        lines = [f"HTTP/{version} {self.status} {self.reason or REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        elif self.framing == "close":
            lines.append("Connection: close")
        elif self.status not in (204, 304):
            lines.append(f"Content-Length: {len(self.body) + sum(map(len, self.parts))}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        if self.parts:
            self._head = head
        return head

    def wire(self) -> bytes:
        """Head and body as bytes; kept, unless the body is in parts."""
        if self._wire:
            return self._wire
        body = self.body or b"".join(self.parts)
        if self.framing == "chunked":
            chunks = [body[i : i + 1000] for i in range(0, len(body), 1000)]
            body = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"
        wire = self.head() + (b"" if self.status in (204, 304) else body)
        if not self.parts:
            self._wire = wire
        return wire


Handler = Callable[["Feed", Request, "Connection"], "Reply | Awaitable[Any]"]


@dataclass(slots=True, frozen=True)
class Kind:
    """A way for a feed to behave. report: classes of outcome that a good fetcher may give, any of them is right."""

    name: str
    theme: str
    summary: str
    expect: str
    report: tuple[str, ...]
    feed: Handler
    healthy: bool = False
    page: Handler | None = None  # answers for item pages; None = the ordinary article page
    robots: Handler | None = None
    other: Handler | None = None  # any other path of the feed, and every path of its companion address
    on_connect: Callable[[Feed, Connection], Awaitable[Any]] | None = None  # takes the connection before any request
    listener: Literal["plain", "none", "full"] = "plain"  # none: refused port; full: the backlog never empties
    companion: bool = False  # needs a second address
    scheme: str = "http"
    once: bool = False  # so heavy that a mixed farm has only one
    flavour: str = ""  # of the prose: "", "cyrillic", "accented"
