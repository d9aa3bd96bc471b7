"""The messages: the article plus one block per stage, by composition. JSON Schemas and examples are checked in beside them."""

from shared.contracts.alert import Alert, AlertActor, Basis, Change, Evidence, Judgement, Window
from shared.contracts.article import Article, Copy, Source, Span, UniqueArticle
from shared.contracts.base import Contract, Utc, rfc3339
from shared.contracts.decision import Decision
from shared.contracts.document import ArticleDocument
from shared.contracts.endings import DeadLetter, LedgerEntry
from shared.contracts.enrichment import Actor, EnrichedArticle, Enrichment, Mention, Pair, Quote, Topic
from shared.contracts.entry import Entry, FeedRef, entry_id
from shared.contracts.feed import NO_OPTIONS, FeedOptions, FullText, Identity, RegisteredFeed
from shared.contracts.ids import alert_id, article_id, content_id, fingerprint
from shared.contracts.story import ClusteredArticle, Story

__all__ = [
    "NO_OPTIONS",
    "Actor",
    "Alert",
    "AlertActor",
    "Article",
    "ArticleDocument",
    "Basis",
    "Change",
    "ClusteredArticle",
    "Contract",
    "Copy",
    "DeadLetter",
    "Decision",
    "EnrichedArticle",
    "Enrichment",
    "Entry",
    "Evidence",
    "FeedOptions",
    "FeedRef",
    "FullText",
    "Identity",
    "Judgement",
    "LedgerEntry",
    "Mention",
    "Pair",
    "Quote",
    "RegisteredFeed",
    "Source",
    "Span",
    "Story",
    "Topic",
    "UniqueArticle",
    "Utc",
    "Window",
    "alert_id",
    "article_id",
    "content_id",
    "entry_id",
    "fingerprint",
    "rfc3339",
]
