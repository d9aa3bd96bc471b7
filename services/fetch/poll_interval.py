"""When to ask a feed again. Pure arithmetic on seconds."""

from __future__ import annotations

DEFAULT_S = 15 * 60
SHORTEST_S = 60
LONGEST_S = 24 * 60 * 60
_MAX_DOUBLINGS = 11
"""60 s doubled eleven times is more than a day: beyond it the exponent would only grow a useless integer."""


def after_success(ttl_minutes: int | None) -> int:
    """Seconds to the next poll: what the feed asks for (RSS `ttl`, syndication module), between a minute and a day."""
    if ttl_minutes is None:
        return DEFAULT_S
    return max(SHORTEST_S, min(ttl_minutes * 60, LONGEST_S))


def after_error(interval_s: int, consecutive_errors: int, retry_after_s: float | None) -> int:
    """Seconds to the next try: doubled per error in a row, at least what the server asked for, never more than a day."""
    doubled = max(interval_s, SHORTEST_S) * 2 ** min(max(consecutive_errors - 1, 0), _MAX_DOUBLINGS)
    return int(min(max(doubled, retry_after_s or 0), LONGEST_S))
