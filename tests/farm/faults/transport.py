"""Below HTTP: connections that fail, stall or lie about their length, and answers that are no HTTP."""

from __future__ import annotations

import asyncio
from random import Random

from farm.feed import Feed
from farm.model import Reply, Request
from farm.registry import kind
from farm.wire import Connection

TIMEOUT = "A time-out, within the fetcher's own limit, and no slot of the pool held for longer."
CUT = "The body is incomplete: an error, nothing deleted; keeping the items seen so far is allowed."


async def _never(feed: Feed, request: Request, connection: Connection) -> None:
    """For feeds whose request cannot arrive."""


@kind("refused-port", listener="none", report=("refused", "connect"), expect="Connection refused.")
def refused_port(feed: Feed, request: Request, connection: Connection) -> object:
    """Nothing listens at the address."""
    return _never(feed, request, connection)


@kind("connect-hang", listener="full", report=("timeout", "connect"), expect="A time-out while connecting.")
def connect_hang(feed: Feed, request: Request, connection: Connection) -> object:
    """The listener's backlog is full, so the connection is never made."""
    return _never(feed, request, connection)


@kind("silent", report="timeout", expect=TIMEOUT)
async def silent(feed: Feed, request: Request, connection: Connection) -> None:
    """Accepts, reads the request, never answers."""
    await connection.hang()


@kind("byte-per-second", report="timeout", expect=TIMEOUT + " A limit on silence alone does not catch it.")
async def byte_per_second(feed: Feed, request: Request, connection: Connection) -> None:
    """One byte per second from the status line on, for ever."""
    for byte in feed.good().wire():
        await connection.send(bytes([byte]))
        await asyncio.sleep(1)
    await connection.hang()


@kind("endless-headers", report=("protocol-error", "too-large", "timeout"), expect="Give up on the head: too long.")
async def endless_headers(feed: Feed, request: Request, connection: Connection) -> None:
    """Valid header lines for ever, about 300 kB per second."""
    await connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n")
    number = 0
    while True:
        await connection.send(b"".join(b"X-Filler-%d: %s\r\n" % (number + i, b"f" * 50) for i in range(250)))
        number += 250
        await asyncio.sleep(0.05)


@kind("slow-headers", report="timeout", expect=TIMEOUT)
async def slow_headers(feed: Feed, request: Request, connection: Connection) -> None:
    """One valid header line per second, for ever."""
    await connection.send(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while True:
        await connection.send(b"X-Slow-%d: yes\r\n" % number)
        number += 1
        await asyncio.sleep(1)


@kind("slow-body", report=("timeout", "ok"), expect=TIMEOUT + " Whoever waits to the end has good items.")
async def slow_body(feed: Feed, request: Request, connection: Connection) -> None:
    """A good answer, head at once and then 64 bytes per second (minutes)."""
    reply = feed.good(headers=[("Connection", "close")])
    await connection.send(reply.head())
    for i in range(0, len(reply.body), 64):
        await connection.send(reply.body[i : i + 64])
        await asyncio.sleep(1)
    connection.note(feed, reply)


@kind("closes-before-headers", report=("closed", "protocol-error", "reset"), expect="Server closed the connection.")
async def closes_before_headers(feed: Feed, request: Request, connection: Connection) -> None:
    """Reads the request and closes without a byte."""


@kind("resets-before-headers", report=("reset", "closed", "protocol-error"), expect="Connection reset.")
async def resets_before_headers(feed: Feed, request: Request, connection: Connection) -> None:
    """Reads the request and resets the connection."""
    connection.reset()


def _partial(feed: Feed) -> tuple[Reply, bytes]:
    """(a reply whose entries are the items complete in the first 60 % of the body, those bytes)."""
    views = feed.views()
    reply = feed.reply(feed.rss(views), views, must=False, key=("cut", feed.round))
    body = reply.body[: len(reply.body) * 6 // 10]
    whole = body.count(b"</item>")
    reply.entries = reply.entries[:whole]
    reply.full = False
    return reply, body


@kind("reset-mid-body", report=("reset", "truncated", "protocol-error"), expect=CUT)
async def reset_mid_body(feed: Feed, request: Request, connection: Connection) -> None:
    """Content-Length for the whole, 60 % of the body, then a reset."""
    reply, body = _partial(feed)
    await connection.send(reply.head() + body)
    await asyncio.sleep(0.2)  # a reset at once would also drop what the client has not read yet
    feed.delivered(reply)
    connection.reset()


@kind("short-body", report=("truncated", "closed", "protocol-error"), expect=CUT)
async def short_body(feed: Feed, request: Request, connection: Connection) -> None:
    """Content-Length for the whole, 60 % of the body, then an orderly close."""
    reply, body = _partial(feed)
    await connection.send(reply.head() + body)
    connection.note(feed, reply)


@kind("truncated-chunked", report=("truncated", "closed", "protocol-error"), expect=CUT)
async def truncated_chunked(feed: Feed, request: Request, connection: Connection) -> None:
    """Chunked, closed in the middle of a chunk."""
    reply, body = _partial(feed)
    reply.framing = "chunked"
    await connection.send(reply.head() + b"%x\r\n%b" % (len(reply.body), body))
    connection.note(feed, reply)


@kind("bad-chunk-size", report=("protocol-error", "truncated", "timeout"), expect="Broken chunked coding: an error.")
async def bad_chunk_size(feed: Feed, request: Request, connection: Connection) -> None:
    """Chunked with a size line that is no number."""
    reply, body = _partial(feed)
    reply.framing = "chunked"
    await connection.send(reply.head() + b"%x\r\n%b\r\nzebra\r\n" % (len(body), body))
    connection.note(feed, reply)


@kind("huge-header-line", report=("protocol-error", "too-large", "ok"), expect="A 1 MB header: refuse or ignore.")
async def huge_header_line(feed: Feed, request: Request, connection: Connection) -> None:
    """A good feed behind a header line of 1 MB."""
    reply = feed.good(must=False, headers=[("X-Big", "b" * 1_000_000)])
    await connection.send_reply(feed, reply)


@kind("many-headers", report=("protocol-error", "too-large", "ok"), expect="10,000 headers: refuse, or ignore them.")
async def many_headers(feed: Feed, request: Request, connection: Connection) -> None:
    """A good feed behind 10,000 headers."""
    reply = feed.good(must=False, headers=[(f"X-Header-{i}", str(i)) for i in range(10_000)])
    await connection.send_reply(feed, reply)


@kind("garbage", report="protocol-error", expect="No HTTP.")
async def garbage(feed: Feed, request: Request, connection: Connection) -> None:
    """4 kB of noise instead of HTTP."""
    await connection.send(Random(feed.nonce("garbage")).randbytes(4096))


async def _banner(feed: Feed, connection: Connection) -> None:
    await connection.send(b"SSH-2.0-FarmSSH_9.0\r\n")
    await connection.hang()


@kind("banner-first", on_connect=_banner, report=("protocol-error", "timeout"), expect="No HTTP.")
def banner_first(feed: Feed, request: Request, connection: Connection) -> object:
    """An SSH banner as soon as the client connects, then silence."""
    return _never(feed, request, connection)


@kind("http-0-9", report=("protocol-error", "ok"), expect="No status line: an error (or, leniently, the items).")
async def http_0_9(feed: Feed, request: Request, connection: Connection) -> None:
    """A good document without status line and headers."""
    reply = feed.good(must=False)
    await connection.send(reply.body)
    connection.note(feed, reply)


@kind("tls-on-http", report=("protocol-error", "closed"), expect="The port speaks TLS, the URL is http.")
async def tls_on_http(feed: Feed, request: Request, connection: Connection) -> None:
    """Answers plain HTTP with a TLS alert (record 21, protocol_version), as a TLS server does."""
    await connection.send(b"\x15\x03\x03\x00\x02\x02\x46")


@kind("https-to-plain", scheme="https", report=("tls", "protocol-error", "connect"), expect="TLS handshake fails.")
def https_to_plain(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The URL is https, the port speaks plain HTTP. A fetcher that falls back to http finds a good feed."""
    return feed.good(must=False)


@kind("empty-200", report=("empty", "not-a-feed", "parse-error"), expect="An empty document, old items stay.")
def empty_200(feed: Feed, request: Request, connection: Connection) -> Reply:
    """200 with Content-Length: 0."""
    return Reply(200, [("Content-Type", "application/rss+xml")])
