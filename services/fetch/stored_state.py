"""A feed's state as it is stored: JSON, which states of earlier versions are read from as well."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import TypeAdapter

from services.fetch.feed_state import FeedState

_STATE = TypeAdapter(FeedState)


def to_bytes(state: FeedState) -> bytes:
    """Raises `pydantic_core.PydanticSerializationError` for a state with what no UTF-8 can hold."""
    return _STATE.dump_json(state)


def from_bytes(stored: bytes | str) -> FeedState:
    """Raises `ValueError` for what is no state of any version."""
    try:
        row: dict[str, Any] = orjson.loads(stored)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"no state of a feed: {error}") from error
    if isinstance(row, dict) and "validators" not in row and "last_full" in row:
        row = row | _up_to_date(row)
    return _STATE.validate_json(orjson.dumps(row))


def _up_to_date(row: dict[str, Any]) -> dict[str, Any]:
    """What version 0.1 had in other fields: what was known must not be forgotten, or each item would be read once more."""
    return {
        "validators": {
            "etag": row.get("etag"),
            "last_modified": row.get("last_modified"),
            "checked": row.get("last_full"),
        },
        "last_polled": row.get("last_success"),
        "identity": "url" if row.get("guids_useless") else "guid",
    }
