"""`Retry-After` (RFC 9110, section 10.2.3): seconds or an HTTP date."""

from __future__ import annotations

from datetime import datetime

from services.fetch.http.http_date import seconds_until

LONGEST_S = 24 * 60 * 60


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Seconds from `now` (aware), between 0 and a day; None where the header is missing or says nothing that can be read."""
    if value is None:
        return None
    value = value.strip()[:64]
    if value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
        return float(max(0, min(int(value), LONGEST_S)))
    seconds = seconds_until(value, now)
    return None if seconds is None else max(0.0, min(seconds, float(LONGEST_S)))
