"""Actors and pairs by independent story, counted exactly: every combination of the index is read, a page at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from shared.adapters.elasticsearch.documents import SEPARATOR, from_micros
from shared.adapters.elasticsearch.reading import Reader
from shared.contracts import Actor
from shared.ports import ActorCount, PairCount

_TIMES = {"first": {"min": {"field": "happened_micros"}}, "last": {"max": {"field": "happened_micros"}}}


@dataclass(slots=True)
class _Pair:
    stories: int = 0
    same_sentence: int = 0
    first: float = float("inf")
    last: float = float("-inf")


def pairs(reader: Reader) -> list[PairCount]:
    """Most stories first. Holds one small object per pair."""
    counts: defaultdict[str, _Pair] = defaultdict(_Pair)
    for bucket in reader.buckets(("pair_keys", "story_id"), aggregations=_TIMES):
        pair = counts[bucket["key"]["pair_keys"]]
        pair.stories += 1
        pair.first = min(pair.first, bucket["first"]["value"])
        pair.last = max(pair.last, bucket["last"]["value"])
    for bucket in reader.buckets(("pair_keys_one_sentence", "story_id")):
        counts[bucket["key"]["pair_keys_one_sentence"]].same_sentence += 1
    names = _names(reader)
    found = [_pair_count(key, pair, names) for key, pair in counts.items()]
    return sorted(found, key=lambda pair: (-pair.stories, -pair.same_sentence, pair.actors))


def _pair_count(key: str, pair: _Pair, names: dict[str, str]) -> PairCount:
    one, other = key.split(SEPARATOR)
    return PairCount(
        (one, other),
        (names.get(one, one), names.get(other, other)),
        pair.stories,
        pair.same_sentence,
        from_micros(pair.first),
        from_micros(pair.last),
    )


def _names(reader: Reader) -> dict[str, str]:
    """By actor id: the first in alphabetical order, which the facets come in."""
    names: dict[str, str] = {}
    for bucket in reader.buckets(("actor_facets",)):
        id_, name, *_ = bucket["key"]["actor_facets"].split(SEPARATOR)
        names.setdefault(id_, name)
    return names


@dataclass(slots=True)
class _Actor:
    facets: list[list[str]] = field(default_factory=list)
    stories: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    articles: int = 0


def actors(reader: Reader) -> list[ActorCount]:
    """Most stories first."""
    buckets = reader.buckets(("actor_facets", "story_id", "language"))
    found = [_actor_count(id_, _gather(group)) for id_, group in groupby(buckets, _id_of)]
    return sorted(found, key=lambda count: (-count.stories, count.actor.id))


def _id_of(bucket: dict[str, Any]) -> str:
    # Facets begin with the id, and come sorted: those of one actor follow one another.
    return str(bucket["key"]["actor_facets"].partition(SEPARATOR)[0])


def _gather(buckets: Iterator[dict[str, Any]]) -> _Actor:
    actor = _Actor()
    for bucket in buckets:
        key = bucket["key"]
        facet = key["actor_facets"].split(SEPARATOR)[1:]
        if not actor.facets or actor.facets[-1] != facet:
            actor.facets.append(facet)
        actor.stories.add(key["story_id"])
        actor.languages.add(key["language"])
        actor.articles += bucket["doc_count"]
    return actor


def _actor_count(id_: str, actor: _Actor) -> ActorCount:
    """Of what articles say differently, the same choice as ever: the first in the alphabet, and a Wikidata id rather than none."""
    names, types, roles, wikidata = zip(*actor.facets, strict=True)
    said = {"name": min(names), "type": min(types), "role": min(roles), "wikidata": max(wikidata) or None}
    found = Actor.model_validate({"id": id_, **said, "confidence": 1.0, "mentions": ()})
    return ActorCount(found, len(actor.stories), actor.articles, tuple(sorted(actor.languages)))
