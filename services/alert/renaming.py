"""Pairs and messages as they would be had the gazetteer always had the ids that it has now."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts import Actor, ClusteredArticle

PairKey = tuple[str, str]
"""Two ids, the lesser one first."""


def current_pair(first: str, second: str, ids: Mapping[str, str]) -> PairKey:
    """The pair under the ids that its actors have now, in order."""
    one, other = ids.get(first, first), ids.get(second, second)
    return (one, other) if one <= other else (other, one)


def renamed(message: ClusteredArticle, ids: Mapping[str, str]) -> ClusteredArticle:
    """Actors under their present ids; two that have become one are one, named in all the places."""
    if not any(actor.id in ids for actor in message.enrichment.actors):
        return message
    actors: dict[str, Actor] = {}
    for actor in message.enrichment.actors:
        id_ = ids.get(actor.id, actor.id)
        other = actors.get(id_)
        mentions = (*other.mentions, *actor.mentions) if other else actor.mentions
        confidence = max(other.confidence, actor.confidence) if other else actor.confidence
        actors[id_] = (other or actor).model_copy(update={"id": id_, "mentions": mentions, "confidence": confidence})
    enrichment = message.enrichment.model_copy(update={"actors": tuple(actors.values())})
    return message.model_copy(update={"enrichment": enrichment})
