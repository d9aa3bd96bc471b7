"""The article's own description in a page's JSON-LD (https://schema.org/Article), also where the JSON is broken."""

import html
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

_MAX_BLOCKS = 20
_MAX_BLOCK_CHARS = 500_000
_MAX_NODES = 3000
_MAX_AUTHORS = 10
_MAX_PARTS = 50
_OPENING = re.compile(r"<script[^<>]{0,300}?application/ld\+json[^<>]{0,300}>", re.IGNORECASE)
_CLOSING = re.compile(r"</script", re.IGNORECASE)
_ARTICLE_TYPE = re.compile(
    r"(?:\w*NewsArticle|Article|Report|BlogPosting|LiveBlogPosting|\w*Article|VideoObject|WebPage)"
)
# What these hold is about other articles than the page's own.
_OTHERS = frozenset(
    {"itemListElement", "hasPart", "isPartOf", "mentions", "citation", "relatedLink", "comment", "review", "video"}
)
_BROKEN_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|inLanguage|url)"\s{0,20}:\s{0,20}"((?:[^"\\]|\\.){1,1000})"'
)
_BROKEN_FREE = re.compile(
    r'"isAccessibleForFree"\s{0,20}:\s{0,20}"?(?:https?://schema\.org/)?(true|false)\b', re.IGNORECASE
)
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """Fields as written, entities resolved; None where the page says nothing."""

    headline: str | None = None
    url: str | None = None
    published: str | None = None
    modified: str | None = None
    author: str | None = None
    publisher: str | None = None
    language: str | None = None
    free: bool | None = None
    """Whether anybody may read it without paying (https://schema.org/isAccessibleForFree)."""


def linked_article(page: str) -> LinkedArticle | None:
    """The best article node of all blocks: a news article before any article before a web page; None without one."""
    best: tuple[int, dict[str, Any]] | None = None
    free: bool | None = None
    broken: str | None = None
    for block in _blocks(page):
        data = _parsed(block)
        if data is None:
            broken = broken or block
            continue
        for node in _nodes(data):
            rank = _rank(node)
            if rank and (best is None or rank > best[0]):
                best = (rank, node)
            if free is None and _is_article(node) and "VideoObject" not in _types(node):
                free = _free(node)
    if best is not None:
        found = _article(best[1])
        # Said of the page, where it is not said of the article on it.
        return found if found.free is not None else replace(found, free=free)
    if broken is None and free is not None:
        return LinkedArticle(free=free)
    return _salvaged(broken) if broken else None


def _blocks(page: str) -> Iterator[str]:
    position = 0
    for _ in range(_MAX_BLOCKS):
        opening = _OPENING.search(page, position)
        closing = _CLOSING.search(page, opening.end()) if opening else None
        if opening is None or closing is None:
            return
        position = closing.end()
        if closing.start() - opening.end() <= _MAX_BLOCK_CHARS:
            yield page[opening.end() : closing.start()]


def _parsed(block: str) -> object | None:
    block = block.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        loaded: object = orjson.loads(block)
        return loaded
    except ValueError:  # lone surrogates too
        pass
    try:
        # Line ends inside strings, the commonest fault, are no fault here.
        loaded = json.loads(block, strict=False)
        return loaded
    except (ValueError, RecursionError):
        return None


def _nodes(data: object) -> Iterator[dict[str, Any]]:
    """Objects from the outside in, so that the page's own node comes before what it refers to."""
    queue: deque[object] = deque([data])
    for _ in range(_MAX_NODES):
        if not queue:
            return
        node = queue.popleft()
        if isinstance(node, list):
            queue.extend(node[:_MAX_NODES])
        elif isinstance(node, dict):
            yield node
            queue.extend(value for key, value in node.items() if key not in _OTHERS and isinstance(value, (dict, list)))


def _types(node: dict[str, Any]) -> list[str]:
    types = node.get("@type")
    return [str(name).rpartition("/")[2] for name in (types if isinstance(types, list) else [types])[:10]]


def _is_article(node: dict[str, Any]) -> bool:
    return any(_ARTICLE_TYPE.fullmatch(name) for name in _types(node))


def _rank(node: dict[str, Any]) -> int:
    if not _is_article(node):
        return 0
    names = _types(node)
    if "datePublished" not in node and "headline" not in node:
        return 0
    if any(name.endswith("NewsArticle") for name in names):
        return 3
    return 1 if set(names) <= {"WebPage", "VideoObject"} else 2


def _article(node: dict[str, Any]) -> LinkedArticle:
    return LinkedArticle(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        url=_text(node.get("url")) or _text(node.get("mainEntityOfPage"), "@id", "url"),
        published=_text(node.get("datePublished")),
        modified=_text(node.get("dateModified")),
        author=_names(node.get("author")) or _names(node.get("creator")),
        publisher=_text(node.get("publisher"), "name"),
        language=_text(node.get("inLanguage"), "alternateName", "name"),
        free=_free(node),
    )


def _free(node: dict[str, Any]) -> bool | None:
    """A page of which a part is not free is not: the part is the article's text behind the paywall."""
    parts = node.get("hasPart")
    nodes = [node, *(parts if isinstance(parts, list) else [parts])[:_MAX_PARTS]]
    said = [truth(each.get("isAccessibleForFree")) for each in nodes if isinstance(each, dict)]
    return False if False in said else said[0]


def truth(value: object) -> bool | None:
    """JSON's own values, and the words and schema.org addresses that sites write for them."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool):
        return value
    return _TRUTHS.get(value[:60].rpartition("/")[2].strip().lower()) if isinstance(value, str) else None


def _text(value: object, *keys: str) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next((value[key] for key in keys if value.get(key)), None)
    if isinstance(value, list):
        value = value[0] if value else None
    return (html.unescape(value[:2000]).strip() or None) if isinstance(value, str) else None


def _names(value: object) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = [name for person in people[:_MAX_AUTHORS] if (name := _text(person, "name")) and "://" not in name]
    return ", ".join(dict.fromkeys(names)) or None


def _salvaged(block: str) -> LinkedArticle | None:
    """The plain fields of a block that no parser takes; the first of each is the article's."""
    fields: dict[str, str] = {}
    for match in _BROKEN_FIELD.finditer(block):
        fields.setdefault(match[1], html.unescape(_ESCAPE.sub(_unescaped, match[2])).strip())
    if not fields.get("headline") and not fields.get("datePublished"):
        return None
    return LinkedArticle(
        headline=fields.get("headline"),
        url=fields.get("url"),
        published=fields.get("datePublished"),
        modified=fields.get("dateModified"),
        language=fields.get("inLanguage"),
        free=_salvaged_free(block),
    )


def _salvaged_free(block: str) -> bool | None:
    said = {match[1].lower() for match in _BROKEN_FREE.finditer(block)}
    return None if not said else "false" not in said


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if len(code) == 5 else {"n": " ", "t": " ", "r": " "}.get(code, code)
