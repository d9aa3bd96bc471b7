"""The article and what deduplication says of it."""

from __future__ import annotations

from typing import Literal

from shared.contracts.base import Contract, Utc

CopyKind = Literal["exact", "near", "contains", "translation"]


class Source(Contract):
    """Who published: `owner` is the company behind `domain`, or the domain itself where nobody knows."""

    name: str
    domain: str
    owner: str
    country: str | None = None
    """Of the newsroom, ISO 3166-1 in two letters, where the table of outlets has it."""


class Span(Contract):
    """A piece of `title + "\\n" + text`; `start`/`end` count Unicode code points."""

    text: str
    start: int
    end: int


class Article(Contract):
    """`news.article.v1`: clean text, canonical URL, times in UTC."""

    id: str
    entry_id: str
    fingerprint: str
    url: str
    canonical_url: str
    source: Source
    title: str
    text: str
    author: str | None = None
    language: str
    language_confidence: float
    published: Utc | None
    updated: Utc | None = None
    first_seen: Utc
    flags: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    """What its publisher says of its use: `not-free` (readers pay), `tdm-reserved` (text and data mining needs their consent)."""
    debris: tuple[Span, ...] = ()
    history: bool = False
    """An old item of a feed's first poll: indexed and counted, but it raises no alert."""
    reprocessed: bool = False
    """Sent once more by `newsloom reprocess`: replaces an equal revision in the index, and raises no alert."""

    @property
    def event_time(self) -> Utc:
        """When it happened as far as anybody can tell: publication, else the first reading."""
        return self.published or self.first_seen

    @property
    def body(self) -> str:
        """The string that all offsets count in."""
        return f"{self.title}\n{self.text}"


class Copy(Contract):
    """The verdict of `deduplicate` on one version of an article."""

    revision: int = 1
    """1 for the first version that was read, then 2, 3, …; the highest wins."""
    copy_of: str | None = None
    copy_kind: CopyKind | None = None
    containment: float | None = None
    """Share of the smaller text's sampled shingles that stand in the other, 0 to 1."""


class UniqueArticle(Contract):
    """`news.unique.v1`. Copies are here too, marked."""

    article: Article
    copy_: Copy

    @property
    def entry_id(self) -> str:
        return self.article.entry_id
