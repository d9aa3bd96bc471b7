"""What a feed is like, for a person who chooses among several: its format, and whether its items are whole texts."""

from __future__ import annotations

import html
import re
from statistics import median
from typing import Literal

from services.fetch.formats.feed import FeedItem
from services.fetch.formats.feed_charset import decode

WHOLE_CHARACTERS = 1_000
"""Half of the items have at least so much text: a teaser is one or two sentences."""
_LOOKED_AT = 20
_HEAD_BYTES = 4_000
_TEXT_CHARACTERS = 20_000
_TAG = re.compile(r"<[^<>]{0,2000}>")
_ROOT = re.compile(r"<(?:\w{1,20}:)?(rss|feed|RDF|urlset|sitemapindex)[\s>/]")
_FORMATS = {"rss": "RSS", "feed": "Atom", "RDF": "RSS 1.0", "urlset": "sitemap", "sitemapindex": "sitemap"}


def format_of(body: bytes, content_type: str | None) -> str:
    """RSS, Atom, RSS 1.0, JSON or sitemap, by the root element; `feed` for what could be read all the same."""
    head, _ = decode(body[:_HEAD_BYTES], content_type)
    if head.lstrip()[:1] == "{":
        return "JSON"
    root = _ROOT.search(head)
    return _FORMATS[root[1]] if root else "feed"


def text_of(items: tuple[FeedItem, ...]) -> Literal["full", "teaser"] | None:
    """Whether items are whole texts or teasers, by their median length; None where there are no items."""
    if not items:
        return None
    return "full" if median(_characters(item) for item in items[:_LOOKED_AT]) >= WHOLE_CHARACTERS else "teaser"


def _characters(item: FeedItem) -> int:
    text = item.html_or_text[:_TEXT_CHARACTERS]
    return len(" ".join(html.unescape(_TAG.sub(" ", text)).split())) if item.is_html else len(text)
