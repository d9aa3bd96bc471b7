"""ETag, Last-Modified and 304 that do not mean what they should."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from farm.feed import Feed
from farm.model import Reply, Request
from farm.registry import kind
from farm.wire import Connection


@kind("etag-lies", report=("ok", "not-modified"), expect="An unconditional poll now and then.")
def etag_lies(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Always 304 to a conditional request although the items change."""
    headers = [("ETag", '"constant"')]
    return Reply(304, headers) if request.conditional else feed.good(headers=headers)


@kind("first-304", report=("protocol-error", "not-modified", "ok"), expect="A 304 that nobody asked for: try again.")
def first_304(feed: Feed, request: Request, connection: Connection) -> Reply:
    """304 to the first request, which is unconditional; good afterwards."""
    return Reply(304, []) if feed.polls == 1 else feed.good()


@kind("always-304", report=("protocol-error", "not-modified"), expect="Never a document: it is not healthy, say so.")
def always_304(feed: Feed, request: Request, connection: Connection) -> Reply:
    """304 to every request, conditional or not."""
    return Reply(304, [("ETag", '"nothing"')])


@kind("etag-changes", report="ok", expect="Same items again: no duplicates, no revisions.")
def etag_changes(feed: Feed, request: Request, connection: Connection) -> Reply:
    """A new ETag on each request with the same body."""
    return feed.good(headers=[("ETag", f'"{feed.nonce("poll", feed.polls)}"')])


@kind("last-modified-future", report=("ok", "not-modified"), expect="Echoes the date as it came; all rounds' items.")
def last_modified_future(feed: Feed, request: Request, connection: Connection) -> Reply:
    """Last-Modified ten years ahead, moved by each round; 304 only to exactly that date."""
    date = format_datetime(feed.epoch + timedelta(days=3650, hours=feed.round), usegmt=True)
    if request.get("if-modified-since") == date:
        return Reply(304, [("Last-Modified", date)])
    return feed.good(headers=[("Last-Modified", date)])


@kind("validators-garbage", report="ok", expect="Echoes them or leaves them out, and never crashes on them.")
def validators_garbage(feed: Feed, request: Request, connection: Connection) -> Reply:
    """An unquoted ETag with spaces in it and a Last-Modified that is no date; never a 304."""
    return feed.good(headers=[("ETag", "not quoted, at all"), ("Last-Modified", "yesterday-ish")])


@kind("304-with-body", report=("ok", "not-modified", "protocol-error"), expect="No items from a 304.")
async def body_in_304(feed: Feed, request: Request, connection: Connection) -> None:
    """Good at first; a conditional request gets a 304 with a Content-Length and a body, then a close."""
    if not request.conditional:
        await connection.send_reply(feed, feed.good(headers=[("ETag", '"one"')]))
        return
    await connection.send(b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\nContent-Length: 11\r\n\r\n<rss></rss>')
