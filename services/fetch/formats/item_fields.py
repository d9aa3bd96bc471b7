"""One item from raw strings: cleaned, cut to the limits, links made absolute. What every format's reader ends with."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from services.fetch.formats.feed import FeedItem, FeedLimits

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
"""Control characters but tab, line feed, carriage return and NEL, and the non-characters that XML forbids."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SCRIPT = re.compile(r"<(script|style)\b[^<]{0,10000}</\1\s*>", re.IGNORECASE)
"""With what is in it: a programme is no part of a title."""
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_SPACES = re.compile(r"\s+")


def clean(text: str) -> str:
    """No control characters; lone surrogates become U+FFFD, so that the text can be written as UTF-8."""
    return _SURROGATE.sub("\ufffd", _UNWANTED.sub("", text))


def one_line(text: str | None, limit: int) -> str | None:
    """Clean, white space collapsed, cut; None where nothing is left."""
    if not text:
        return None
    # Room for white space that collapses, but not for a megabyte of it.
    return _SPACES.sub(" ", clean(text[: 4 * limit])).strip()[:limit] or None


def plain(markup: str) -> str:
    """A title given as HTML: tags off, entities decoded."""
    if "<" in markup:
        markup = _SCRIPT.sub("", markup)
        markup = _TAG.sub("", markup)
    return html.unescape(markup) if "&" in markup else markup


def absolute(link: str | None, base: str, limit: int) -> str | None:
    """The link as an absolute http(s) URL, or None. Line breaks inside it go, as browsers have it."""
    if not link:
        return None
    link = "".join(clean(link[: limit + 100]).split("\n")).replace("\r", "").replace("\t", "").strip()
    if not link or len(link) > limit:
        return None
    try:
        own, joined = urlsplit(link), urljoin(base, link)
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and parts.hostname and (own.netloc or not own.scheme)
    except ValueError:
        return None
    return joined if usable else None


def build_item(
    limits: FeedLimits,
    base: str,
    *,
    guid: str | None = None,
    links: Iterable[str | None] = (),
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
    """An item within `limits`; the first of `links` that can be used against `base` is its URL."""
    problems = []
    title, body = title or "", body or ""
    if len(title) > 4 * limits.title:
        title = title[: 4 * limits.title]
        problems.append("title-cut")
    title = _SPACES.sub(" ", clean(plain(title) if title_is_html else title)).strip()
    if len(title) > limits.title:
        title = title[: limits.title]
        if not problems:
            problems.append("title-cut")
    if len(body) > limits.text:
        body = body[: limits.text]
        problems.append("text-cut")
    links = list(links)
    url = next((found for link in links if (found := absolute(link, base, limits.url))), None)
    if url is None and any(link and link.strip() for link in links):
        problems.append("bad-link")
    terms = (one_line(term, limits.field) for term, _ in zip(categories, range(limits.categories), strict=False))
    return FeedItem(
        guid=one_line(guid, limits.url),
        url=url,
        title=title,
        html_or_text=clean(body).strip(),
        is_html=body_is_html,
        published=one_line(published, limits.field),
        updated=one_line(updated, limits.field),
        author=one_line(author, limits.field),
        language=one_line(language, limits.field),
        categories=tuple(dict.fromkeys(term for term in terms if term)),
        problems=tuple(problems),
    )
