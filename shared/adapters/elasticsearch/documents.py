"""A document as the bytes that are indexed: the contract's own JSON, and what is derived from it for counting and searching."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from shared.adapters.elasticsearch.languages import CHAINS, OTHER
from shared.adapters.search_words import tokens
from shared.contracts import Actor, Alert, ArticleDocument, rfc3339

SEPARATOR = "\x1f"
"""Within keys of several parts; it never occurs in cleaned text."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(time: datetime) -> int:
    """Microseconds since 1970; negative before. Exact as a double too, which aggregations compute in, until the year 2255."""
    return (time - _EPOCH) // _MICROSECOND


def from_micros(value: float) -> datetime:
    return _EPOCH + timedelta(microseconds=int(value))


def version_of(document: ArticleDocument | Alert) -> int:
    return document.version if isinstance(document, Alert) else document.revision


def source_of(document: ArticleDocument | Alert) -> bytes:
    """One line of JSON. Raises `pydantic_core.PydanticSerializationError` for text that is no Unicode."""
    more = _of_alert(document) if isinstance(document, Alert) else _of_article(document)
    # The contract writes itself faster than any dictionary of it could be written.
    return document.to_bytes()[:-1] + b"," + orjson.dumps(more)[1:]


def _of_alert(alert: Alert) -> dict[str, Any]:
    return {
        "pair_name": " + ".join(sorted(actor.name for actor in alert.actors)),
        "window_end_micros": micros(alert.window.end),
    }


def _of_article(document: ArticleDocument) -> dict[str, Any]:
    happened = document.published or document.first_seen
    language = document.language if document.language in CHAINS else OTHER
    actors = dict[str, Actor]()
    for actor in document.actors:
        actors.setdefault(actor.id, actor)
    more: dict[str, Any] = {
        "happened": rfc3339(happened),
        "happened_micros": micros(happened),
        "folded": [" ".join(tokens(document.title)), " ".join(tokens(document.text))],
        "analysed": {language: [document.title, document.text]},
    }
    if actors:
        more["actor_ids"] = list(actors)
        more["actor_facets"] = [facet(actor) for actor in actors.values()]
        for name, type_ in (("persons", "person"), ("organisations", "organisation"), ("places", "place")):
            more[name] = _names(actors.values(), type_)
    if document.pairs:
        more["pair_keys"] = [f"{pair.first}{SEPARATOR}{pair.second}" for pair in document.pairs]
        more["pair_keys_one_sentence"] = [
            f"{pair.first}{SEPARATOR}{pair.second}" for pair in document.pairs if pair.same_sentence
        ]
        names = {id_: actor.name for id_, actor in actors.items()}
        more["pair_names"] = [
            " + ".join(sorted((names.get(pair.first, pair.first), names.get(pair.second, pair.second))))
            for pair in document.pairs
        ]
    return more


def _names(actors: Iterable[Actor], type_: str) -> list[str]:
    return list(dict.fromkeys(actor.name for actor in actors if actor.type == type_))


def facet(actor: Actor) -> str:
    """All that is counted of an actor in one term, so that one aggregation gives it back."""
    return SEPARATOR.join((actor.id, actor.name, actor.type, actor.role, actor.wikidata or ""))
