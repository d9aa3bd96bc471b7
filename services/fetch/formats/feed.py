"""What a feed says, in the same shape whatever its format. Strings are clean: no NUL, control character or lone surrogate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FeedErrorCode = Literal[
    "empty",
    "too-large",
    "not-a-feed",
    "html-instead-of-feed",
    "malformed",
    "timeout",
    "out-of-memory",
    "parser-crashed",
]


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item as its feed gives it; nothing is judged yet.

    `published` and `updated` are the strings as written, for the stage that reads dates. `language` is only what the item itself
    says: where it says nothing, the feed's holds. `problems` names what was cut, e.g. `title-cut`.
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    html_or_text: str = ""
    is_html: bool = False
    published: str | None = None
    updated: str | None = None
    author: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A whole feed, items in the order of the document. `problems` are `code` or `code:detail`, e.g. `items-cut:120`."""

    title: str | None = None
    language: str | None = None
    ttl_minutes: int | None = None
    items: tuple[FeedItem, ...] = ()
    problems: tuple[str, ...] = ()
    hub: str | None = None
    self_url: str | None = None


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """Lengths in characters unless the name says bytes. What is over a limit is cut, and the cut is noted."""

    body_bytes: int = 10 * 1024 * 1024
    items: int = 5_000
    title: int = 1_000
    text: int = 1_000_000
    url: int = 4_096
    field: int = 512
    """Author, date, language and one category."""
    categories: int = 50


class FeedError(Exception):
    """The body can't be read as a feed. `code` is for counting, `message` for a person."""

    def __init__(self, code: FeedErrorCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code: FeedErrorCode = code
        self.message = message
