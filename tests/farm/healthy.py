"""The healthy kinds: formats, encodings and caching headers that every reader of feeds must cope with."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import brotli

from farm import formats as f
from farm.feed import RSS_TYPE, Feed
from farm.model import Reply, Request, View
from farm.registry import kind

if TYPE_CHECKING:
    from farm.wire import Connection

ATOM_TYPE = "application/atom+xml; charset=utf-8"
OK = "All items become articles; nothing to report."
Document = Callable[..., str]


def document(
    feed: Feed,
    request: Request,
    item: f.ItemRenderer,
    whole: Document,
    *,
    encoding: str = "utf-8",
    content_type: str = RSS_TYPE,
    headers: list[tuple[str, str]] | None = None,
    change: Callable[[View], View] | None = None,
    **options: Any,
) -> Reply:
    """The feed's document of this round. Rendered items are kept, so a new round costs only its new items."""
    old, feed.fragments = feed.fragments, {}
    codec = "utf-16-le" if encoding == "utf-16" else encoding  # one byte order mark, not one per item
    for n in feed.numbers():
        if n not in old:
            v = feed.view(n)
            old[n] = item(change(v) if change else v).encode(codec), feed.entry(v)
        feed.fragments[n] = old[n]
    head, tail = whole(feed.channel, ["\0"], encoding, **options).split("\0")
    comma = ",\n".encode(codec) if whole is f.jsonfeed else b""
    parts = [part for fragment, _ in feed.fragments.values() for part in (comma, fragment)][1:]
    first = (b"\xff\xfe" if encoding == "utf-16" else b"") + head.encode(codec)
    entries = [entry for _, entry in feed.fragments.values()]
    return Reply(
        200,
        [("Content-Type", content_type), *(headers or [])],
        entries=entries,
        parts=(first, *filter(None, parts), tail.encode(codec)),
        full=True,
        key=("cache", feed.round),
        round=feed.round,
    )


def healthy(name: str, **options: Any) -> Any:
    """kind() for a healthy one."""
    return kind(name, healthy=True, report=("ok", "not-modified"), expect=OK, **options)


@healthy("healthy-rss")
def rss(feed: Feed, request: Request, connection: Connection) -> Reply:
    """RSS 2.0, full text in the description."""
    return document(feed, request, f.rss_item, f.rss)


@healthy("healthy-atom")
def atom(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Atom 1.0 with HTML content."""
    return document(feed, request, f.atom_item, f.atom, content_type=ATOM_TYPE)


@healthy("healthy-rdf")
def rdf(feed: Feed, request: Request, connection: Connection) -> Reply:
    """RSS 1.0 in RDF, items beside the channel."""
    return document(feed, request, f.rdf_item, f.rdf, content_type="application/rdf+xml")


@healthy("healthy-json")
def json_feed(feed: Feed, request: Request, connection: Connection) -> Reply:
    """JSON Feed 1.1."""
    return document(feed, request, f.json_item, f.jsonfeed, content_type="application/feed+json")


@healthy("healthy-content-encoded")
def content_encoded(feed: Feed, request: Request, connection: Connection) -> Reply:
    """RSS 2.0, one sentence in the description and the full text in content:encoded."""
    return document(feed, request, f.rss_content_item, f.rss)


def squeezed(feed: Feed, request: Request, coding: str, squeeze: Callable[[bytes], bytes]) -> Reply:
    """Compressed when the client accepts the coding. The two forms differ, so the farm's cache may hold neither."""
    accepted = coding in request.get("accept-encoding")
    kept = feed.state.get("squeezed")
    if kept is None or kept[0] != feed.round:
        plain = document(feed, request, f.rss_item, f.rss, headers=[("Vary", "Accept-Encoding")])
        packed = replace(
            plain, parts=(), body=squeeze(b"".join(plain.parts)), headers=[*plain.headers, ("Content-Encoding", coding)]
        )
        plain.key = packed.key = ("round", feed.round)
        feed.state["squeezed"] = kept = (feed.round, plain, packed)
    return kept[2] if accepted else kept[1]


@healthy("healthy-gzip")
def gzipped(feed: Feed, request: Request, connection: Connection) -> Reply:
    """RSS 2.0, gzip when the client accepts it."""
    return squeezed(feed, request, "gzip", lambda b: gzip.compress(b, 1, mtime=0))


@healthy("healthy-brotli")
def brotlied(feed: Feed, request: Request, connection: Connection) -> Reply:
    """RSS 2.0, brotli when the client accepts it."""
    return squeezed(feed, request, "br", lambda b: brotli.compress(b, quality=1))


@healthy("healthy-windows-1251", flavour="cyrillic")
def windows_1251(feed: Feed, request: Request, connection: Connection) -> Reply:
    """windows-1251, declared in the XML declaration only; titles and texts have Cyrillic words."""
    return document(feed, request, f.rss_item, f.rss, encoding="windows-1251", content_type="application/rss+xml")


@healthy("healthy-utf-16", flavour="cyrillic")
def utf_16(feed: Feed, request: Request, connection: Connection) -> Reply:
    """UTF-16 with a byte order mark; titles and texts have Cyrillic words."""
    return document(feed, request, f.rss_item, f.rss, encoding="utf-16", content_type="application/rss+xml")


def validators(feed: Feed) -> tuple[str, str]:
    """(ETag, Last-Modified) of the present round."""
    return f'"{feed.nonce("etag", feed.round)}"', format_datetime(feed.modified, usegmt=True)


def not_modified(request: Request, etag: str, modified: str) -> bool:
    """RFC 9110: If-None-Match decides alone when it is there. Last-Modified is compared as text."""
    asked = request.get("if-none-match")
    if asked:
        return etag.removeprefix("W/") in [x.strip().removeprefix("W/") for x in asked.split(",")]
    return request.get("if-modified-since") == modified


@healthy("healthy-etag")
def etag(feed: Feed, request: Request, connection: Connection) -> Reply:
    """ETag and Last-Modified, and correct 304s."""
    tag, modified = validators(feed)
    headers = [("ETag", tag), ("Last-Modified", modified)]
    if not_modified(request, tag, modified):
        return Reply(304, headers)
    return cached(feed) or document(feed, request, f.rss_item, f.rss, headers=headers)


def cached(feed: Feed) -> Reply | None:
    """The farm's ready answer, for conditional requests that turn out to need it."""
    return feed.cache if feed.cache is not None and feed.cache.round == feed.round else None


@healthy("healthy-last-modified")
def last_modified(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Last-Modified alone, and correct 304s."""
    modified = validators(feed)[1]
    if request.get("if-modified-since") == modified:
        return Reply(304, [("Last-Modified", modified)])
    return cached(feed) or document(
        feed, request, f.atom_item, f.atom, content_type=ATOM_TYPE, headers=[("Last-Modified", modified)]
    )


@healthy("healthy-weak-etag")
def weak_etag(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A weak ETag, chunked transfer, Cache-Control: no-cache, and correct 304s."""
    tag = "W/" + validators(feed)[0]
    headers = [("ETag", tag), ("Cache-Control", "no-cache")]
    if not_modified(request, tag, "never"):
        return Reply(304, headers)
    reply = cached(feed) or document(feed, request, f.rss_item, f.rss, headers=headers)
    reply.framing = "chunked"
    return reply


@healthy("healthy-relative")
def relative(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Atom with xml:base and relative links; the ledger has the absolute ones."""

    def change(v: View) -> View:
        return replace(v, link=v.token)

    return document(
        feed,
        request,
        f.atom_item,
        f.atom,
        content_type=ATOM_TYPE,
        change=change,
        attributes=f' xml:base="{feed.base}/"',
    )


@healthy("healthy-max-age")
def max_age(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Cache-Control: max-age=900 with an ETag."""
    tag, _ = validators(feed)
    headers = [("ETag", tag), ("Cache-Control", "public, max-age=900")]
    if not_modified(request, tag, "never"):
        return Reply(304, headers)
    return cached(feed) or document(feed, request, f.rss_item, f.rss, headers=headers)


@healthy("healthy-ttl")
def ttl(feed: Feed, request: Request, connection: Connection) -> Reply:
    """<ttl>30</ttl> and sy:updatePeriod in the channel."""
    return document(
        feed,
        request,
        f.rss_item,
        f.rss,
        ns=f.NS_CONTENT + ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"',
        extra="<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>",
    )


@healthy("healthy-chunked")
def chunked(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Chunked transfer."""
    reply = document(feed, request, f.rss_item, f.rss)
    reply.framing = "chunked"
    return reply


@healthy("healthy-close")
def http_1_0(feed: Feed, request: Request, connection: Connection) -> Reply:
    """No length: the end of the connection ends the body, as in HTTP/1.0."""
    reply = document(feed, request, f.rss_item, f.rss)
    reply.framing = "close"
    return reply
