"""Times as whole microseconds since 1970, which arrays can hold and every calendar day has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DAY = 86_400_000_000
"""In microseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)
