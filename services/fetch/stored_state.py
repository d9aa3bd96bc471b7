"""A feed's state as it is stored: JSON, which states of earlier versions are read from as well."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import TypeAdapter

from services.fetch.feed_state import FeedState

_STATE = TypeAdapter(FeedState)
_EARLIER = b'"last_full"'
"""A field that version 0.1 had."""


def to_bytes(state: FeedState) -> bytes:
    """Raises `pydantic_core.PydanticSerializationError` for a state with what no UTF-8 can hold."""
    return _STATE.dump_json(state)


def from_bytes(stored: bytes) -> FeedState:
    """Raises `ValueError` for what is no state of any version."""
    # Thousands are read at every start, and hardly one is of an earlier version.
    if _EARLIER in stored:
        row: dict[str, Any] = orjson.loads(stored)
        if isinstance(row, dict) and "validators" not in row:
            stored = orjson.dumps(row | _up_to_date(row))
    return _STATE.validate_json(stored)


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
