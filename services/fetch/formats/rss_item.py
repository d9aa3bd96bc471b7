"""One `<item>` of RSS, of whatever version and with the usual extension modules.

Atom's names stand in it by design, and RSS's own under Atom's name where a root has Atom for its default namespace.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.fetch.formats.feed import FeedItem, FeedLimits
from services.fetch.formats.item_fields import build_item
from services.fetch.formats.item_links import Link, is_absolute
from services.fetch.formats.xml_fields import Fields, base_of, fields_of
from services.fetch.formats.xml_names import RDF_ABOUT
from services.fetch.formats.xml_text import text_of

_BODIES = ("content:encoded", "atom:content", "xhtml:body", "content", "description", "atom:description",
           "atom:summary", "itunes:summary")  # fmt: skip
"""Longest first by custom: `description` is often a teaser of `content:encoded`."""
_DATES = ("pubdate", "atom:pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published", "date")


def read_item(item: Fields, limits: FeedLimits) -> FeedItem:
    """The item with what it says itself: the channel's `managingEditor` is not an author."""
    guid = item.text("guid", "atom:guid", "atom:id", "dc:identifier") or item.element.get(RDF_ABOUT)
    return build_item(
        limits,
        guid=guid,
        links=_links(item, guid),
        title=item.text("title", "atom:title", "dc:title", "media:title"),
        body=item.text(*_BODIES) or media_description(item),
        published=item.text(*_DATES),
        updated=item.text("atom:updated", "dcterms:modified", "lastbuilddate"),
        author=_authors(item),
        language=item.language(),
        categories=[text_of(category) for category in item.every("category", "dc:subject")],
    )


def media_description(item: Fields) -> str | None:
    """Media RSS: the description of the item or of its group (video sites have no other text)."""
    if description := item.text("media:description"):
        return description
    group = item.first("media:group")
    return None if group is None else fields_of(group, item.url).text("media:description")


def _links(item: Fields, guid: str | None) -> Iterator[Link]:
    """The usual link, then what Atom would write, then a guid that is a permalink."""
    base = base_of(item.element, item.url)
    for link in item.every("link", "atom:link"):
        yield text_of(link), base
    for link in item.every("atom:link", "link"):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href"), base
    if is_absolute(guid) and _is_permalink(item):
        yield guid, base


def _is_permalink(item: Fields) -> bool:
    guid = item.first("guid", "atom:guid")
    return guid is None or (guid.get("isPermaLink") or "true").strip().lower() != "false"


def _authors(item: Fields) -> str | None:
    creators = [
        text.strip() for element in item.every("dc:creator")[:20] if (text := text_of(element)) and text.strip()
    ]
    if creators:
        return ", ".join(creators)
    person = item.first("atom:author")
    named = fields_of(person, item.url).text("atom:name") if person is not None else None
    return named or item.text("author", "itunes:author")
