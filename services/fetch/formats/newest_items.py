"""Which items of an over-long feed are its newest, without reading them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

Row = TypeVar("Row")


def newest(rows: Sequence[Row], date_of: Callable[[Row], str | None], limit: int) -> Sequence[Row]:
    """At most `limit` rows, in their order. Feeds run newest first, unless the dates of the first and last row differ."""
    if len(rows) <= limit:
        return rows
    first, last = rough_date(date_of(rows[0])), rough_date(date_of(rows[-1]))
    oldest_first = first is not None and last is not None and first < last
    return rows[-limit:] if oldest_first else rows[:limit]


def rough_date(text: str | None) -> datetime | None:
    """A date as most feeds write it, aware, for what needs no more than most dates; None for any other."""
    if not text:
        return None
    text = text.strip()[:64]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, IndexError, TypeError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None
