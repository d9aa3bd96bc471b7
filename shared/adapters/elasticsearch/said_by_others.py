"""What others say of a page of articles: its copies, stories and events, by a few aggregations for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from shared.adapters.elasticsearch.reading import Reader
from shared.contracts import ArticleDocument
from shared.ports import ReadArticle

OLDEST_FIRST = [{"happened_micros": "asc"}, {"id": "asc"}]


def read_articles(reader: Reader, documents: Sequence[ArticleDocument]) -> Iterator[ReadArticle]:
    """The documents, in order, with what is computed when read. What merely contains an article names it in `copy_of`, yet is a
    story of its own and no copy."""
    if not documents:
        return
    copies = _copies(reader, {document.id for document in documents})
    publishers, sizes = _stories(reader, {document.story_id for document in documents})
    events = _events(reader, {document.event_id for document in documents})
    for document in documents:
        story = document.story_id
        yield ReadArticle(
            document,
            copies[document.id, story],
            # A document that was forgotten since it was found is the only one that nobody knows of.
            publishers.get(story, document.source.name),
            sizes[story],
            events[document.event_id],
        )


def _copies(reader: Reader, ids: set[str]) -> Counter[tuple[str, str]]:
    """By (what it is a copy of, story)."""
    found = reader.buckets(("copy_of", "story_id"), _among("copy_of", ids))
    return Counter({(each["key"]["copy_of"], each["key"]["story_id"]): each["doc_count"] for each in found})


def _stories(reader: Reader, ids: set[str]) -> tuple[dict[str, str], Counter[str]]:
    """The first publisher and the number of articles of each."""
    answer = reader.ask(
        {
            "query": _among("story_id", ids),
            "size": len(ids),
            "track_total_hits": False,
            "_source": ["source.name", "story_id"],
            # One hit of each story, the first.
            "collapse": {"field": "story_id"},
            "sort": OLDEST_FIRST,
            # Exact: there is room for every story that is asked about.
            "aggs": {"sizes": {"terms": {"field": "story_id", "size": len(ids)}}},
        }
    )
    firsts = {hit["_source"]["story_id"]: hit["_source"]["source"]["name"] for hit in answer["hits"]["hits"]}
    buckets = answer.get("aggregations", {}).get("sizes", {}).get("buckets", ())
    return firsts, Counter({each["key"]: each["doc_count"] for each in buckets})


def _events(reader: Reader, ids: set[str]) -> Counter[str]:
    """How many stories each has."""
    return Counter(
        each["key"]["event_id"] for each in reader.buckets(("event_id", "story_id"), _among("event_id", ids))
    )


def _among(field: str, values: set[str]) -> dict[str, Any]:
    return {"terms": {field: sorted(values)}}
