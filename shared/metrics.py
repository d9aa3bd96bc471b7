"""The catalogue of metrics. Base units, `_total`/`_seconds`/`_bytes`; never a URL, a title or an actor as a label.

Alerting rules and dashboards may only name what is here: a test reads them all.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
"""Our own: two apps in one process, and the tests, must not meet in the library's global one."""

# What every stage does.
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

# How a worker is.
LAST_PROGRESS = Gauge(
    "newsloom_last_progress_timestamp_seconds",
    "When a stage last finished a batch, or found that nothing waits; Unix time.",
    ["stage"],
    registry=REGISTRY,
)
WAITING = Gauge(
    "newsloom_waiting",
    "1 while a stage waits for something outside that is down, else 0.",
    ["stage"],
    registry=REGISTRY,
)
WAITS = Counter(
    "newsloom_waits", "How often a stage found something outside down and waited.", ["stage"], registry=REGISTRY
)
GENERATIONS = Counter(
    "newsloom_consumer_generations", "Assignments of partitions that a stage has seen.", ["stage"], registry=REGISTRY
)
STATE_RECORDS = Gauge("newsloom_state_records", "Verdicts that a stage remembers.", ["stage"], registry=REGISTRY)
DISK_FREE = Gauge("newsloom_disk_free_bytes", "Free space where the data folder is.", registry=REGISTRY)

# The index.
INDEX_ITEMS = Counter(
    "newsloom_index_items",
    "Answers of the index to single documents: written, known (an equal or newer version is there), retried, refused.",
    ["result"],
    registry=REGISTRY,
)
ALERTS = Counter("newsloom_alerts", "Alerts that were opened, by class.", ["class"], registry=REGISTRY)

# The channels that alerts are told in. `channel` is the name that the operator gave it.
NOTIFICATIONS = Counter(
    "newsloom_notifications",
    "Attempts to tell alerts: told, unavailable (tried again), declined (tried again), buried (a dead letter).",
    ["channel", "type", "outcome"],
    registry=REGISTRY,
)
NOTIFICATIONS_WAITING = Gauge(
    "newsloom_notifications_waiting",
    "Changes of alerts that a channel is still to be told; of a channel that shows how alerts stand, 1 while it does not.",
    ["channel", "type"],
    registry=REGISTRY,
)

# Feeds.
POLLS = Counter("newsloom_feed_polls", "Polls of feeds, by result.", ["result"], registry=REGISTRY)
FEED_ITEMS = Counter(
    "newsloom_feed_items",
    "Items of feeds that were polled, by verdict: new, changed, known, repeated in one document, cut (over the limit).",
    ["verdict"],
    registry=REGISTRY,
)
FEED_LIES = Counter(
    "newsloom_feed_validator_lies", "Bodies with news under the ETag or date of the one before.", registry=REGISTRY
)
PAGES = Counter("newsloom_pages", "Pages of items that were wanted, by result.", ["result"], registry=REGISTRY)
WEBSUB_SUBSCRIPTIONS = Gauge(
    "newsloom_websub_subscriptions",
    "Subscriptions of feeds at hubs: none (to be asked for), pending, active, refused, dead (does not push).",
    ["state"],
    registry=REGISTRY,
)
WEBSUB_PUSHES = Counter(
    "newsloom_websub_pushes",
    "Pushes by result: accepted; ignored: unsigned, wrong-signature; turned away: unknown, too-large, timeout, broken, busy.",
    ["result"],
    registry=REGISTRY,
)
WEBSUB_MISSED = Counter(
    "newsloom_websub_missed", "Findings of items by a backup poll that their hub had not pushed.", registry=REGISTRY
)
FEEDS = Gauge(
    "newsloom_feeds",
    "Feeds by health: well, silent, frozen, ill, never (polled without success), retired.",
    ["health"],
    registry=REGISTRY,
)
FEED_SUCCESS_AGE = Gauge(
    "newsloom_feed_success_age_seconds",
    "Time since feeds were last read with success: quantiles over all feeds that are not retired.",
    ["quantile"],
    registry=REGISTRY,
)
