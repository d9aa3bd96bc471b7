"""The last resort for XML that lxml can't recover: feedparser, many times slower (FINDINGS, section 3)."""

from __future__ import annotations

from typing import Any

import feedparser

from services.fetch.formats.clean_text import one_line, plain
from services.fetch.formats.feed import FeedItem, FeedLimits, ParsedFeed
from services.fetch.formats.item_fields import build_item
from services.fetch.formats.websub_links import websub_of_links


def read_lenient_feed(text: str, url: str, limits: FeedLimits) -> ParsedFeed:
    """What feedparser makes of it, always with the problem `lenient`; no items where it can make nothing of it.

    Its sanitiser is off: it is slow, it lets attacks through, and sanitising belongs to the stage that reads the markup.
    """
    read = feedparser.parse(
        text.encode("utf-8", "replace"),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    entries = read.entries[: limits.items]
    cut = len(read.entries) - len(entries)
    links = [(str(link.get("rel")), (link.get("href"), url)) for link in read.feed.get("links", ())]
    hub, self_url = websub_of_links(links, limits.url)
    return ParsedFeed(
        title=one_line(plain(read.feed.get("title") or ""), limits.title),
        language=one_line(read.feed.get("language"), limits.field),
        hub=hub,
        self_url=self_url,
        items=tuple(_item(entry, url, limits) for entry in entries),
        items_cut=cut,
        problems=("lenient", f"items-cut:{cut}") if cut else ("lenient",),
    )


def _item(entry: Any, url: str, limits: FeedLimits) -> FeedItem:
    contents = [content for content in entry.get("content", ()) if content.get("value")]
    body = contents[0] if contents else entry.get("summary_detail") or {}
    return build_item(
        limits,
        guid=entry.get("id"),
        links=[(entry.get("link"), body.get("base") or url)],
        title=entry.get("title"),
        body=body.get("value"),
        body_is_html=body.get("type") != "text/plain",
        published=entry.get("published"),
        updated=entry.get("updated") if "updated" in entry.keys() else None,  # noqa: SIM118 - it gives `published` for `updated`
        author=entry.get("author"),
        language=(entry.get("title_detail") or {}).get("language"),
        categories=(tag.get("term") for tag in entry.get("tags", ())),
    )
