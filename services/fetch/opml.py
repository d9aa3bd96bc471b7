"""OPML 2.0: feeds in folders, as every feed reader exports and imports them.

A folder is a tag. A feed stands in the folder of its first tag and has the others as its `category`, so that readers that know
folders only show it once. Options of a feed are attributes in a namespace of ours, which others ignore.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from services.fetch.feed_options import BadOption, check, read_options, write_options
from services.fetch.feed_source import TAGS, FeedListError, FeedSource, checked_url, has_password
from services.fetch.formats.clean_text import clean, one_line
from shared.contracts import NO_OPTIONS, FeedOptions

NAMESPACE = "urn:newsloom:feed"
_PREFIX = "newsloom"
_OURS = f"{{{NAMESPACE}}}"
_DECLARATION = f'xmlns:{_PREFIX}="{NAMESPACE}"'
_DEPTH = TAGS
LABEL_CHARACTERS = 512
"""Of a title or a folder's name."""


def read_opml(text: str) -> Iterator[tuple[FeedSource, int | None]]:
    """Every place of every feed, with its line. Raises `FeedListError`."""
    root = _root(text)
    body = root.find("body") if str(root.tag).lower() == "opml" else None
    if body is None:
        raise FeedListError(f"XML, but no OPML with a body: the root element is <{str(root.tag)[:50]}>")
    pending: list[tuple[etree._Element, tuple[str, ...]]] = [(outline, ()) for outline in reversed(body)]
    while pending:
        outline, folders = pending.pop()
        if not isinstance(outline.tag, str):
            continue
        attributes = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        label = one_line(attributes.get("title") or attributes.get("text"), LABEL_CHARACTERS)
        url = attributes.get("xmlurl", "").strip()
        options = _options(outline, is_feed=bool(url))
        if url:
            if options.auth is not None and has_password(url):
                raise FeedListError(
                    f"{_PREFIX}:auth: there is a user or password in the address, too", _line_of(outline)
                )
            title = None if label == url else label
            tags = _tags(folders, attributes.get("category", ""), _line_of(outline))
            yield FeedSource(checked_url(url, _line_of(outline)), title, tags, options), _line_of(outline)
        inner = folders if url or not label else (*folders, label)
        if len(inner) > _DEPTH:
            raise FeedListError(f"folders nested more than {_DEPTH} deep", _line_of(outline))
        pending.extend((child, inner) for child in reversed(outline))


def write_opml(sources: Iterable[FeedSource], title: str = "Feeds") -> bytes:
    """OPML 2.0 in UTF-8, each folder once. `read_feed_list` gives the same sources back, folder by folder."""
    listed = list(sources)
    used = any(source.options != NO_OPTIONS for source in listed)
    root = etree.Element("opml", {"version": "2.0"}, nsmap={_PREFIX: NAMESPACE} if used else None)
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(title, LABEL_CHARACTERS)
    folders: dict[tuple[str, ...], etree._Element] = {(): etree.SubElement(root, "body")}
    for source in listed:
        tags = tuple(cleaned for tag in source.tags if (cleaned := one_line(tag, LABEL_CHARACTERS)))
        place, categories = _place(tags)
        name = one_line(source.title, LABEL_CHARACTERS)
        outline = etree.SubElement(_folder(folders, place), "outline", type="rss", text=name or clean(source.url))
        if name:
            outline.set("title", name)
        outline.set("xmlUrl", clean(source.url))
        if categories:
            outline.set("category", ",".join(categories))
        for option, word in write_options(source.options).items():
            outline.set(f"{_OURS}{option}", clean(word))
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _root(text: str) -> etree._Element:
    # Strict, unlike a feed: somebody edits this file, and is told the line. Entities and DTDs are not looked at.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        hint = f"; write <opml {_DECLARATION}>" if f"prefix {_PREFIX} " in (error.msg or "") else ""
        raise FeedListError(f"not well-formed XML: {error.msg}{hint}", error.lineno) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FeedListError("a document type declaration is not accepted in a feed list")
    return root


def _options(outline: etree._Element, *, is_feed: bool) -> FeedOptions:
    if outline.nsmap.get(_PREFIX, NAMESPACE) != NAMESPACE:
        raise FeedListError(f"the prefix {_PREFIX} is for our options: write {_DECLARATION}", _line_of(outline))
    words = {
        str(name).removeprefix(_OURS): str(word) for name, word in outline.attrib.items() if str(name).startswith(_OURS)
    }
    if not words:
        return NO_OPTIONS
    if not is_feed:
        raise FeedListError(f"{_PREFIX}:{next(iter(words))} is for feeds, not for folders", _line_of(outline))
    try:
        options = read_options(words)
        check(options)
    except BadOption as error:
        raise FeedListError(f"{_PREFIX}:{error}", _line_of(outline)) from error
    return options


def _tags(folders: tuple[str, ...], category: str, line: int | None) -> tuple[str, ...]:
    parts = category.split(",", _DEPTH)
    own = [one_line(tag.strip().strip("/"), LABEL_CHARACTERS) for tag in parts]
    tags = tuple(dict.fromkeys((*folders, *(tag for tag in own if tag))))
    if len(parts) > _DEPTH or len(tags) > TAGS:
        raise FeedListError(f"a feed has more than {TAGS} tags", line)
    return tags


def _place(tags: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folders that a feed stands in, and its categories: in one folder, but deeper where a category could not hold a tag."""
    last = max((at for at, tag in enumerate(tags) if at == 0 or "," in tag or tag != tag.strip("/")), default=-1)
    return tags[: last + 1], tags[last + 1 :]


def _folder(folders: dict[tuple[str, ...], etree._Element], place: tuple[str, ...]) -> etree._Element:
    """The folder's outline, made with those around it where it is not there yet."""
    for depth in range(1, len(place) + 1):
        path = place[:depth]
        if path not in folders:
            name = place[depth - 1]
            folders[path] = etree.SubElement(folders[path[:-1]], "outline", text=name, title=name)
    return folders[place]


def _line_of(element: etree._Element) -> int | None:
    line = element.sourceline
    return line if isinstance(line, int) else None
