"""One `<entry>` of Atom 0.3 or 1.0 (RFC 4287), also where the namespace was forgotten."""

from __future__ import annotations

from lxml import etree

from services.fetch.formats.feed import FeedItem, FeedLimits
from services.fetch.formats.item_fields import absolute, build_item
from services.fetch.formats.rss_item import media_description
from services.fetch.formats.xml_fields import Fields, base_of, fields_of
from services.fetch.formats.xml_text import text_of

_HTML_TYPES = {"html", "text/html"}
_XHTML_TYPES = {"xhtml", "application/xhtml+xml"}


def read_entry(entry: Fields, limits: FeedLimits, head: Fields) -> FeedItem:
    """The entry; where it names no author, the feed's holds (RFC 4287, section 4.2.1)."""
    title = entry.first("atom:title", "title")
    body, body_is_html = _body(entry)
    identity = _text(entry, "id")
    source = entry.first("atom:source", "source")
    authors = (
        _authors(entry) or (_authors(fields_of(source, entry.url)) if source is not None else None) or _authors(head)
    )
    return build_item(
        limits,
        entry.url,
        guid=identity,
        links=_links(entry, identity, limits),
        title=text_of(title),
        title_is_html=_is_html(title),
        body=body,
        body_is_html=body_is_html,
        published=_text(entry, "published", "issued", "created") or entry.text("dc:date"),
        updated=_text(entry, "updated", "modified"),
        author=authors or entry.text("dc:creator"),
        language=entry.language(),
        categories=[category.get("label") or category.get("term") for category in _every(entry, "category")],
    )


def _every(entry: Fields, name: str) -> list[etree._Element]:
    return entry.every(f"atom:{name}", name)


def _text(entry: Fields, *names: str) -> str | None:
    return entry.text(*(prefixed for name in names for prefixed in (f"atom:{name}", name)))


def _is_html(construct: etree._Element | None) -> bool:
    """Whether `text_of` gave markup: by the type, and for Atom 0.3 by its mode, and wherever elements stand in it."""
    if construct is None:
        return False
    kind = (construct.get("type") or "text").strip().lower()
    escaped = kind in _HTML_TYPES or (construct.get("mode") or "").strip().lower() == "escaped"
    return escaped or kind in _XHTML_TYPES or any(isinstance(child.tag, str) for child in construct)


def _body(entry: Fields) -> tuple[str | None, bool]:
    """The content, else the summary, else what a video site says; content that is elsewhere (`src`) or not text is passed over."""
    for construct in (*_every(entry, "content"), *_every(entry, "summary")):
        kind = (construct.get("type") or "text").strip().lower()
        readable = kind in {"text", *_HTML_TYPES, *_XHTML_TYPES} or kind.startswith("text/")
        if readable and (construct.get("mode") or "").strip().lower() != "base64":
            text = text_of(construct)
            if text and not text.isspace():
                return text, _is_html(construct)
    return media_description(entry), False


def _links(entry: Fields, identity: str | None, limits: FeedLimits) -> list[str | None]:
    """Alternate links, pages before other types, each against its own `xml:base`; then any other; then an id that is a link."""
    ranked: list[tuple[int, str | None]] = []
    for link in _every(entry, "link"):
        rel = (link.get("rel") or "alternate").strip().lower()
        href = link.get("href") or link.text
        if href is None or rel in {"self", "edit", "replies", "enclosure", "hub", "next", "previous"}:
            continue
        page = (link.get("type") or "text/html").strip().lower() in {"text/html", *_XHTML_TYPES}
        rank = (0 if page else 1) if rel == "alternate" else 2
        ranked.append((rank, absolute(href, base_of(link, entry.url), limits.url) or href))
    ranked.sort(key=lambda pair: pair[0])
    sources = [content.get("src") for content in _every(entry, "content")]
    by_identity = identity if identity and identity.strip().startswith(("http://", "https://")) else None
    return [href for _, href in ranked] + sources + [by_identity]


def _authors(holder: Fields) -> str | None:
    names = []
    for person in _every(holder, "author")[:20]:
        name = _text(fields_of(person, holder.url), "name") or person.text
        if name and name.strip():
            names.append(name.strip())
    return ", ".join(names) or None
