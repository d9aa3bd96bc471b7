"""Dates of HTTP headers (RFC 9110, section 5.6.7), as far as they are used here: how long until then."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_CHARACTERS = 64


def seconds_until(value: str, now: datetime) -> float | None:
    """Seconds from `now` (aware), negative for what is past; None for what is no date."""
    try:
        when = parsedate_to_datetime(value.strip()[:_CHARACTERS])
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
