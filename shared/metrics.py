"""The catalogue of metrics. Base units, `_total`/`_seconds`/`_bytes`; never a URL, a title or an actor as a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""Our own: two apps in one process, and the tests, must not meet in the library's global one."""

RECEIVED = Counter("newsloom_messages_received", "Messages read by a stage.", ["stage"], registry=REGISTRY)
SENT = Counter("newsloom_messages_sent", "Messages written by a stage.", ["stage"], registry=REGISTRY)
DROPPED = Counter("newsloom_dropped", "Messages dropped on purpose, by code.", ["stage", "code"], registry=REGISTRY)
DEAD_LETTERS = Counter(
    "newsloom_dead_letters", "Messages dead-lettered, by code.", ["stage", "code"], registry=REGISTRY
)
DURATION = Histogram(
    "newsloom_stage_duration_seconds",
    "Time that a stage took for one message.",
    ["stage"],
    buckets=(0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5),
    registry=REGISTRY,
)
ARTICLE_AGE = Histogram(
    "newsloom_article_age_seconds",
    "From publication to the end of a stage.",
    ["stage"],
    buckets=(1, 10, 60, 300, 900, 3600, 6 * 3600, 86400, 7 * 86400),
    registry=REGISTRY,
)
LAG = Gauge("newsloom_lag_messages", "Messages that wait to be read by a stage.", ["stage"], registry=REGISTRY)
POLLS = Counter("newsloom_feed_polls", "Polls of feeds, by result.", ["result"], registry=REGISTRY)
