"""Lists of feeds: OPML, where folders become tags, or one URL a line."""

from __future__ import annotations

from collections.abc import Iterator

from services.fetch.feed_source import FeedListError, FeedSource, checked_url, merged
from services.fetch.formats.feed_charset import decode
from services.fetch.opml import read_opml, write_opml

__all__ = ["LIST_BYTES", "LIST_FEEDS", "FeedListError", "FeedSource", "read_feed_list", "write_opml"]

LIST_BYTES = 16 * 1024 * 1024
LIST_FEEDS = 100_000


def read_feed_list(data: bytes) -> tuple[FeedSource, ...]:
    """The feeds of an OPML document or a list of URLs, told apart by content. Each URL once, with the tags of all its places.

    Raises `FeedListError`: too long, not well-formed, no OPML, a line that is no http(s) URL, an option that there is not or that
    has no such value, or no feed at all.
    """
    if len(data) > LIST_BYTES:
        raise FeedListError(f"the list is {len(data)} bytes, the limit is {LIST_BYTES}")
    text, _ = decode(data, None)
    places = read_opml(text) if text.lstrip().startswith("<") else _lines(text)
    feeds: dict[str, FeedSource] = {}
    for source, line in places:
        known = feeds.get(source.url)
        feeds[source.url] = source if known is None else merged(known, source, line)
        if len(feeds) > LIST_FEEDS:
            raise FeedListError(f"more than {LIST_FEEDS} feeds")
    if not feeds:
        raise FeedListError("no feed in the list: OPML with xmlUrl attributes, or one URL a line")
    return tuple(feeds.values())


def _lines(text: str) -> Iterator[tuple[FeedSource, int]]:
    for number, line in enumerate(text.splitlines(), start=1):
        url = line.partition(" #")[0].strip()
        if url and not url.startswith("#"):
            yield FeedSource(checked_url(url, number)), number
