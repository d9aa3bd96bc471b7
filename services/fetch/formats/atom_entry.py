"""One `<entry>` of Atom 0.3 or 1.0 (RFC 4287), also where the namespace was forgotten."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from lxml import etree

from services.fetch.formats.feed import FeedItem, FeedLimits
from services.fetch.formats.item_fields import build_item
from services.fetch.formats.item_links import Link, is_absolute
from services.fetch.formats.rss_item import media_description
from services.fetch.formats.xml_fields import Fields, base_of, fields_of
from services.fetch.formats.xml_text import text_of

_HTML_TYPES = {"html", "text/html"}
_XHTML_TYPES = {"xhtml", "application/xhtml+xml"}
_TEXT_TYPES = {"text", *_HTML_TYPES, *_XHTML_TYPES}
_PAGE_TYPES = {"text/html", *_XHTML_TYPES}
_NO_PAGE_OF_THE_ENTRY = {"self", "edit", "replies", "enclosure", "hub", "next", "previous"}
_DATES = (
    *("atom:published", "published", "atom:issued", "issued", "atom:created", "created"),
    *("dc:date", "atom:pubdate", "pubdate"),
)


def read_entry(entry: Fields, limits: FeedLimits, authors_of_feed: str | None) -> FeedItem:
    """The entry; where it names no author, the feed's holds (RFC 4287, section 4.2.1)."""
    title = entry.first("atom:title", "title")
    body, body_is_html = _body(entry)
    identity = entry.text("atom:id", "id")
    return build_item(
        limits,
        guid=identity,
        links=_links(entry, identity),
        title=_text(title),
        title_is_html=_is_html(title),
        body=body,
        body_is_html=body_is_html,
        published=entry.text(*_DATES),
        updated=entry.text("atom:updated", "updated", "atom:modified", "modified"),
        author=authors_of(entry) or _authors_of_source(entry) or authors_of_feed or entry.text("dc:creator"),
        language=entry.language(),
        categories=[
            category.get("label") or category.get("term") for category in entry.every("atom:category", "category")
        ],
    )


def authors_of(holder: Fields) -> str | None:
    """The names of the authors of a feed, an entry or its source."""
    names = []
    for person in holder.every("atom:author", "author")[:20]:
        name = fields_of(person, holder.url).text("atom:name", "name") or person.text
        if name and name.strip():
            names.append(name.strip())
    return ", ".join(names) or None


def _authors_of_source(entry: Fields) -> str | None:
    source = entry.first("atom:source", "source")
    return None if source is None else authors_of(fields_of(source, entry.url))


def _word(construct: etree._Element, attribute: str, default: str = "") -> str:
    """An attribute whose values are a few words."""
    return (construct.get(attribute) or default).strip().lower()


def _text(construct: etree._Element | None) -> str | None:
    """`text_of`, unpacked where it is base64, which Atom 0.3 allowed."""
    text = text_of(construct)
    if text is None or construct is None or _word(construct, "mode") != "base64":
        return text
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except ValueError:
        return text


def _is_html(construct: etree._Element | None) -> bool:
    """Whether `text_of` gave markup: by the type, and for Atom 0.3 by its mode, and wherever elements stand in it."""
    if construct is None:
        return False
    kind = _word(construct, "type", "text")
    if kind in _HTML_TYPES or kind in _XHTML_TYPES or _word(construct, "mode") == "escaped":
        return True
    return len(construct) > 0 and any(isinstance(child.tag, str) for child in construct)


def _body(entry: Fields) -> tuple[str | None, bool]:
    """The content, else the summary, else what a video site says; content that is elsewhere (`src`) or not text is passed over."""
    for construct in entry.every("atom:content", "content", "atom:summary", "summary"):
        kind = _word(construct, "type", "text")
        if kind in _TEXT_TYPES or kind.startswith("text/"):
            text = _text(construct)
            if text and not text.isspace():
                return text, _is_html(construct)
    return media_description(entry), False


def _links(entry: Fields, identity: str | None) -> Iterator[Link]:
    """Alternate links, pages before other types, each against its own `xml:base`; then any other; then an id that is a link."""
    ranked: list[tuple[int, str, str]] = []
    for link in entry.every("atom:link", "link"):
        relation = _word(link, "rel", "alternate")
        href = link.get("href") or link.text
        if href is not None and relation not in _NO_PAGE_OF_THE_ENTRY:
            is_page = _word(link, "type", "text/html") in _PAGE_TYPES
            rank = (0 if is_page else 1) if relation == "alternate" else 2
            ranked.append((rank, href, base_of(link, entry.url)))
    for _, href, base in sorted(ranked, key=lambda link: link[0]):
        yield href, base
        yield href, entry.url
    for content in entry.every("atom:content", "content"):
        yield content.get("src"), entry.url
    if is_absolute(identity):
        yield identity, entry.url
