"""When to ask a feed again. Pure arithmetic on seconds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from shared.contracts import FeedOptions

DEFAULT_S = 15 * 60
SHORTEST_S = 60
LONGEST_S = 24 * 60 * 60
_POLLS_PER_GAP = 8
"""A feed is asked so often between two of its items: they are then seen after a sixteenth of their usual distance."""
_IDLE_SHARE = 20
"""A feed silent for so long is asked at a twentieth of that: after three weeks, once a day."""
_JITTER = 0.1
_MAX_DOUBLINGS = 11
"""60 s doubled eleven times is more than a day: beyond it the exponent would only grow a useless integer."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a site asks for, in seconds: `ttl_s` of the feed, `fresh_s` of the response's Cache-Control or Expires."""

    ttl_s: float | None = None
    fresh_s: float | None = None


def after_success(
    gap_s: float | None, idle_s: float | None, wishes: Wishes, options: FeedOptions, turnover_s: float | None = None
) -> int:
    """Seconds to the next poll: from the feed's own publishing, no sooner than the site wishes, between a minute and a day.

    `gap_s` is the mean between two moments of publishing, `idle_s` how long the last is ago; where both are unknown, the
    feed's `ttl` or 15 minutes.
    `turnover_s` is how soon all items of the feed will have been replaced: whatever a site wishes, half of that is never
    exceeded, or items would be lost.
    """
    if gap_s is not None or idle_s is not None:
        wanted = max((gap_s or 0.0) / _POLLS_PER_GAP, (idle_s or 0.0) / _IDLE_SHARE)
    else:
        wanted = float(DEFAULT_S) if wishes.ttl_s is None else wishes.ttl_s
    wanted = max(wanted, wishes.ttl_s or 0.0, wishes.fresh_s or 0.0)
    if turnover_s is not None:
        wanted = min(wanted, turnover_s / 2)
    return int(_within(wanted, options))


def after_turnover(interval_s: int, before_s: int, options: FeedOptions) -> int:
    """After a poll at which nothing was known any more: items may have been lost in between, so at most half the pause before."""
    return int(_within(min(interval_s, before_s / 2), options))


def after_error(interval_s: int, consecutive_errors: int, retry_after_s: float | None) -> int:
    """Seconds to the next try: doubled per error in a row, at least what the server asked for, never more than a day."""
    doubled = max(interval_s, SHORTEST_S) * 2 ** min(max(consecutive_errors - 1, 0), _MAX_DOUBLINGS)
    return int(min(max(doubled, retry_after_s or 0), LONGEST_S))


def with_jitter(seconds: float, feed_id: str, turn: int) -> float:
    """Up to a tenth more, never over a day: feeds that were due together drift apart. The same in every replay."""
    digest = hashlib.sha256(f"{feed_id} {turn}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return min(seconds * (1 + _JITTER * share), float(LONGEST_S))


def _within(seconds: float, options: FeedOptions) -> float:
    shortest, longest = options.min_interval_s or SHORTEST_S, options.max_interval_s or LONGEST_S
    return max(shortest, min(seconds, longest))
