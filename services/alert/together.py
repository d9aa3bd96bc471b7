"""Which actors of an article count as being together, and the sentence that shows it."""

from __future__ import annotations

from collections.abc import Iterator

from services.alert.rules import AlertRules
from services.alert.verdict import TogetherIn
from shared.contracts import Actor, ClusteredArticle, Evidence, Pair

SNIPPET_LIMIT = 500


def counted_actors(message: ClusteredArticle, rules: AlertRules) -> tuple[str, ...]:
    """Ids of the newsmakers whose link is sure enough, in order."""
    return tuple(
        sorted(actor.id for actor in message.enrichment.newsmakers() if actor.confidence >= rules.min_confidence)
    )


def pairs_together(message: ClusteredArticle, rules: AlertRules) -> Iterator[TogetherIn]:
    """The pairs of an article that count. In a roundup people stand side by side who have nothing to do with each other: there
    only two who share the headline are together."""
    if message.copy_.copy_kind == "contains":
        return  # it carries another's report: what that one says is no second witness
    sure = set(counted_actors(message, rules))
    newsmakers = message.enrichment.newsmakers()
    headline = _in_headline(newsmakers)
    is_roundup = len(newsmakers) > rules.roundup_actors
    for pair in message.enrichment.pairs():
        if pair.first not in sure or pair.second not in sure:
            continue
        shares_headline = {pair.first, pair.second} <= headline and len(headline) <= rules.headline_actors
        if is_roundup and not shares_headline:
            continue
        yield TogetherIn(first=pair.first, second=pair.second, evidence=_evidence(message, pair))


def _in_headline(actors: list[Actor]) -> set[str]:
    return {actor.id for actor in actors if any(mention.sentence == 0 for mention in actor.mentions)}


def _evidence(message: ClusteredArticle, pair: Pair) -> Evidence:
    article = message.article
    snippet = article.title
    if pair.sentence is not None and pair.sentence < len(message.enrichment.sentences):
        start, end = message.enrichment.sentences[pair.sentence]
        snippet = article.body[start:end].strip()
    return Evidence(
        article_id=article.id,
        url=article.url,
        title=article.title[:SNIPPET_LIMIT],
        source=article.source.name,
        owner=article.source.owner,
        language=article.language,
        published=article.published,
        snippet=snippet[:SNIPPET_LIMIT],
        same_sentence=pair.same_sentence,
    )
