"""Which actors of an article count as being together, and the sentence that shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from services.alert.denials import denies
from services.alert.rules import AlertRules
from services.alert.verdict import TogetherIn
from shared.contracts import Actor, ClusteredArticle, Evidence, Pair
from shared.contracts.enrichment import CROWD

SNIPPET_LIMIT = 500


def owner_of(message: ClusteredArticle) -> str:
    """Whose report it is: the agency's that signed it, else the paper's owner's."""
    return message.story.reported_by or message.article.source.owner


def counted_actors(message: ClusteredArticle, rules: AlertRules) -> list[Actor]:
    """Whose link is sure enough, by id. Places and sources where a rule asks for them."""
    return sorted(
        (
            actor
            for actor in message.enrichment.actors
            if _counts(actor, rules) and actor.confidence >= rules.min_confidence
        ),
        key=lambda actor: actor.id,
    )


def _counts(actor: Actor, rules: AlertRules) -> bool:
    return (actor.role == "actor" or rules.sources) and (actor.type != "place" or rules.places)


def pairs_together(message: ClusteredArticle, sure: Sequence[Actor], rules: AlertRules) -> Iterator[TogetherIn]:
    """The pairs of an article that count, of the actors whose link is sure enough, ordered by id.

    In a roundup people stand side by side who have nothing to do with each other: there only two who share the headline are together. Of a
    crowd, a summit say, the two whom one sentence is about.
    """
    if message.copy_.copy_kind == "contains":
        return  # it carries another's report: what that one says is no second witness
    newsmakers = message.enrichment.newsmakers()
    named = Counter(sentence for actor in newsmakers for sentence in {mention.sentence for mention in actor.mentions})
    if len(newsmakers) > rules.roundup_actors:
        headline = {actor.id for actor in newsmakers if any(mention.sentence == 0 for mention in actor.mentions)}
        sure = [actor for actor in sure if actor.id in headline] if len(headline) <= rules.headline_actors else []
    is_crowd = len(newsmakers) > rules.crowd_actors
    for pair in _pairs(sure[:CROWD], named):
        close = not is_crowd or (pair.sentence is not None and named[pair.sentence] <= rules.headline_actors)
        yield TogetherIn(first=pair.first, second=pair.second, evidence=_evidence(message, pair), close=close)


def _pairs(ordered: Sequence[Actor], named: Mapping[int, int]) -> Iterator[Pair]:
    """Each with the sentence that has both and the fewest others."""
    where = {actor.id: {mention.sentence for mention in actor.mentions} for actor in ordered}
    for one, other in combinations(ordered, 2):
        shared = where[one.id] & where[other.id]
        best = min(shared, key=lambda sentence: (named[sentence], sentence), default=None)
        yield Pair(first=one.id, second=other.id, same_sentence=bool(shared), sentence=best)


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
        owner=owner_of(message),
        language=article.language,
        published=article.published,
        snippet=snippet[:SNIPPET_LIMIT],
        same_sentence=pair.same_sentence,
        story=message.story.id,
        event=message.story.event_id,
        denies=denies(f"{article.title}\n{snippet}", article.language),
    )
