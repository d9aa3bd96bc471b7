"""index: from an article with its blocks to one flat document; alerts are indexed as they are."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts import Alert, ArticleDocument, ClusteredArticle, Enrichment, Pair
from shared.stage import Outcome, Put

ROUNDUP = 7
"""More newsmakers than this make an article a roundup of unconnected news."""


class Index:
    name = "index"

    def decide(self, message: ClusteredArticle | Alert) -> Sequence[Outcome]:
        if isinstance(message, Alert):
            return [Put(message)]
        article, copy, enrichment = message.article, message.copy_, message.enrichment
        document = ArticleDocument(
            id=article.id,
            entry_id=article.entry_id,
            url=article.url,
            canonical_url=article.canonical_url,
            source=article.source,
            title=article.title,
            text=article.text,
            author=article.author,
            language=article.language,
            language_confidence=article.language_confidence,
            published=article.published,
            updated=article.updated,
            first_seen=article.first_seen,
            revision=copy.revision,
            flags=(*article.flags, *enrichment.flags),
            rights=article.rights,
            debris=article.debris,
            copy_of=copy.copy_of,
            copy_kind=copy.copy_kind,
            story_id=message.story.id,
            event_id=message.story.event_id,
            reported_by=message.story.reported_by,
            actors=enrichment.actors,
            topics=enrichment.topics,
            quotes=enrichment.quotes,
            pairs=_pairs(enrichment),
        )
        return [Put(document, overwrite=article.reprocessed)]


def _pairs(enrichment: Enrichment) -> tuple[Pair, ...]:
    """Of a roundup only those who share a sentence: people who merely share its page have nothing to do with each other."""
    is_roundup = len(enrichment.newsmakers()) > ROUNDUP
    return tuple(pair for pair in enrichment.pairs() if pair.same_sentence or not is_roundup)
