"""A web page where a feed should be: whether the server refuses its reader (a soft 403), and else which feeds the page names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

from services.fetch.formats.clean_text import collapsed, one_line
from services.fetch.formats.feed import FeedError
from services.fetch.formats.item_links import absolute
from services.fetch.formats.refusal_markers import REFUSALS

_LOOKED_AT = 200_000
"""Characters: what names feeds stands in the head of a page, and pages of refusal are short."""
_LITTLE_TEXT = 1_500
"""Visible characters. With more, only the title counts: long pages speak of captchas and cookies, too."""
_LONGEST_TITLE = 120
_LONGEST_URL = 150
"""Characters of the address of a feed, so that three fit into a message."""
_FEEDS_NAMED = 3
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
_INVISIBLE = {"script", "style", "template", "title", "head"}


def error_of_web_page(text: str, url: str) -> FeedError:
    """The error with `soft-403` or `html-instead-of-feed`; its message tells an operator what stands there instead."""
    root = _tree(text[:_LOOKED_AT], url)
    if root is None:
        return FeedError("html-instead-of-feed", "a web page, not a feed")
    title = one_line(root.findtext(".//title"), _LONGEST_TITLE)
    feeds = list(islice(dict.fromkeys(_feeds(root, url)), _FEEDS_NAMED))
    visible = _visible_text(root)
    is_short = len(visible) <= _LITTLE_TEXT and len(text) <= _LOOKED_AT
    # A page that names feeds is of the site itself, whatever its banner says.
    if kind := _refusal(f"{title or ''}\n{visible if is_short and not feeds else ''}"):
        return FeedError("soft-403", f"{kind}, titled {title!r}" if title else kind)
    if feeds:
        return FeedError("html-instead-of-feed", f"a web page; the feeds that it names: {', '.join(feeds)}")
    return FeedError("html-instead-of-feed", f"a web page, titled {title!r}" if title else "a web page, not a feed")


def _tree(text: str, url: str) -> etree._Element | None:
    parser = etree.HTMLParser(recover=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser, base_url=url)
    except etree.LxmlError:
        return None


def _visible_text(root: etree._Element) -> str:
    """Also what is shown only where no script runs: that is what a feed reader is told."""
    parts = [
        part
        for element in root.iter(etree.Element)
        for part in (element.text if element.tag not in _INVISIBLE else "", element.tail)
        if part
    ]
    return collapsed(" ".join(parts))


def _refusal(text: str) -> str | None:
    """The kind of page whose phrase stands in the text."""
    text = text.lower().replace("’", "'").replace("…", "...")
    return next((kind for kind, phrases in REFUSALS.items() if any(phrase in text for phrase in phrases)), None)


def _feeds(root: etree._Element, url: str) -> Iterator[str]:
    for link in root.iter("link"):
        is_alternate = "alternate" in (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if (
            is_alternate
            and kind in _FEED_TYPES
            and (feed := absolute(link.get("href"), link.base or url, _LONGEST_URL))
        ):
            yield feed
