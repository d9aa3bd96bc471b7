"""Lists of feeds: OPML (https://opml.org/spec2.opml), whose folders become tags, or one URL a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from services.fetch.formats.clean_text import one_line
from services.fetch.formats.feed_charset import decode
from shared.contracts import NO_OPTIONS, FeedOptions

LIST_BYTES = 16 * 1024 * 1024
LIST_FEEDS = 100_000
_DEPTH = 20
_FIELD = 512
_URL = 4_096


@dataclass(frozen=True, slots=True)
class FeedSource:
    """A feed that somebody wants to be read. `tags` are sorted as in the list, the outermost folder first."""

    url: str
    title: str | None = None
    tags: tuple[str, ...] = ()
    options: FeedOptions = NO_OPTIONS


class FeedListError(Exception):
    """The list can't be used as it is. `line` counts from 1, where one is to blame."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


def read_feed_list(data: bytes) -> tuple[FeedSource, ...]:
    """The feeds of an OPML document or a list of URLs, told apart by content. Each URL once, with the tags of all its places.

    Raises `FeedListError`: too long, not well-formed, no OPML, a line that is no http(s) URL, or no feed at all.
    """
    if len(data) > LIST_BYTES:
        raise FeedListError(f"the list is {len(data)} bytes, the limit is {LIST_BYTES}")
    text, _ = decode(data, None)
    sources = _opml(text) if text.lstrip().startswith("<") else _lines(text)
    merged: dict[str, FeedSource] = {}
    for source in sources:
        known = merged.setdefault(source.url, source)
        if known is not source:
            tags = tuple(dict.fromkeys(known.tags + source.tags))
            merged[source.url] = FeedSource(source.url, known.title or source.title, tags)
        if len(merged) > LIST_FEEDS:
            raise FeedListError(f"more than {LIST_FEEDS} feeds")
    if not merged:
        raise FeedListError("no feed in the list: OPML with xmlUrl attributes, or one URL a line")
    return tuple(merged.values())


def write_opml(sources: Iterable[FeedSource], title: str = "Feeds") -> bytes:
    """OPML 2.0 in UTF-8, each feed once, its tags as categories; `read_feed_list` gives the same sources back."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(title, _FIELD)
    body = etree.SubElement(root, "body")
    for source in sources:
        outline = etree.SubElement(body, "outline", type="rss", text=source.title or source.url, xmlUrl=source.url)
        if source.title:
            outline.set("title", source.title)
        if source.tags:
            outline.set("category", ",".join(tag.replace(",", " ") for tag in source.tags))
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _lines(text: str) -> Iterator[FeedSource]:
    for number, line in enumerate(text.splitlines(), start=1):
        url = line.partition(" #")[0].strip()
        if url and not url.startswith("#"):
            yield FeedSource(_checked(url, number))


def _opml(text: str) -> Iterator[FeedSource]:
    # Strict, unlike a feed: somebody edits this file, and is told the line. Entities and DTDs are not looked at.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise FeedListError(f"not well-formed XML: {error.msg}", error.lineno) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FeedListError("a document type declaration is not accepted in a feed list")
    body = root.find("body") if str(root.tag).lower() == "opml" else None
    if body is None:
        raise FeedListError(f"XML, but no OPML with a body: the root element is <{str(root.tag)[:50]}>")
    pending: list[tuple[etree._Element, tuple[str, ...]]] = [(outline, ()) for outline in reversed(body)]
    while pending:
        outline, folders = pending.pop()
        if not isinstance(outline.tag, str):
            continue
        attributes = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        label = one_line(attributes.get("title") or attributes.get("text"), _FIELD)
        url = attributes.get("xmlurl", "").strip()
        if url:
            own = [
                one_line(tag.strip().strip("/"), _FIELD) for tag in attributes.get("category", "").split(",")[:_DEPTH]
            ]
            tags = tuple(dict.fromkeys((*folders, *(tag for tag in own if tag))))
            title = None if label == url else label
            yield FeedSource(_checked(url, _line_of(outline)), title, tags)
        inner = folders if url or not label else (*folders, label)
        if len(inner) > _DEPTH:
            raise FeedListError(f"folders nested more than {_DEPTH} deep", _line_of(outline))
        pending.extend((child, inner) for child in reversed(outline))


def _line_of(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None


def _checked(url: str, line: int | None) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and len(url) <= _URL
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise FeedListError(f"not an http(s) URL: {url[:100]!r}", line)
    return url
