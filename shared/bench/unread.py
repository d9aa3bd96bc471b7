"""Articles for a stage that nothing before it has made."""

from __future__ import annotations

from datetime import UTC, datetime

from shared.contracts.article import Article, Copy, Source, UniqueArticle

_WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def unique_article(title: str, text: str, language: str) -> UniqueArticle:
    """One whose fields but for these three say nothing."""
    article = Article(
        id="a",
        entry_id="e",
        fingerprint="f",
        url="https://paper.example/a",
        canonical_url="https://paper.example/a",
        source=Source(name="paper", domain="paper.example", owner="paper.example"),
        title=title,
        text=text,
        language=language,
        language_confidence=1.0,
        published=_WHEN,
        first_seen=_WHEN,
    )
    return UniqueArticle(article=article, copy_=Copy())
