"""Which report, and which happening, an article belongs to."""

from __future__ import annotations

from shared.contracts.article import Article, Copy
from shared.contracts.base import Contract
from shared.contracts.enrichment import Enrichment


class Story(Contract):
    """A story is one independent report with its copies, revisions and translations; an event is one happening."""

    id: str
    event_id: str
    reported_by: str | None = None
    """Whose report it is, where that is not the paper's owner: the agency that signed it."""


class ClusteredArticle(Contract):
    """`news.clustered.v1`: the article and one block per stage."""

    article: Article
    copy_: Copy
    enrichment: Enrichment
    story: Story

    @property
    def entry_id(self) -> str:
        return self.article.entry_id
