"""The health of all feeds as a few figures: no label may name a feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from services.fetch.feed_state import FeedState
from services.fetch.health import HEALTHS, health_of
from shared import metrics

QUANTILES = (0.5, 0.9, 0.99, 1.0)


def measure_health(feeds: Iterable[FeedState], now: datetime) -> None:
    """Sets the gauges. A feed that was never read with success has no age; it is counted as `never`."""
    counts: Counter[str] = Counter()
    ages = []
    for state in feeds:
        counts[health_of(state, now).name] += 1
        if not state.retired and state.last_success is not None:
            ages.append((now - state.last_success).total_seconds())
    for health in HEALTHS:
        metrics.FEEDS.labels(health).set(counts[health])
    ages.sort()
    for quantile in QUANTILES:
        age = ages[min(len(ages) - 1, int(quantile * len(ages)))] if ages else 0.0
        metrics.FEED_SUCCESS_AGE.labels(str(quantile)).set(max(0.0, age))
