"""Asking the cluster: whole answers or an error in one line, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, cast

from elasticsearch import Elasticsearch

from shared.adapters.elasticsearch.failures import FAILURES, explain
from shared.errors import NotAvailable
from shared.settings import Settings

PAGE = 200
"""Documents of one answer: a text has up to 200,000 characters."""
BUCKETS = 5_000
"""Buckets of one answer, well below what a cluster allows."""
KEEP_ALIVE = "10m"

_MATCH_ALL: dict[str, Any] = {"match_all": {}}


class Reader:
    """Over one index or alias; one that does not exist yet is empty. Everything raises `NotAvailable`."""

    def __init__(self, client: Elasticsearch, settings: Settings, index: str) -> None:
        self._client = client
        self._settings = settings
        self._index = index

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except FAILURES as error:
            raise NotAvailable(explain(error, self._settings, f"to read {self._index}")) from None

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """One answer. A shard that does not answer is an error: part of the truth would look like all of it."""
        within: dict[str, Any] = {"allow_partial_search_results": False}
        if "pit" not in body:
            within |= {"index": self._index, "ignore_unavailable": True}
        with self._explained():
            found = self._client.search(**within, **body)
        return cast(dict[str, Any], found.body)

    def hits(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        return cast(list[dict[str, Any]], self.ask({"track_total_hits": False, **body})["hits"]["hits"])

    def scan(self, body: Mapping[str, Any], size: int = PAGE) -> Iterator[list[dict[str, Any]]]:
        """All hits, in pages, as they were when the first was read. `body` has a `sort` that ends with a field of its own value."""
        with self._explained():
            opened = self._client.open_point_in_time(
                index=self._index, keep_alive=KEEP_ALIVE, ignore_unavailable=True, allow_partial_search_results=False
            )
        pit, after = opened["id"], None
        try:
            while True:
                more: dict[str, Any] = {"search_after": after} if after else {}
                answer = self.ask(
                    {
                        **body,
                        **more,
                        "size": size,
                        "track_total_hits": False,
                        "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
                    }
                )
                pit, hits = answer.get("pit_id", pit), answer["hits"]["hits"]
                if hits:
                    yield hits
                if len(hits) < size:
                    return
                after = hits[-1]["sort"]
        finally:
            # It would expire by itself: that it cannot be closed spoils nothing that was read.
            with suppress(*FAILURES):
                self._client.close_point_in_time(id=pit)

    def buckets(
        self,
        fields: Sequence[str],
        query: Mapping[str, Any] | None = None,
        aggregations: Mapping[str, Any] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every combination of the fields' values that occurs, in their order: exact, however many there are. One document with
        several values of a field is in several buckets."""
        composite: dict[str, Any] = {
            "size": BUCKETS,
            "sources": [{field: {"terms": {"field": field}}} for field in fields],
        }
        while True:
            body = {
                "size": 0,
                "track_total_hits": False,
                "query": query or _MATCH_ALL,
                "aggs": {"all": {"composite": composite, **({"aggs": aggregations} if aggregations else {})}},
            }
            found = self.ask(body).get("aggregations", {}).get("all", {})
            yield from found.get("buckets", ())
            if "after_key" not in found or len(found["buckets"]) < BUCKETS:
                return
            composite = {**composite, "after": found["after_key"]}
