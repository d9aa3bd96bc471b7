"""Jobs and results between the pool and its workers."""

from __future__ import annotations

import dataclasses
from typing import Any

import orjson

from services.fetch.formats.feed import FeedError, FeedItem, FeedLimits, ParsedFeed
from shared.sandbox.frames import frame


def encode_job(body: bytes, content_type: str | None, url: str, limits: FeedLimits) -> bytes:
    """Metadata as JSON in a frame, then the body in another."""
    metadata = {
        "content_type": content_type and content_type[:1_000].encode("utf-8", "replace").decode(),
        "url": url.encode("utf-8", "replace").decode(),
        "limits": dataclasses.asdict(limits),
    }
    return frame(orjson.dumps(metadata)) + frame(body)


def encode_result(result: ParsedFeed | FeedError) -> bytes:
    """What one frame holds."""
    if isinstance(result, FeedError):
        message = result.message[:500].encode("utf-8", "replace").decode()
        return orjson.dumps({"error": result.code, "message": message})
    return orjson.dumps(result)


def decode_result(payload: bytes) -> ParsedFeed:
    """The feed, or the worker's `FeedError` raised; `ValueError` or `TypeError` for what no worker of ours sends."""
    document: dict[str, Any] = orjson.loads(payload)
    if "error" in document:
        raise FeedError(document["error"], document["message"])
    items = tuple(
        FeedItem(**{**row, "categories": tuple(row["categories"]), "problems": tuple(row["problems"])})
        for row in document["items"]
    )
    return ParsedFeed(**{**document, "items": items, "problems": tuple(document["problems"])})
