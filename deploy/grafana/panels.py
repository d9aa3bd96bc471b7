"""What can be seen of a stage, of all of them, and of what surrounds them: one figure, one panel."""

from __future__ import annotations

from dataclasses import dataclass

RATE = "[$__rate_interval]"


@dataclass(frozen=True)
class Panel:
    """`queries` are (PromQL, legend). `kind` is Grafana's name; `width` in 24ths. A stat turns red from `bad` on."""

    title: str
    description: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    kind: str = "timeseries"
    width: int = 12
    bad: float | None = None
    stacked: bool = False


def stat(title: str, description: str, unit: str, query: str, bad: float | None = None) -> Panel:
    return Panel(title, description, unit, ((query, ""),), "stat", 4, bad)


def quantiles(metric: str, where: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"histogram_quantile({q}, sum by (le) (rate({metric}_bucket{where}{RATE})))", f"p{q * 100:.0f}")
        for q in (0.5, 0.95, 0.99)
    )


def flow(where: str = "") -> list[Panel]:
    """`where` is a selector of one stage, or nothing for all."""
    return [
        Panel(
            "Throughput",
            "Messages read and written per second. A stage that reads and writes nothing drops or dead-letters all, or is idle.",
            "cps",
            (
                (f"sum by (stage) (rate(newsloom_messages_received_total{where}{RATE}))", "{{stage}} read"),
                (f"sum by (stage) (rate(newsloom_messages_sent_total{where}{RATE}))", "{{stage}} written"),
            ),
        ),
        Panel(
            "Waiting messages",
            "Lag: messages that a stage has yet to read, over all replicas. Bursts are normal; a line that only rises is not.",
            "short",
            ((f"sum by (stage) (newsloom_lag_messages{where})", "{{stage}}"),),
        ),
        Panel(
            "Time to work the queue off",
            "Waiting messages divided by what the stage read per second over ten minutes. Empty while nothing waits or nothing is read.",
            "s",
            ((f"newsloom:lag_seconds{where} < +Inf", "{{stage}}"),),
        ),
        Panel(
            "Since the last progress",
            "Time since a batch was finished or the queue was found empty. NewsloomStageSilent fires at five minutes.",
            "s",
            ((f"time() - newsloom_last_progress_timestamp_seconds{where}", "{{stage}} {{instance}}"),),
        ),
        Panel(
            "Waits",
            "1 while a stage has paused: a server or the disk is not available, or too much became dead letters. Nothing is lost.",
            "bool_yes_no",
            ((f"max by (stage) (newsloom_waiting{where})", "{{stage}}"),),
        ),
        Panel(
            "Dropped, by code",
            "Messages dropped on purpose per second: an article that is known, an older version, an empty page.",
            "cps",
            ((f"sum by (stage, code) (rate(newsloom_dropped_total{where}{RATE}))", "{{stage}} {{code}}"),),
            stacked=True,
        ),
        Panel(
            "Dead letters of the last hour, by code",
            "Messages that went no further. See `newsloom dlq list`; replay them after the repair.",
            "short",
            ((f"newsloom:dead_letters:increase1h{where} > 0", "{{stage}} {{code}}"),),
            stacked=True,
        ),
        Panel(
            "Verdicts remembered",
            "Records that the state of a stage is folded from. They grow with what is read, and so does the time of a start.",
            "short",
            ((f"max by (stage) (newsloom_state_records{where})", "{{stage}}"),),
        ),
        Panel(
            "Assignments of partitions",
            "Times that replicas got their partitions anew in half an hour; more than six is an alert. In fetch, changes of the feeds too.",
            "short",
            ((f"max by (stage) (increase(newsloom_consumer_generations_total{where}[30m]))", "{{stage}}"),),
        ),
    ]


def duration(stage: str) -> Panel:
    return Panel(
        "Time per message",
        "How long deciding about one message took, without waiting and writing. Quantiles are estimates between bucket bounds.",
        "s",
        quantiles("newsloom_stage_duration_seconds", f'{{stage="{stage}"}}'),
    )


AGE = Panel(
    "Age of articles when indexed",
    "From publication to searchable, by the publisher's own date. Archives and first polls of feeds raise it.",
    "s",
    (
        *quantiles("newsloom_article_age_seconds", '{stage="index"}'),
        ("newsloom:article_age_seconds:p95_30m", "p95 of those under a week, 30 min"),
    ),
)
INDEX = Panel(
    "Answers of the index",
    "Documents per second: written, known (an equal or newer version is there), retried (come back later), refused (dead letters).",
    "cps",
    ((f"sum by (result) (rate(newsloom_index_items_total{RATE}))", "{{result}}"),),
    stacked=True,
)
ALERTS = Panel(
    "Alerts opened for analysts",
    "News alerts, not those of operations, per day and class: NEVER, RARE, SURGE.",
    "short",
    (("sum by (class) (increase(newsloom_alerts_total[1d]))", "{{class}}"),),
    stacked=True,
)
FEEDS = [
    Panel(
        "Feeds by health",
        "well, ill (the last poll failed), never (polled without success so far), retired (the server said that it is gone for good).",
        "short",
        (("sum by (health) (newsloom_feeds)", "{{health}}"),),
        stacked=True,
    ),
    Panel(
        "Since feeds were last read",
        "Quantiles over all feeds that are not retired. Most are asked every quarter of an hour, the slowest once a day.",
        "s",
        (("max by (quantile) (newsloom_feed_success_age_seconds)", "quantile {{quantile}}"),),
    ),
    Panel(
        "Polls by result",
        "Per second. ok brought a body, not-modified did not need to; everything else is a code of `newsloom feeds check`.",
        "cps",
        ((f"sum by (result) (rate(newsloom_feed_polls_total{RATE}))", "{{result}}"),),
        stacked=True,
    ),
]


def processes(stage: str | None = None) -> list[Panel]:
    """Of a stage: of the processes that tell of it."""
    of = f' and on (job, instance) newsloom_last_progress_timestamp_seconds{{stage="{stage}"}}' if stage else ""
    return [
        Panel(
            "CPU",
            "Cores that each process keeps busy. A stage of one partition can use one.",
            "short",
            ((f'rate(process_cpu_seconds_total{{job="newsloom"}}{RATE}){of}', "{{instance}}"),),
        ),
        Panel(
            "Memory",
            "Resident memory of each process. It should be flat after the first hour, but for stages with state.",
            "bytes",
            ((f'process_resident_memory_bytes{{job="newsloom"}}{of}', "{{instance}}"),),
        ),
        Panel(
            "Starts in the last hour",
            "How often each process was started anew. More than three is NewsloomRestarting.",
            "short",
            ((f'changes(process_start_time_seconds{{job="newsloom"}}[1h]){of}', "{{instance}}"),),
        ),
        Panel(
            "Free disk",
            "Where the data folder is. A worker on Kafka keeps only a cache there.",
            "bytes",
            ((f"newsloom_disk_free_bytes{of}", "{{instance}}"),),
        ),
    ]


FIRING = Panel(
    "Alerts that fire",
    "From Prometheus' own ALERTS. Each has a page in docs/runbooks.",
    "none",
    (('sum by (alertname, severity, stage, instance) (ALERTS{alertname=~"Newsloom.*",alertstate="firing"})', ""),),
    "table",
    24,
)


def headlines() -> list[Panel]:
    return [
        stat(
            "Alerts",
            "Alerts of operations that fire now.",
            "short",
            'count(ALERTS{alertname=~"Newsloom.*",alertstate="firing"}) or vector(0)',
            1,
        ),
        stat(
            "Stages seen",
            "Of seven, those that tell of themselves.",
            "short",
            "count(count by (stage) (newsloom_last_progress_timestamp_seconds))",
        ),
        stat(
            "Indexed in the last hour",
            "Articles and alerts that the index has written.",
            "short",
            'sum(increase(newsloom_index_items_total{result="written"}[1h]))',
        ),
        stat("Waiting", "Messages that wait, over all stages.", "short", "sum(newsloom_lag_messages)", 5000),
        stat(
            "Dead letters in the last hour",
            "Over all stages but fetch, where pages that are no feed are daily business.",
            "short",
            'sum(newsloom:dead_letters:increase1h{stage!="fetch"}) or vector(0)',
            1,
        ),
        stat(
            "Ill feeds",
            "Share of the feeds that are not retired. NewsloomFeedsIll fires above a quarter.",
            "percentunit",
            "newsloom:feeds_ill:ratio",
            0.25,
        ),
    ]
