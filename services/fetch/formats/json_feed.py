"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), with every field of any type."""

from __future__ import annotations

import json
from typing import Any

from services.fetch.formats.clean_text import one_line
from services.fetch.formats.feed import FeedError, FeedItem, FeedLimits, ParsedFeed
from services.fetch.formats.item_fields import build_item
from services.fetch.formats.item_links import is_absolute
from services.fetch.formats.websub_links import websub_of_json


def looks_like_json(text: str) -> bool:
    """True where the first character that counts opens an object or a list."""
    return text[:1000].lstrip()[:1] in ("{", "[")


def read_json_feed(text: str, url: str, limits: FeedLimits) -> ParsedFeed:
    """The feed, or `FeedError` `malformed` (not JSON) or `not-a-feed` (JSON of another kind)."""
    try:
        document = json.loads(text, strict=False)  # A bare line break in a string is not JSON, and common.
    except (ValueError, RecursionError) as error:
        raise FeedError("malformed", f"not valid JSON: {str(error)[:200]}") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise FeedError("not-a-feed", "JSON without a list of items")
    rows = document["items"]
    items = tuple(_item(row, document, url, limits) for row in rows[: limits.items] if isinstance(row, dict))
    problems = []
    if cut := max(0, len(rows) - limits.items):
        problems.append(f"items-cut:{cut}")
    if strange := sum(not isinstance(row, dict) for row in rows[: limits.items]):
        problems.append(f"items-unreadable:{strange}")
    hub, self_url = websub_of_json(document, url, limits.url)
    return ParsedFeed(
        title=one_line(_text(document.get("title")), limits.title),
        language=one_line(_text(document.get("language")), limits.field),
        hub=hub,
        self_url=self_url,
        items=items,
        items_cut=cut,
        problems=tuple(problems),
    )


def _item(row: dict[str, Any], document: dict[str, Any], url: str, limits: FeedLimits) -> FeedItem:
    markup = _text(row.get("content_html"))
    tags = row.get("tags")
    identity = _text(row.get("id"))
    links = (_text(row.get("url")), _text(row.get("external_url")), identity if is_absolute(identity) else None)
    return build_item(
        limits,
        guid=identity,
        links=[(link, url) for link in links],
        title=_text(row.get("title")),
        title_is_html=False,
        body=markup or _text(row.get("content_text")) or _text(row.get("summary")),
        body_is_html=bool(markup),
        published=_text(row.get("date_published")),
        updated=_text(row.get("date_modified")),
        author=_authors(row) or _authors(document),
        language=_text(row.get("language")),
        categories=[_text(tag) for tag in tags[: limits.categories]] if isinstance(tags, list) else (),
    )


def _text(value: Any) -> str | None:
    """Strings as they are; numbers as strings, since 1.0 feeds in the field have numeric ids; anything else is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)[:100] if not isinstance(value, int) or value.bit_length() < 256 else None
    return None


def _authors(holder: dict[str, Any]) -> str | None:
    """Names of `authors` (1.1), else of `author` (1.0)."""
    several = holder.get("authors")
    people = several[:20] if isinstance(several, list) else [holder.get("author")]
    names = [_text(person.get("name")) for person in people if isinstance(person, dict)]
    return ", ".join(name for name in names if name) or None
