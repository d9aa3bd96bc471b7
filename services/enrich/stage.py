"""enrich: from a deduplicated article to the same article with its actors, topics, quotes and sentences."""

from __future__ import annotations

from collections.abc import Sequence

from services.enrich.actors import find_actors
from services.enrich.gazetteer import Gazetteer, load_gazetteer
from services.enrich.oddities import oddities
from services.enrich.quotes import find_quotes
from services.enrich.sentences import split
from services.enrich.topics import find_topics
from shared.contracts import Article, EnrichedArticle, Enrichment, UniqueArticle
from shared.stage import Emit, Outcome


class Enrich:
    """`actors_limit`: actors of one article at most, the first named ones; without a gazetteer, the built-in one."""

    name = "enrich"

    def __init__(self, gazetteer: Gazetteer | None = None, actors_limit: int = 200) -> None:
        self._gazetteer = gazetteer or load_gazetteer()
        self._actors_limit = actors_limit

    def decide(self, message: UniqueArticle) -> Sequence[Outcome]:
        enriched = EnrichedArticle(
            article=message.article, copy_=message.copy_, enrichment=self.enrich(message.article)
        )
        return [Emit(message.article.id, enriched)]

    def enrich(self, article: Article) -> Enrichment:
        """What the article's own text says."""
        body = article.body
        sentences = split(body, article.language)
        found, names_cut = find_actors(body, article.language, sentences, self._gazetteer, self._actors_limit + 1)
        actors = found[: self._actors_limit]
        return Enrichment(
            actors=actors,
            topics=find_topics(article.title, article.text, article.language),
            quotes=find_quotes(body, article.language, sentences, actors),
            sentences=sentences,
            flags=oddities(body, actors_cut=len(found) > len(actors), names_cut=names_cut),
        )
