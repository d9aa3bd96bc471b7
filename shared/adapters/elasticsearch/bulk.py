"""Writing in bulk: each document ends written, known already, or refused; or nothing is sure and the caller waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, AsyncElasticsearch

from shared import metrics
from shared.adapters.elasticsearch.bulk_items import (
    BULK_HEADERS,
    BULK_PATH,
    Item,
    answers_of,
    chunks,
    items_of,
    judge,
)
from shared.adapters.elasticsearch.failures import explain, reason_of, status_of
from shared.adapters.elasticsearch.indexes import Names
from shared.clock import SystemClock
from shared.contracts import Alert, ArticleDocument
from shared.ports import Clock, Refused
from shared.settings import Settings
from shared.stage import Unavailable

TRIES = 5
"""Of one request, or of items that the cluster had no room for. Then the caller waits, and says so."""
FIRST_PAUSE_SECONDS = 0.1


class BulkWriter:
    """Of articles and alerts. Writing the same again changes nothing, so that after `Unavailable` all can be written anew."""

    def __init__(
        self, client: AsyncElasticsearch, settings: Settings, clock: Clock | None = None, *, tries: int = TRIES
    ) -> None:
        self._client = client
        self._settings = settings
        self._names = Names(settings.prefix)
        self._clock = clock or SystemClock()
        self._tries = tries
        count = metrics.INDEX_ITEMS.labels
        self._written, self._known = count("written"), count("known")
        self._retried, self._refused = count("retried"), count("refused")

    async def write(self, documents: Sequence[ArticleDocument | Alert], *, overwrite: bool = False) -> list[Refused]:
        """Returns what the index will never take. `overwrite` replaces an equal version too: for reprocessing.

        Raises `Unavailable`: some may have been written; wait and write all of them again.
        """
        items, refused = items_of(documents, self._names, overwrite=overwrite)
        self._refused.inc(len(refused))
        for chunk in chunks(items):
            refused += await self._write_chunk(chunk)
        return refused

    async def _write_chunk(self, items: list[Item]) -> list[Refused]:
        refused = list[Refused]()
        pause = FIRST_PAUSE_SECONDS
        for left in reversed(range(self._tries)):
            try:
                answers = await self._send(items)
            except (TransportError, ApiError) as error:
                if status_of(error) == 413:
                    return refused + await self._split(items, reason_of(error))
                # Who waited for an answer in vain has waited long enough: the caller says what it waits for, and is not stuck.
                if not left or not _passes(error) or isinstance(error, ConnectionTimeout):
                    raise Unavailable(explain(error, self._settings, "writing")) from None
                self._retried.inc(len(items))
            else:
                items, why = self._sort(items, answers, refused)
                if not items:
                    return refused
                if not left:
                    raise Unavailable(f"Elasticsearch at {self._settings.elasticsearch_url} has no room: {why}")
                self._retried.inc(len(items))
            await self._clock.sleep(pause)
            pause *= 2
        return refused

    async def _send(self, items: Sequence[Item]) -> list[dict[str, Any]]:
        """The items' answers, in order. The body is bytes: nothing is written as JSON twice."""
        body = b"".join(item.lines for item in items)
        response = await self._client.perform_request("PUT", BULK_PATH, headers=BULK_HEADERS, body=body)
        try:
            return answers_of(response.body, len(items))
        except ValueError as error:
            raise Unavailable(f"what answers at {self._settings.elasticsearch_url} is odd: {error}") from None

    def _sort(
        self, items: Sequence[Item], answers: Sequence[dict[str, Any]], refused: list[Refused]
    ) -> tuple[list[Item], str]:
        """Those to send again, and why."""
        again, reason, blocked = list[Item](), "", ""
        for item, answer in zip(items, answers, strict=True):
            verdict, said = judge(answer)
            if verdict == "written":
                self._written.inc()
            elif verdict == "known":
                self._known.inc()
            elif verdict == "refused":
                self._refused.inc()
                refused.append(Refused(item.document, said))
            elif verdict == "unavailable":
                blocked = said
            else:
                again.append(item)
                reason = said
        if blocked:
            raise Unavailable(f"Elasticsearch at {self._settings.elasticsearch_url} cannot be written to: {blocked}")
        return again, reason

    async def _split(self, items: list[Item], reason: str) -> list[Refused]:
        """A request that was too large for the cluster, or for a proxy before it."""
        if len(items) == 1:
            self._refused.inc()
            return [Refused(items[0].document, f"too large: {len(items[0].lines)} bytes ({reason})")]
        half = len(items) // 2
        return await self._write_chunk(items[:half]) + await self._write_chunk(items[half:])


def _passes(error: TransportError | ApiError) -> bool:
    """Whether a short wait may help: not where we are refused, or not understood."""
    status = status_of(error)
    return status == 0 or status == 429 or status >= 500
