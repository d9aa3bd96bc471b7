"""cluster: copies and revisions are one story; one story is one event. A pure function of what deduplicate said."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts import ClusteredArticle, EnrichedArticle, Story, content_id
from shared.stage import Emit, Outcome


class Cluster:
    name = "cluster"

    def decide(self, message: EnrichedArticle) -> Sequence[Outcome]:
        copy = message.copy_
        # An article that contains another one reports on more than that one does: a story of its own.
        root = copy.copy_of if copy.copy_of and copy.copy_kind != "contains" else message.article.id
        story = Story(id=content_id("story", root), event_id=content_id("event", root))
        clustered = ClusteredArticle(article=message.article, copy_=copy, enrichment=message.enrichment, story=story)
        return [Emit(message.article.id, clustered)]
