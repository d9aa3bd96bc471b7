"""Answers that cost the reader far more than the sender: memory, time, or disk."""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import brotli

from farm.feed import RSS_TYPE, Feed, make_token
from farm.formats import RSS_TAIL, rss_head, rss_item
from farm.model import Entry, Reply, Request
from farm.registry import kind
from farm.wire import Connection

_MEGABYTE = bytes(1 << 20)
BOMB_BYTES = 100 * 2**20  # unpacked
NEWEST_MUST = 5_000  # of the 100,000 items, how many a good fetcher must keep
MANY_ITEMS = 100_000
FIRST_OF_MANY = 1 << 17  # item numbers that no round reaches
TOO_BIG = "Stops at its limit of unpacked bytes; memory stays small; other feeds go on."
HOSTILE = "Refuses the document or reads the items without harm; time and memory stay small."


def _opening(feed: Feed) -> tuple[str, Reply]:
    """(a document's beginning with all good items, a reply that has those as "may")."""
    views = feed.views()
    reply = feed.reply(b"", views, must=False, key=("bomb", feed.round))
    return rss_head(feed.channel) + "".join(map(rss_item, views)), reply


@lru_cache(maxsize=1)
def _deflated_zeros() -> bytes:
    """The end of a raw deflate stream: 100 MiB of zeros. One for all feeds, since it takes half a second."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join([squeezer.compress(_MEGABYTE) for _ in range(BOMB_BYTES >> 20)]) + squeezer.flush()


@lru_cache(maxsize=64)
def _gzip_bomb(opening: bytes) -> bytes:
    """The opening and 100 MiB of zeros as one gzip member of 100 kB: a full flush lets the ready zeros follow."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, -15)
    head = squeezer.compress(opening) + squeezer.flush(zlib.Z_FULL_FLUSH)
    crc = zlib.crc32(opening)
    for _ in range(BOMB_BYTES >> 20):
        crc = zlib.crc32(_MEGABYTE, crc)
    trailer = struct.pack("<II", crc, (len(opening) + BOMB_BYTES) & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + head + _deflated_zeros() + trailer


@lru_cache(maxsize=64)
def _brotli_bomb(opening: bytes) -> bytes:
    """The opening and 100 MiB of zeros, brotli: less than 1 kB for the zeros."""
    squeezer = brotli.Compressor(quality=5)
    parts = [squeezer.process(opening)]
    parts += [squeezer.process(_MEGABYTE) for _ in range(BOMB_BYTES >> 20)]
    return b"".join([*parts, squeezer.finish()])


@kind("gzip-bomb", report=("too-large", "parse-error"), expect=TOO_BIG)
async def gzip_bomb(feed: Feed, request: Request, connection: Connection) -> None:
    """Good items, then 100 MiB of zeros, in 100 kB of gzip."""
    text, reply = _opening(feed)
    reply.body = await asyncio.to_thread(_gzip_bomb, text.encode())  # up to a second: not in the loop
    reply.headers.append(("Content-Encoding", "gzip"))
    await connection.send_reply(feed, reply)


@kind("brotli-bomb", report=("too-large", "parse-error", "decode-error"), expect=TOO_BIG)
async def brotli_bomb(feed: Feed, request: Request, connection: Connection) -> None:
    """Good items, then 100 MiB of zeros, in a few hundred bytes of brotli."""
    text, reply = _opening(feed)
    reply.body = await asyncio.to_thread(_brotli_bomb, text.encode())  # up to a second: not in the loop
    reply.headers.append(("Content-Encoding", "br"))
    await connection.send_reply(feed, reply)


def _with_doctype(feed: Feed, doctype: str, use: str) -> Reply:
    """A good document with a DOCTYPE, and an entity used in the channel's description."""
    text, reply = _opening(feed)
    text = text.replace("?>\n", f"?>\n<!DOCTYPE rss [{doctype}]>\n", 1)
    text = text.replace("Made-up local news", f"Made-up local news {use}", 1)
    reply.body = (text + RSS_TAIL).encode()
    return reply


@kind("billion-laughs", report=("dangerous-xml", "parse-error", "ok"), expect=HOSTILE)
def billion_laughs(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Nested entities that expand to 10**9 words."""
    chain = '<!ENTITY l0 "laugh ">' + "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    return _with_doctype(feed, chain, "&l9;")


@kind("quadratic-entity", report=("dangerous-xml", "parse-error", "too-large", "ok"), expect=HOSTILE)
def quadratic_entity(feed: Feed, request: Request, connection: Connection) -> Reply:
    """One entity of 50 kB used 2,000 times: 100 MB without nesting."""
    return _with_doctype(feed, f'<!ENTITY big "{"b" * 50_000}">', "&big;" * 2_000)


@kind("external-entity", report=("dangerous-xml", "parse-error", "ok"), expect="No file's content appears anywhere.")
def external_entity(feed: Feed, request: Request, connection: Connection) -> Reply:
    """An entity that is file:///etc/passwd, and one at the feed's own host (any fetch of it counts as "other")."""
    entities = f'<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "{feed.base}/entity">'
    return _with_doctype(feed, entities, "&f;&h;")


@kind("deep-nesting", report=("parse-error", "dangerous-xml", "too-large", "ok"), expect=HOSTILE)
def deep_nesting(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Good items, then 200,000 elements one in another."""
    text, reply = _opening(feed)
    reply.body = (text + "<a>" * 200_000 + "</a>" * 200_000 + RSS_TAIL).encode()
    return reply


@kind("deep-html", report=("ok", "parse-error", "too-large"), expect=HOSTILE + " The other items are not lost.")
def deep_html(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The newest item's description is HTML with 50,000 nested <div>; that item is a "may", the others a "must"."""
    views = feed.views()
    views[0] = replace(views[0], html="<div>" * 50_000 + views[0].html + "</div>" * 50_000)
    reply = feed.reply(feed.rss(views), views, key=("deep", feed.round))
    reply.entries = [feed.entry(views[0], must=False), *reply.entries[1:]]
    return reply


@kind("many-attributes", report=("parse-error", "dangerous-xml", "too-large", "ok"), expect=HOSTILE)
def many_attributes(feed: Feed, request: Request, connection: Connection) -> Reply:
    """100,000 attributes on one element after the good items."""
    text, reply = _opening(feed)
    reply.body = (text + "<a " + " ".join(f'a{i}=""' for i in range(100_000)) + "/>" + RSS_TAIL).encode()
    return reply


@kind("huge-author", report="ok", expect="The author is cut or dropped; every item is kept.")
def huge_author(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Each item has an <author> of 40 KB."""
    views = feed.views(author="Talvin Bresk, " * 2_900)
    return feed.reply(feed.rss(views), views)


@kind("huge-title", report=("ok", "too-large"), expect="That item is cut or dropped; the others are kept (3 MB).")
def huge_title(feed: Feed, request: Request, connection: Connection) -> Reply:
    """The newest item's title is 3 MB long (a "may"); the others are ordinary."""
    views = feed.views()
    entries = feed.entries(views)
    entries[0] = feed.entry(views[0], must=False)
    views[0] = replace(views[0], title=f"{views[0].title} " + "and so on " * 300_000)
    reply = feed.reply(feed.rss(views), [], key=("title", feed.round))
    reply.entries = entries
    return reply


async def _endless(opening: bytes, pause: float) -> AsyncIterator[bytes]:
    """The opening, then 64 kB of spaces again and again."""
    yield opening
    while True:
        yield b" " * 65_536
        await asyncio.sleep(pause)


@kind("ten-gigabytes", report=("too-large", "timeout"), expect="Refused from its length, or stopped at the limit.")
async def ten_gigabytes(feed: Feed, request: Request, connection: Connection) -> None:
    """Content-Length of 10 GB; good items, then spaces at 640 kB/s."""
    text, reply = _opening(feed)
    head = reply.head().replace(b"Content-Length: 0", b"Content-Length: 10737418240")
    async for part in _endless(head + text.encode(), 0.1):
        await connection.send(part)
        if part[:4] == b"HTTP":
            reply.full = False
            feed.delivered(reply)


@kind("endless-body", report=("too-large", "timeout"), expect="Stopped at the limit of size or time.")
async def endless_body(feed: Feed, request: Request, connection: Connection) -> None:
    """Chunked without end: good items, then spaces at 3 MB/s."""
    text, reply = _opening(feed)
    reply.framing = "chunked"
    await connection.send(reply.head())
    async for part in _endless(text.encode(), 0.02):
        await connection.send(b"%x\r\n%b\r\n" % (len(part), part))
        if part[:5] == b"<?xml":
            reply.full = False
            feed.delivered(reply)


class _Lots(Sequence[Entry]):
    """The ledger's entries of many-items, made when they are looked at: 100,000 kept ones would be 30 MB."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed

    def __len__(self) -> int:
        return MANY_ITEMS

    def __getitem__(self, place: Any) -> Any:
        number = FIRST_OF_MANY + MANY_ITEMS - range(MANY_ITEMS)[place]
        token = make_token(self.feed.seed, self.feed.index, number)
        return Entry(number, token, 0, f"Lot {place} ({token})", None, place < NEWEST_MUST, "")


@kind(
    "many-items",
    once=True,
    report=("ok", "too-large"),
    expect="The newest 5,000 are kept (8 MB in all), the rest may be dropped.",
)
async def many_items(feed: Feed, request: Request, connection: Connection) -> None:
    """100,000 short items, newest first: 5,000 "must", the rest "may"."""
    if "many" not in feed.state:
        entries = _Lots(feed)
        body = (
            rss_head(feed.channel)
            + "".join(f"<item><title>{e.title}</title><link>/{feed.id}/{e.token}</link></item>\n" for e in entries)
            + RSS_TAIL
        )
        feed.state["many"] = Reply(
            headers=[("Content-Type", RSS_TYPE)],
            parts=(body.encode(),),
            entries=entries,
            full=True,
            key=("many",),
            round=feed.round,
        )
    await connection.send_reply(feed, feed.state["many"])
