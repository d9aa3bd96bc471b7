"""What the index holds: one flat document per article, the newest revision."""

from __future__ import annotations

from shared.contracts.article import CopyKind, Source, Span
from shared.contracts.base import Contract, Utc
from shared.contracts.enrichment import Actor, Pair, Quote, Topic


class ArticleDocument(Contract):
    """Indexed under `id` with `revision` as its version. What changes without a new revision (the number of copies, the size of a
    story) is computed when read and is not here."""

    id: str
    entry_id: str
    url: str
    canonical_url: str
    source: Source
    title: str
    text: str
    author: str | None
    language: str
    language_confidence: float
    published: Utc | None
    updated: Utc | None
    first_seen: Utc
    revision: int
    flags: tuple[str, ...]
    rights: tuple[str, ...] = ()
    """Documents that were stored before there was this field have none."""
    debris: tuple[Span, ...]
    copy_of: str | None
    copy_kind: CopyKind | None
    story_id: str
    event_id: str
    reported_by: str | None = None
    actors: tuple[Actor, ...]
    topics: tuple[Topic, ...]
    quotes: tuple[Quote, ...]
    pairs: tuple[Pair, ...] = ()
    """For indexes that count them; one that keeps them elsewhere may leave them out when it gives the document back."""
