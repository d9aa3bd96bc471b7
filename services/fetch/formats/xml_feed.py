"""RSS 0.9x, 1.0 (RDF) and 2.0, and Atom 0.3 and 1.0, from one tree.

fastfeedparser is faster still and not used: it returns dates already interpreted, takes no notice of `xml:base`, of an item's
`xml:lang`, of the `type` of an Atom title and of markup that is not escaped, and has no `ttl`. It would need a second pass.
"""

from __future__ import annotations

from lxml import etree

from services.fetch.formats.atom_entry import authors_of, read_entry
from services.fetch.formats.clean_text import one_line, plain
from services.fetch.formats.feed import FeedLimits, ParsedFeed
from services.fetch.formats.newest_items import newest
from services.fetch.formats.rss_item import read_item
from services.fetch.formats.websub_links import websub_of_head
from services.fetch.formats.xml_fields import Fields, fields_of
from services.fetch.formats.xml_names import XML_LANG, is_row, local_name

_ROOTS = {"rss", "rdf", "feed", "channel"}
_PERIOD_MINUTES = {"hourly": 60, "daily": 1_440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
_DATES = (
    "pubdate",
    "atom:published",
    "atom:updated",
    "atom:issued",
    "atom:modified",
    "published",
    "updated",
    "dc:date",
)


def is_feed(root: etree._Element) -> bool:
    """Whether the root element is one of a feed."""
    return local_name(root) in _ROOTS


def feed_within(root: etree._Element) -> etree._Element | None:
    """The root, or the feed that a web page was wrapped around."""
    return root if is_feed(root) else next(root.iter("{*}rss", "{*}RDF", "{http://www.w3.org/2005/Atom}feed"), None)


def read_xml_feed(root: etree._Element, url: str, limits: FeedLimits) -> ParsedFeed:
    """The feed below its root element, at most `limits.items` items of it."""
    rows = _rows(root)
    kept = newest(rows, lambda row: fields_of(row, url).text(*_DATES), limits.items)
    channel = next((child for child in root if local_name(child) == "channel"), root)
    head = fields_of(channel, url)
    title = one_line(plain(head.text("title", "atom:title") or ""), limits.title)
    language = head.text("language", "dc:language") or channel.get(XML_LANG) or root.get(XML_LANG)
    cut = len(rows) - len(kept)
    hub, self_url = websub_of_head(head, limits.url)
    authors = authors_of(head)
    items = (
        read_entry(fields_of(row, url), limits, authors)
        if local_name(row) == "entry"
        else read_item(fields_of(row, url), limits)
        for row in kept
    )
    return ParsedFeed(
        title=title,
        language=one_line(language, limits.field),
        ttl_minutes=_ttl_minutes(head),
        hub=hub,
        self_url=self_url,
        items=tuple(items),
        items_cut=cut,
        problems=(f"items-cut:{cut}",) if cut else (),
    )


def _rows(root: etree._Element) -> list[etree._Element]:
    """All items anywhere below the root, since a lost end tag nests an item in the one before it."""
    rows = [element for element in root.iter("{*}item", "{*}entry") if is_row(element)]
    # Another spelling, `<ITEM>` or a prefix that nobody declared, is too rare to look at every element of every feed for it.
    return rows or [element for element in root.iter(etree.Element) if is_row(element)]


def _ttl_minutes(head: Fields) -> int | None:
    """RSS `ttl`, else the period and frequency of the syndication module."""
    ttl = (head.text("ttl") or "").strip()
    if ttl.isascii() and ttl.isdigit() and len(ttl) < 9:
        return int(ttl) or None
    period = _PERIOD_MINUTES.get((head.text("sy:updateperiod") or "").strip().lower())
    if period is None:
        return None
    frequency = (head.text("sy:updatefrequency") or "").strip()
    times = int(frequency) if frequency.isascii() and frequency.isdigit() and len(frequency) < 6 else 1
    return max(1, period // max(1, times))
