"""How documents are mapped, from the contracts: a test holds every field of theirs against this."""

from __future__ import annotations

from typing import Any

from shared.adapters.elasticsearch.analysis import Analysis

VERSION = 3
"""Raised with every change of a mapping; templates and indexes carry it in `_meta`."""

MANAGED_BY = "newsloom"

NOT_INDEXED = {
    "debris": "offsets of what translation left behind, for programs that read the document",
    "actors.mentions": "offsets, for programs that read the document; hundreds of them an article",
    "pairs": "counted by `pair_keys`, `pair_keys_one_sentence` and `pair_names`",
    "quotes.start": "an offset",
    "quotes.end": "an offset",
}
"""Fields of contracts that are kept in `_source` and cannot be searched, and why."""

NOT_IN_SOURCE = ("folded", "analysed")
"""The text again, for searching only: what gives the document back would carry it three times."""

_KEYWORD = {"type": "keyword", "ignore_above": 8191}
"""Lucene takes 32,766 bytes of a term, and refuses the document beyond."""
_DATE = {"type": "date"}
_INTEGER = {"type": "integer"}
_FLOAT = {"type": "float"}
_STORED_ONLY = {"type": "object", "enabled": False}
_OFFSET = {"type": "integer", "index": False, "doc_values": False}


def _object(**fields: Any) -> dict[str, Any]:
    return {"properties": fields}


def article_mapping(analysis: Analysis) -> dict[str, Any]:
    plain = {"type": "text", "analyzer": analysis.plain}
    return {
        "id": _KEYWORD,
        "entry_id": _KEYWORD,
        "url": _KEYWORD,
        "canonical_url": _KEYWORD,
        "source": _object(name=_KEYWORD, domain=_KEYWORD, owner=_KEYWORD, country=_KEYWORD),
        "title": plain,
        "text": plain,
        "author": _KEYWORD,
        "language": _KEYWORD,
        "language_confidence": _FLOAT,
        "published": _DATE,
        "updated": _DATE,
        "first_seen": _DATE,
        "revision": _INTEGER,
        "flags": _KEYWORD,
        "rights": _KEYWORD,
        "debris": _STORED_ONLY,
        "copy_of": _KEYWORD,
        "copy_kind": _KEYWORD,
        "story_id": _KEYWORD,
        "event_id": _KEYWORD,
        "reported_by": _KEYWORD,
        "actors": _object(
            id=_KEYWORD,
            name=_KEYWORD,
            type=_KEYWORD,
            role=_KEYWORD,
            wikidata=_KEYWORD,
            country=_KEYWORD,
            confidence=_FLOAT,
            mentions=_STORED_ONLY,
        ),
        "topics": _object(id=_KEYWORD, name=_KEYWORD, score=_FLOAT),
        "quotes": _object(text=plain, speaker=_KEYWORD, start=_OFFSET, end=_OFFSET),
        "pairs": _STORED_ONLY,
        **_derived(analysis),
    }


def _derived(analysis: Analysis) -> dict[str, Any]:
    """What `documents.py` adds."""
    return {
        "happened": _DATE,  # for people and Kibana: published, or first seen where nobody says
        "happened_micros": {"type": "long"},  # the same to the microsecond: a date is in milliseconds
        "actor_ids": _KEYWORD,
        "actor_facets": _KEYWORD,
        "persons": _KEYWORD,
        "organisations": _KEYWORD,
        "places": _KEYWORD,
        "pair_keys": _KEYWORD,
        "pair_keys_one_sentence": _KEYWORD,
        "pair_names": _KEYWORD,
        # Words as `search_words` folds them, so that the same query finds the same articles on every cluster and in SQLite. A
        # person in Kibana types capitals: the cluster's own analyzer reads the query there.
        "folded": {"type": "text", "analyzer": "whitespace", "search_analyzer": analysis.plain, "norms": False},
        "analysed": _object(
            **{name: {"type": "text", "analyzer": analyzer} for name, analyzer in analysis.analyzers.items()}
        ),
    }


def alert_mapping(analysis: Analysis) -> dict[str, Any]:
    plain = {"type": "text", "analyzer": analysis.plain}
    return {
        "id": _KEYWORD,
        "version": _INTEGER,
        "rule": _KEYWORD,
        "alert_class": _KEYWORD,
        "tier": _KEYWORD,
        "actors": _object(id=_KEYWORD, name=_KEYWORD, type=_KEYWORD),
        "score": {"type": "double"},
        "observed": _INTEGER,
        "expected": {"type": "double"},
        "stories": _INTEGER,
        "owners": _KEYWORD,
        "languages": _KEYWORD,
        "window": _object(start=_DATE, end=_DATE),
        "horizon_days": _INTEGER,
        "last_together": _DATE,
        "evidence": _object(
            article_id=_KEYWORD,
            url=_KEYWORD,
            title=plain,
            source=_KEYWORD,
            owner=_KEYWORD,
            language=_KEYWORD,
            published=_DATE,
            snippet=plain,
            same_sentence={"type": "boolean"},
            story=_KEYWORD,
            event=_KEYWORD,
            denies={"type": "boolean"},
        ),
        "basis": _object(
            window_hours=_FLOAT,
            first_stories=_INTEGER,
            second_stories=_INTEGER,
            all_stories=_INTEGER,
            acquaintance=_FLOAT,
            past=_FLOAT,
            dispersion=_FLOAT,
            tested=_INTEGER,
        ),
        "changes": _KEYWORD,
        "events": _KEYWORD,
        "related": _KEYWORD,
        "denied": {"type": "boolean"},
        "judgement": _KEYWORD,
        "note": plain,
        "channels": _KEYWORD,
        "status": _KEYWORD,
        "muted_until": _DATE,
        "retracted": {"type": "boolean"},
        "pair_name": _KEYWORD,
        "window_end_micros": {"type": "long"},
    }


ARTICLE_SEARCH = ("title", "text", "analysed.*", "folded", "source.name", "actors.name", "topics.name")
"""Where Kibana looks for words without a field: as written, by the language's word forms, and without diacritics."""

ALERT_SEARCH = ("actors.name", "pair_name", "evidence.title", "evidence.snippet", "evidence.source")
