"""The only place that picks adapters: settings in, a working pipeline out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import structlog

from shared.channel_builders import channels_of, display_of, notifier_of
from shared.clock import SystemClock
from shared.dead_letters import DeadLetterLimit
from shared.deciding import message_of
from shared.errors import Locked
from shared.judge import Judge, Stateful, Stateless
from shared.pipeline import ALERT, BY_STAGE, NODES, Node, state_topic
from shared.policy import Policy
from shared.ports import Clock, FeedRegistry, Reading
from shared.retry import Retry
from shared.settings import Settings, settings
from shared.stage_builders import alert_rules, build_stage, gazetteer_of, rules_file

if TYPE_CHECKING:
    import faust

    from shared.adapters.kafka.reading import KafkaReading
    from shared.adapters.kafka.state_log import KafkaStateLog
    from shared.adapters.sqlite.state import SqliteStateLog
    from shared.adapters.sqlite.store import Store
    from shared.contracts import Decision
    from shared.forgetting import Report
    from shared.runtime.embedded import EmbeddedPipeline, Worker
    from shared.runtime.embedded_outbox import EmbeddedOutbox
    from shared.runtime.feeding import Feeding

log = structlog.get_logger()


def open_reading(data_dir: Path | None = None, config: Settings | None = None) -> Reading:
    """What commands read. Raises `Misuse` where there is nothing yet, `NotAvailable` where a server or the disk is missing."""
    config = _in_folder(config or settings(), data_dir)
    if config.runtime == "kafka":
        return _kafka_reading(config)
    from shared.adapters.sqlite.reading import SqliteReading
    from shared.adapters.sqlite.store import Store, database

    return SqliteReading(Store(database(config.data_dir), read_only=True))


def open_feeding(data_dir: Path | None = None, clock: Clock | None = None, config: Settings | None = None) -> Feeding:
    """A pipeline to hand entries to. Raises `NotAvailable` where a server is missing or another process works in the folder."""
    config = _in_folder(config or settings(), data_dir)
    if config.runtime == "kafka":
        from shared.runtime.kafka_session import KafkaSession

        return KafkaSession(config, _kafka_reading(config), clock)
    from shared.runtime.session import Session

    return Session(config.data_dir, clock=clock, config=config)


def open_feeds(data_dir: Path | None = None, config: Settings | None = None) -> FeedRegistry:
    """The list of a folder, or the registry of a cluster."""
    config = _in_folder(config or settings(), data_dir)
    if config.runtime == "kafka":
        from shared.adapters.kafka.feed_registry import KafkaFeedRegistry

        return KafkaFeedRegistry(config)
    from shared.adapters.feed_list_file import FeedListFile

    return FeedListFile(config.data_dir, named=data_dir is not None)


def forgetting(what: str, data_dir: Path | None = None, config: Settings | None = None) -> Report | None:
    """Takes an article out of everything. None where nothing is known of it; raises `NotAvailable` where a pipeline works meanwhile."""
    config = _in_folder(config or settings(), data_dir)
    now = SystemClock().now()
    if config.runtime == "kafka":
        from shared.adapters.kafka.forget import forget as forget_on_cluster

        with closing(_kafka_reading(config)) as reading:
            return forget_on_cluster(config, reading, what, now)
    from shared.adapters.sqlite.forget import forget
    from shared.adapters.sqlite.store import Store, database, take_lock
    from shared.adapters.sqlite.topics import Topics

    Store(database(config.data_dir), read_only=True).close()
    with take_lock(config.data_dir), closing(Store(database(config.data_dir))) as store:
        # What waits is worked on first: it might be a part of what is to be forgotten.
        if Topics(store).lag(reader for node in NODES for reader in node.readers):
            with closing(embedded_pipeline(store, config=config)) as pipeline:
                pipeline.drain()
        return forget(store, what, now)


def send_decision(decision: Decision, data_dir: Path | None = None, config: Settings | None = None) -> None:
    """Hands a person's decision to the stage: at once where nobody works in the folder, else whoever works there takes it up."""
    config = _in_folder(config or settings(), data_dir)
    if config.runtime == "kafka":
        from shared.adapters.kafka.client import KafkaClient

        with KafkaClient(config) as client:
            client.send([message_of(decision)])
        return
    from shared.adapters.sqlite.intake import Intake
    from shared.adapters.sqlite.store import Store, database, take_lock

    with closing(Store(database(config.data_dir))) as store:
        Intake(store).send([message_of(decision)])
        with suppress(Locked), take_lock(config.data_dir), closing(embedded_pipeline(store, config=config)) as pipeline:
            pipeline.drain()


def _in_folder(config: Settings, data_dir: Path | None) -> Settings:
    return config.model_copy(update={"data_dir": data_dir}) if data_dir else config


def _kafka_reading(config: Settings) -> KafkaReading:
    from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
    from shared.adapters.elasticsearch.client import sync_client
    from shared.adapters.kafka.reading import KafkaReading

    return KafkaReading(config, ElasticsearchArticleIndex(sync_client(config), config))


def embedded_pipeline(store: Store, clock: Clock | None = None, config: Settings | None = None) -> EmbeddedPipeline:
    """The embedded pipeline over an open store. Call it in the thread that will work with it, or before that thread starts."""
    from shared.adapters.sqlite.alert_log import reader_of
    from shared.rule_warnings import warnings_about
    from shared.runtime.embedded import EmbeddedPipeline

    config = config or settings()
    folder = store.path.parent
    told = [(reader_of(channel.name), ALERT) for channel in channels_of(config) if channel.is_told]
    for line in warnings_about(alert_rules(config, rules_file(config, folder)), partial(gazetteer_of, config, folder)):
        log.warning("alert rules", note=line)
    workers = [
        _worker(node, build_stage(node.stage, config, folder), store, clock or SystemClock(), config) for node in NODES
    ]
    return EmbeddedPipeline(
        store, workers, batch_size=config.batch_size, retention_hours=config.log_retention_hours, readers=told
    )


def embedded_outbox(
    store: Store, clock: Clock, config: Settings, on_error: Callable[[BaseException], None]
) -> EmbeddedOutbox | None:
    """Not started yet; the channels' places in the log are taken now, over the store of the caller's. None where there is no channel."""
    from shared.adapters.sqlite.alert_log import SqliteAlertLog, SqliteBoardSource, begin
    from shared.runtime.embedded_outbox import EmbeddedOutbox
    from shared.runtime.outbox import Telling
    from shared.runtime.showing import Showing

    channels = channels_of(config)
    if not channels:
        return None
    begin(store, [channel.name for channel in channels if channel.is_told])

    def build(own: Store, stop: asyncio.Event) -> list[Telling | Showing]:
        return [
            Telling(channel, SqliteAlertLog(own, channel.name), notifier_of(channel, config), clock, stop)
            if channel.is_told
            else Showing(channel, SqliteBoardSource(own), display_of(channel, config), clock, stop)
            for channel in channels
        ]

    return EmbeddedOutbox(store.path, build, on_error)


def _worker(node: Node, stage: Any, store: Store, clock: Clock, config: Settings) -> Worker:
    from shared.adapters.sqlite.state import SqliteStateLog
    from shared.runtime.embedded import Worker

    state = SqliteStateLog[Any](store, node.stage, stage.record_type) if node.state == "log" else None
    judge = judge_of(stage, state, store)
    return Worker(node, policy_of(node, judge, clock, config), judge, state)


def judge_of(stage: Any, state: SqliteStateLog[Any] | KafkaStateLog[Any] | None, store: Store | None) -> Judge:
    """`store`: where the log is, or the worker's copy of it."""
    if state is None or store is None:
        return Stateless(stage)
    from shared.adapters.sqlite.views import SqliteViews

    return Stateful(stage, state, SqliteViews(store, stage.name, state))


def policy_of(node: Node, judge: Judge, clock: Clock, config: Settings) -> Policy:
    limit = DeadLetterLimit(node.stage, share=config.dead_letter_share)
    return Policy(node, judge, clock, Retry(config.attempts), limit)


def kafka_service(stage: str, config: Settings | None = None) -> faust.App:
    """The Faust app of one service, ready to be started. Raises `Misuse` for a setting that does not fit."""
    from shared.runtime.kafka import FaustSender, add_stage, new_app
    from shared.runtime.progress import Progress
    from shared.runtime.stage_worker import StageWorker

    config = config or settings()
    app = new_app(config, stage)
    progress = Progress(stage, config.stuck_seconds)
    if stage == "fetch":
        from shared.runtime.fetch_service import add_fetch

        add_fetch(app, config, progress)
        return app
    node = BY_STAGE[stage]
    pure = build_stage(stage, config)
    store = worker_file(config, node.stage) if node.state == "log" else None
    state = _kafka_log(store, node, pure.record_type, config, progress.advanced) if store else None
    judge = judge_of(pure, state, store)
    policy = policy_of(node, judge, SystemClock(), config)
    writer = None
    if stage == "index":
        from shared.adapters.elasticsearch.bulk import BulkWriter
        from shared.adapters.elasticsearch.client import async_client

        client = async_client(config)
        writer = BulkWriter(client, config)

        @app.on_before_shutdown.connect  # type: ignore[arg-type]
        async def close(_: object, **__: object) -> None:
            await client.close()

    @app.on_before_shutdown.connect  # type: ignore[arg-type]
    async def let_go(_: object, **__: object) -> None:
        # The page at hand is read to its end: not a reason for health pages to stop.
        await asyncio.to_thread(judge.close)

    sender = FaustSender(app, config)
    worker = StageWorker(node, policy, judge, state, sender, writer, progress, config.message_limit_bytes)
    add_stage(app, config, worker, progress)
    if stage == "alert" and (channels := channels_of(config)):
        from shared.runtime.kafka_outbox import add_outbox

        add_outbox(app, config, channels, sender, SystemClock())
    return app


def _kafka_log(
    store: Store, node: Node, record_type: type[Any], config: Settings, advanced: Callable[[], None]
) -> KafkaStateLog[Any]:
    from shared.adapters.kafka.state_log import KafkaStateLog
    from shared.adapters.kafka.topics import wire_name

    topic = wire_name(config, state_topic(node.stage))
    return KafkaStateLog(store, node.stage, record_type, topic, advanced)


def worker_file(config: Settings, stage: str) -> Store:
    """The file that a worker keeps its stage's records in, a copy of the topic. A second worker on the same folder gets another one."""
    from shared.adapters.sqlite.store import Store, take_lock

    folder = config.data_dir / "kafka"
    for number in count():
        try:
            lock = take_lock(folder, f"{config.prefix}{stage}.{number}.lock")
        except Locked:
            if number >= REPLICAS_TOGETHER:
                raise
            continue
        _locks.append(lock)
        return Store(folder / f"{config.prefix}{stage}.{number}.sqlite")
    raise AssertionError("unreachable")


REPLICAS_TOGETHER = 16
"""Workers of one stage that share a data folder, at most."""
_locks: list[IO[str]] = []
"""Held until the process ends."""
