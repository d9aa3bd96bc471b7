"""Who and what an article is about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Literal

from shared.contracts.article import Article, Copy, Span
from shared.contracts.base import Contract

ActorType = Literal["person", "organisation", "place"]
Role = Literal["actor", "source"]

CROWD = 40
"""More newsmakers than this make an article a list of names."""


class Mention(Span):
    """Where an actor is named; `sentence` counts from 0, the title."""

    sentence: int


class Actor(Contract):
    """One actor of an article, with every place where it is named.

    `id` is the gazetteer's, the same in every language and script, or begins with `?` where the gazetteer does not know the name.
    """

    id: str
    name: str
    type: ActorType
    role: Role = "actor"
    wikidata: str | None = None
    country: str | None = None
    """ISO 3166-1, two letters, where the gazetteer has it."""
    confidence: float
    mentions: tuple[Mention, ...]


class Topic(Contract):
    """An IPTC Media Topic: `id` is `medtop:…`, `score` between 0 and 1."""

    id: str
    name: str
    score: float


class Quote(Span):
    """Words between quotation marks (without the marks) and who said them, an actor's id."""

    speaker: str | None = None


class Pair(Contract):
    """Two actors of one article, ordered by id."""

    first: str
    second: str
    same_sentence: bool
    sentence: int | None = None
    """The first sentence with both."""


class Enrichment(Contract):
    """What `enrich` found. `sentences` are (start, end) in the article's body, in order; sentence 0 is the title. `flags` say what is
    odd about the text: they stand beside the article's own in the index."""

    actors: tuple[Actor, ...] = ()
    topics: tuple[Topic, ...] = ()
    quotes: tuple[Quote, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    flags: tuple[str, ...] = ()

    def newsmakers(self) -> list[Actor]:
        """Persons and organisations that act: sources and places make no pairs (DESIGN, section 6)."""
        return [actor for actor in self.actors if actor.role == "actor" and actor.type != "place"]

    def pairs(self) -> Iterator[Pair]:
        """Every two newsmakers of the article, once; of a crowd only those in its headline: a register of two hundred names would
        be twenty thousand pairs and no news."""
        ordered = sorted(self.newsmakers(), key=lambda actor: actor.id)
        where = {actor.id: {mention.sentence for mention in actor.mentions} for actor in ordered}
        if len(ordered) > CROWD:
            ordered = [actor for actor in ordered if 0 in where[actor.id]][:CROWD]
        for one, other in combinations(ordered, 2):
            shared = where[one.id] & where[other.id]
            yield Pair(
                first=one.id, second=other.id, same_sentence=bool(shared), sentence=min(shared) if shared else None
            )


class EnrichedArticle(Contract):
    """`news.enriched.v1`."""

    article: Article
    copy_: Copy
    enrichment: Enrichment

    @property
    def entry_id(self) -> str:
        return self.article.entry_id
