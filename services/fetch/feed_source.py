"""A feed that somebody wants to be read, as lists of feeds have it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from shared.contracts import NO_OPTIONS, FeedOptions
from shared.urls.userinfo import without_userinfo

TAGS = 50
"""Of one feed."""
URL_CHARACTERS = 4_096


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


def checked_url(url: str, line: int | None) -> str:
    """The URL as it is. Raises `FeedListError` for what is none of http or https."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and len(url) <= URL_CHARACTERS
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise FeedListError(f"not an http(s) URL: {without_userinfo(url)[:100]!r}", line)
    return url


def has_password(url: str) -> bool:
    """Whether a user or a password stands in the URL."""
    return without_userinfo(url) != url


def merged(known: FeedSource, other: FeedSource, line: int | None = None) -> FeedSource:
    """One feed from two places of a list: with the tags of both, and the options of the one that has some.

    Raises `FeedListError` where the places contradict each other, or the tags are too many.
    """
    if NO_OPTIONS not in (known.options, other.options) and known.options != other.options:
        raise FeedListError(f"other options than before for {without_userinfo(other.url)[:100]!r}", line)
    tags = tuple(dict.fromkeys(known.tags + other.tags))
    if len(tags) > TAGS:
        raise FeedListError(f"a feed has more than {TAGS} tags", line)
    options = other.options if known.options == NO_OPTIONS else known.options
    return replace(known, title=known.title or other.title, tags=tags, options=options)
