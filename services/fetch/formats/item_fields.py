"""One item from raw strings: cleaned, cut to the limits, its link made absolute. What every format's reader ends with."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from services.fetch.formats.clean_text import clean, collapsed, one_line, plain
from services.fetch.formats.feed import FeedItem, FeedLimits
from services.fetch.formats.item_links import Link, first_usable


def build_item(
    limits: FeedLimits,
    *,
    guid: str | None = None,
    links: Iterable[Link] = (),
    title: str | None = None,
    title_is_html: bool = True,
    body: str | None = None,
    body_is_html: bool = True,
    published: str | None = None,
    updated: str | None = None,
    author: str | None = None,
    language: str | None = None,
    categories: Iterable[str | None] = (),
) -> FeedItem:
    """An item within `limits`; the first of `links` that can be used is its URL."""
    problems: list[str] = []
    url, no_link_usable = first_usable(links, limits.url)
    return FeedItem(
        guid=one_line(guid, limits.url),
        url=url,
        title=_title(title or "", title_is_html, limits.title, problems),
        html_or_text=_body(body or "", limits.text, problems),
        is_html=body_is_html,
        published=one_line(published, limits.field),
        updated=one_line(updated, limits.field),
        author=one_line(author, limits.field),
        language=one_line(language, limits.field),
        categories=_categories(categories, limits),
        problems=(*problems, "bad-link") if no_link_usable else tuple(problems),
    )


def _title(title: str, is_html: bool, limit: int, problems: list[str]) -> str:
    # Room for markup and white space that go, but not for a megabyte of them.
    room = title[: 4 * limit]
    line = collapsed(clean(plain(room) if is_html else room))
    if len(title) > 4 * limit or len(line) > limit:
        problems.append("title-cut")
    return line[:limit]


def _body(body: str, limit: int, problems: list[str]) -> str:
    if len(body) > limit:
        body = body[:limit]
        problems.append("text-cut")
    return clean(body).strip()


def _categories(terms: Iterable[str | None], limits: FeedLimits) -> tuple[str, ...]:
    if not terms:
        return ()
    lines = (one_line(term, limits.field) for term in islice(terms, limits.categories))
    return tuple(dict.fromkeys(line for line in lines if line))
