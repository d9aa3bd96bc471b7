"""The article index on Elasticsearch, for reading, and for the few writes of commands. The index worker writes by `BulkWriter`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

from elasticsearch import Elasticsearch, NotFoundError

from shared.adapters.elasticsearch import counts
from shared.adapters.elasticsearch.bulk_items import BULK_HEADERS, BULK_PATH, answers_of, chunks, items_of, judge
from shared.adapters.elasticsearch.documents import SEPARATOR
from shared.adapters.elasticsearch.failures import FAILURES, explain
from shared.adapters.elasticsearch.indexes import Names
from shared.adapters.elasticsearch.reading import PAGE, Reader
from shared.adapters.elasticsearch.said_by_others import read_articles
from shared.adapters.elasticsearch.search_query import asked, unicode
from shared.contracts import Alert, ArticleDocument, article_id
from shared.errors import NotAvailable
from shared.ports import ActorCount, PairCount, Query, ReadArticle
from shared.settings import Settings

# What Elasticsearch takes for now is a cached time, renewed every 200 ms (`thread_pool.estimated_time_interval`).
CLOCK_TICK_S = 0.25
_NEWEST_FIRST = [{"happened_micros": "desc"}, {"id": "asc"}]
# Pairs are counted by terms of their own; without them a document is the same as SQLite's.
_WITHOUT_PAIRS = {"excludes": ["pairs"]}


class ElasticsearchArticleIndex:
    """Implements `ArticleIndex`. A document is found about a second after it was written. Everything raises `NotAvailable`."""

    def __init__(self, client: Elasticsearch, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._names = Names(settings.prefix)
        self._articles = Reader(client, settings, self._names.articles)
        self._alerts = Reader(client, settings, self._names.alerts)

    def put(self, documents: Sequence[ArticleDocument | Alert]) -> None:
        """Raises `NotAvailable` where one of them was not taken: all can be put again."""
        items, refused = items_of(documents, self._names, overwrite=False)
        troubles = [each.reason for each in refused]
        for chunk in chunks(items):
            body = b"".join(item.lines for item in chunk)
            try:
                answer = self._client.perform_request("PUT", BULK_PATH, headers=BULK_HEADERS, body=body)
            except FAILURES as error:
                raise NotAvailable(explain(error, self._settings, "writing")) from None
            judged = map(judge, answers_of(answer.body, len(chunk)))
            troubles += [reason for verdict, reason in judged if verdict not in ("written", "known")]
        if troubles:
            raise NotAvailable(f"Elasticsearch did not take {len(troubles)} of {len(documents)}: {troubles[0]}")

    def get(self, id_: str) -> ArticleDocument | None:
        return self._one({"ids": {"values": [unicode(id_)]}})

    def find(self, url_or_id: str) -> ArticleDocument | None:
        """An id before a URL, where it could be either; of several articles under one URL the first."""
        given = unicode(url_or_id)
        ids = {"constant_score": {"filter": {"ids": {"values": [given, article_id(url_or_id)]}}, "boost": 2}}
        fields = ("url", "canonical_url", "entry_id")
        others = [{"constant_score": {"filter": {"term": {field: given}}}} for field in fields]
        return self._one({"dis_max": {"queries": [ids, *others]}})

    def _one(self, query: dict[str, Any]) -> ArticleDocument | None:
        order = [{"_score": "desc"}, {"happened_micros": "asc"}, {"id": "asc"}]
        hits = self._articles.hits({"query": query, "size": 1, "sort": order, "_source": _WITHOUT_PAIRS})
        return _document(hits[0]) if hits else None

    def ids(self) -> Iterator[str]:
        for page in self._articles.scan({"sort": ["_shard_doc"], "_source": False}, size=5_000):
            for hit in page:
                yield hit["_id"]

    def documents(self) -> Iterator[ArticleDocument]:
        """The oldest first, as they were when the first was read."""
        order = [{"happened_micros": "asc"}, {"id": "asc"}]
        for page in self._articles.scan({"sort": order, "_source": _WITHOUT_PAIRS}):
            yield from map(_document, page)

    def search(self, query: Query) -> Iterator[ReadArticle]:
        question = asked(query)
        if question is None or query.limit == 0:
            return
        body = {"query": question.body, "sort": _NEWEST_FIRST, "_source": _WITHOUT_PAIRS}
        size = PAGE if query.limit is None else min(PAGE, query.limit)
        if size == query.limit and not question.unasked:
            yield from read_articles(
                self._articles, [_document(hit) for hit in self._articles.hits({**body, "size": size})]
            )
            return
        left = query.limit
        for page in self._articles.scan(body, size):
            documents = [document for document in map(_document, page) if question.meets(document)][:left]
            yield from read_articles(self._articles, documents)
            if left is not None:
                left -= len(documents)
                if not left:
                    return

    def pairs(self) -> Iterator[PairCount]:
        yield from counts.pairs(self._articles)

    def actors(self) -> Iterator[ActorCount]:
        yield from counts.actors(self._articles)

    def actor_id(self, name: str) -> str | None:
        """The actor that articles name so, the most frequent where several have the name."""
        given = unicode(name)
        named = {"term": {"actors.name": {"value": given, "case_insensitive": True}}}
        either = {"bool": {"should": [named, {"term": {"actor_ids": given}}]}}
        frequency: Counter[str] = Counter()
        for bucket in self._articles.buckets(("actor_facets",), either):
            id_, own_name, *_ = bucket["key"]["actor_facets"].split(SEPARATOR)
            if id_ == given or _ascii_lower(own_name) == _ascii_lower(given):
                frequency[id_] += bucket["doc_count"]
        return min(frequency, key=lambda id_: (-frequency[id_], id_), default=None)

    def alerts(self) -> Iterator[Alert]:
        """Newest window first."""
        for page in self._alerts.scan({"sort": [{"window_end_micros": "desc"}, {"id": "asc"}]}):
            for hit in page:
                yield Alert.model_validate(hit["_source"])

    def delete(self, article_id: str) -> bool:
        """Whether it was there, in whatever month. It can be put again at once, in any revision."""
        return self._delete(self._articles, self._names.articles, article_id)

    def delete_alert(self, alert_id: str) -> bool:
        """Whether it was there."""
        return self._delete(self._alerts, self._names.alerts, alert_id)

    def refresh(self) -> None:
        """Makes what was written readable now, for those who cannot wait a second."""
        both = f"{self._names.articles},{self._names.alerts}"
        try:
            self._client.indices.refresh(index=both, ignore_unavailable=True)
        except FAILURES as error:
            raise NotAvailable(explain(error, self._settings, "a refresh")) from None

    def _delete(self, reader: Reader, name: str, id_: str) -> bool:
        """By search, as the month is not known; what was written a moment ago is found too."""
        self.refresh()
        hits = reader.hits({"query": {"ids": {"values": [unicode(id_)]}}, "size": 100, "_source": False})
        for hit in hits:
            try:
                self._client.delete(index=hit["_index"], id=hit["_id"])
            except NotFoundError:
                continue
            except FAILURES as error:
                raise NotAvailable(explain(error, self._settings, f"to delete from {name}")) from None
        if hits:
            # The version of what was deleted would refuse an equal one. A refresh forgets it, once the cluster's clock has moved.
            time.sleep(CLOCK_TICK_S)
            self.refresh()
        return bool(hits)


def _document(hit: dict[str, Any]) -> ArticleDocument:
    return ArticleDocument.model_validate(cast(dict[str, Any], hit["_source"]))


def _ascii_lower(text: str) -> str:
    """As the cluster and SQLite compare: only A to Z lose their capitals."""
    return "".join(char.lower() if char.isascii() else char for char in text)
