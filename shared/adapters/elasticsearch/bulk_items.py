"""What goes into a bulk request and what its answers mean. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from pydantic_core import PydanticSerializationError

from shared.adapters.elasticsearch.documents import source_of, version_of
from shared.adapters.elasticsearch.indexes import Names
from shared.contracts import Alert, ArticleDocument
from shared.ports import Refused

CHUNK_ITEMS = 500
CHUNK_BYTES = 5 * 2**20


@dataclass(frozen=True, slots=True)
class Item:
    document: ArticleDocument | Alert
    lines: bytes
    """Action and source, as the request carries them."""


def items_of(
    documents: Sequence[ArticleDocument | Alert], names: Names, *, overwrite: bool
) -> tuple[list[Item], list[Refused]]:
    """Those that can be written as JSON, and those that cannot."""
    items, refused = [], []
    kind = "external_gte" if overwrite else "external"
    for document in documents:
        action = {
            "index": {
                "_index": names.index_of(document),
                "_id": document.id,
                "version": version_of(document),
                "version_type": kind,
            }
        }
        try:
            items.append(Item(document, b"%b\n%b\n" % (orjson.dumps(action), source_of(document))))
        except (PydanticSerializationError, UnicodeEncodeError, orjson.JSONEncodeError) as error:
            refused.append(Refused(document, f"unwritable: {error}"))
    return items, refused


def chunks(items: Sequence[Item], most: int = CHUNK_ITEMS, most_bytes: int = CHUNK_BYTES) -> Iterator[list[Item]]:
    """Bounded in count and size; one that is larger by itself goes alone."""
    chunk, size = list[Item](), 0
    for item in items:
        if chunk and (len(chunk) >= most or size + len(item.lines) > most_bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.lines)
    if chunk:
        yield chunk


BULK_HEADERS = {"accept": "application/json", "content-type": "application/x-ndjson"}
BULK_PATH = (
    "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"
)
"""An answer of a hundred bytes where all went well, instead of two hundred for every document."""


def answers_of(body: Any, count: int) -> list[dict[str, Any]]:
    """Of each item, in order. Raises `ValueError` for anything else than as many as there are items."""
    if not isinstance(body, dict):
        raise ValueError("no JSON object")
    if not body.get("errors"):
        return [{"status": 200}] * count
    found = [next(iter(each.values())) for each in body.get("items", ())]
    if len(found) != count:
        raise ValueError(f"{len(found)} answers to {count} documents")
    return found


Verdict = Literal["written", "known", "again", "unavailable", "refused"]

_UNAVAILABLE = frozenset(
    {
        "cluster_block_exception",  # read-only: by the operator, or because its disk is full
        "index_closed_exception",  # answered with 400, and can be opened again
        "index_not_found_exception",  # where the cluster may not create indexes
        "security_exception",
        "no_shard_available_action_exception",
        "unavailable_shards_exception",
        "node_closed_exception",
    }
)
_OVERLOADED = frozenset({"es_rejected_execution_exception", "circuit_breaking_exception"})


def judge(answer: dict[str, Any]) -> tuple[Verdict, str]:
    """What one item's answer means, and its reason. Only what is wrong with the document itself is refused: an index that is
    closed or blocked, or a cluster with no room for another shard, gets well again."""
    status, error = answer.get("status", 0), answer.get("error") or {}
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    said = f"{kind}: {reason}"[:1_000]
    if 200 <= status < 300:
        return "written", ""
    if status == 409:
        return "known", said
    if kind in _UNAVAILABLE or "shards open" in reason or status in (401, 403, 404):
        return "unavailable", said
    if kind in _OVERLOADED or status == 429 or status >= 500:
        return "again", said
    cause = error.get("caused_by") or {}
    return "refused", f"{said} ({cause['reason']})"[:1_000] if cause.get("reason") else said
