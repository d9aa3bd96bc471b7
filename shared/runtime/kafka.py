"""The Faust runtime: one app per service, the same stages as in the embedded runtime.

Faust acknowledges what it hands out even when an agent fails, so nothing here may raise but what is to end the process: messages
come as raw bytes, whatever a stage raises becomes a dead letter, all that a batch leads to is stored before any of its messages is
acknowledged, in their order, without an await in between. Whatever else goes wrong crashes the app, and the process is started
again from outside. Faust's tables, its exactly-once and concurrency above one lose or repeat messages, so none is used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from typing import Any

import faust
import structlog
from faust.streams import _CStreamIterator  # type: ignore[attr-defined]
from mode import CrashingSupervisor

from shared import metrics
from shared.adapters.kafka.connection import brokers, faust_credentials, reader
from shared.adapters.kafka.lag import LagWatch, open_lag
from shared.adapters.kafka.records import as_record, headers_of, key_of
from shared.adapters.kafka.topics import group_name, wire_name
from shared.errors import NotAvailable, StageStopped
from shared.policy import Delivery, Original, Send
from shared.runtime.health import serve_health
from shared.runtime.ports import port_of
from shared.runtime.progress import Progress, watch
from shared.runtime.stage_worker import StageWorker
from shared.runtime.waiting import until_available
from shared.settings import Settings
from shared.stage import Unavailable

log = structlog.get_logger()

LOOK_EVERY_S = 2.0
ANSWER_S = 5.0
"""Without an answer of the brokers for so long, they are not there."""
WITHIN_S = 0.2
"""A batch that is not full is worked on after so long."""


def new_app(config: Settings, stage: str) -> faust.App:
    """An app without agents. The figures are measured: the defaults resume only a minute after a kill.

    Raises `NotAvailable` for a data folder that cannot be made, and for a Faust without its compiled parts.
    """
    if _CStreamIterator is None:
        # In Python alone it acknowledges what it leaves out while an app ends or partitions move: 1,201 of 1,500 messages were lost
        # when the first batch of a new group failed.
        raise NotAvailable(
            "Faust runs without its compiled parts and would lose messages: unset NO_CYTHON, or install faust-streaming from a "
            "wheel, or with a C compiler and Cython at hand"
        )
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotAvailable(f"the data folder {config.data_dir} cannot be used: {error.strerror}") from error
    options: dict[str, Any] = {}
    if config.worker_instance:
        options["consumer_group_instance_id"] = f"{group_name(config, stage)}-{config.worker_instance}"
    return faust.App(
        group_name(config, stage),
        broker=";".join(f"kafka://{each}" for each in brokers(config)),
        broker_credentials=faust_credentials(config),
        broker_session_timeout=6.0,
        broker_heartbeat_interval=2.0,
        broker_commit_interval=0.5,
        broker_max_poll_interval=3600.0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 * 2**20,
        producer_acks=-1,
        producer_linger=0.005,
        producer_max_batch_size=131_072,
        producer_max_request_size=config.message_limit_bytes + 2**20,
        agent_supervisor=CrashingSupervisor,
        topic_allow_declare=False,
        topic_disable_leader=True,
        stream_buffer_maxsize=max(1_000, 2 * config.batch_size),
        # A stage that waits for what is down holds messages that it will not finish: they are for the next process.
        stream_wait_empty=False,
        web_enabled=False,
        web_tables_enabled=False,
        store="memory://",
        datadir=str(config.data_dir / "faust"),
        loghandlers=[],
        **options,
    )


class FaustSender:
    """Sends raw bytes through the app's producer."""

    def __init__(self, app: faust.App, config: Settings) -> None:
        self._app = app
        self._config = config
        self._topics: dict[str, Any] = {}

    async def send(self, send: Send) -> Awaitable[int]:
        topic = self._topics.get(send.topic)
        if topic is None:
            topic = self._topics[send.topic] = raw_topic(self._app, wire_name(self._config, send.topic))
        key, headers = as_record(send)
        return _offset(await topic.send(key=key, value=send.value, headers=headers))


async def _offset(sent: Awaitable[Any]) -> int:
    return int((await sent).offset)


def raw_topic(app: faust.App, *names: str) -> Any:
    """Bytes in, bytes out: Faust decodes nothing, so nothing can fail where it would be lost."""
    return app.topic(*names, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def delivery_of(event: Any, prefix: str) -> Delivery:
    message = event.message
    return Delivery(
        topic=message.topic.removeprefix(prefix),
        partition=message.partition,
        offset=message.offset,
        key=key_of(message.key),
        headers=headers_of(message),
        value=message.value or b"",
        original=Original(message.key, tuple(_pairs(message.headers))),
    )


def _pairs(headers: Any) -> Iterable[tuple[str, bytes]]:
    return headers.items() if isinstance(headers, Mapping) else headers or ()


def add_stage(app: faust.App, config: Settings, worker: StageWorker, progress: Progress) -> None:
    """The agent that drives a stage, and the tasks around it."""
    topics = [wire_name(config, topic) for topic in worker.node.reads]
    generation: list[int] = []

    async def work(stream: Any) -> None:
        # Said here as well, for `noack_take` puts it back as it was when it ends: after a batch that failed, the stream would
        # acknowledge what comes next by itself, and a group that has committed nothing yet commits that, past the batch.
        stream.enable_acks = False
        # Before the first message comes: a standby shall be warm, and who is ready shall be.
        await _catch_up(config, worker, progress)
        async for events in stream.noack_take(config.batch_size, within=WITHIN_S):
            if generation != [app.consumer_generation_id]:
                generation[:] = [app.consumer_generation_id]
                metrics.GENERATIONS.labels(worker.node.stage).inc()
                await _catch_up(config, worker, progress)
            await worker.work([delivery_of(event, config.prefix) for event in events])
            # In their order and without an await: Faust commits past a gap of one.
            for event in events:
                event.ack()
            try:
                worker.check()
            except StageStopped as stopped:
                await _hold(app, stopped, progress)

    app.agent(raw_topic(app, *topics), name=worker.node.stage, concurrency=1)(work)
    add_care(app, config, worker.node.stage, progress)


async def _hold(app: faust.App, stopped: StageStopped, progress: Progress) -> None:
    """Consumes nothing more until somebody looks and starts it again. Not by ending: what restarts a process by itself would go on
    draining the topic into the dead letters."""
    log.critical("stopped", reason=str(stopped))
    with progress.waiting(str(stopped)):
        while not app.should_stop:
            await asyncio.sleep(LOOK_EVERY_S)


async def _catch_up(config: Settings, worker: StageWorker, progress: Progress) -> None:
    """Takes over the verdicts that somebody else took meanwhile, or all at the start. Waits while the disk of our file is full."""
    stage = worker.node.stage
    state = worker.state
    if state is None:
        progress.prepared = True
        return
    whole = True

    async def attempt() -> int:
        nonlocal whole
        try:
            async with open_lag(config) as lag, reader(config) as consumer:
                has_history = any((await lag.committed(stage)).values())
                # After a failure some of it may be in the file already, and is not fresh again.
                fold = worker.judge.learn if whole else _nothing
                fresh = await state.catch_up(consumer, has_history=has_history, fold=fold)
            await asyncio.to_thread(partial(worker.judge.learn, ()) if whole else worker.judge.restore)
        except Unavailable:
            state.discard()
            whole = False
            raise
        return fresh

    fresh = await until_available(attempt, progress)
    progress.prepared = True
    metrics.STATE_RECORDS.labels(stage).set(state.next_offset)
    log.info("caught up", stage=stage, records=state.next_offset, fresh=fresh)


def _nothing(_: Sequence[Any]) -> None:
    return None


def add_care(
    app: faust.App,
    config: Settings,
    stage: str,
    progress: Progress,
    before_scrape: Callable[[], None] = lambda: None,
) -> None:
    """Health pages, the figure of what waits, the watchdog."""

    @app.task  # type: ignore[untyped-decorator]
    async def care() -> None:
        watch(progress)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                serve_health(progress, config.worker_host, port_of(config, stage), config.data_dir, before_scrape)
            )
            lag = LagWatch(config)
            stack.push_async_callback(lag.close)
            down = stack.enter_context(ExitStack())
            while not app.should_stop:
                try:
                    # Of its own partitions: a standby has nothing to do, whatever waits for others.
                    own = {(place.topic, place.partition) for place in app.consumer.assignment()}
                    progress.lag(await asyncio.wait_for(lag.total(stage, own), ANSWER_S))
                    progress.ready = progress.prepared and (bool(own) or not app.rebalancing)
                    down.close()
                except Exception as error:
                    # The stage's own consumer and producer know how to wait; this is how others are told that they do.
                    if progress.waiting_for is None:
                        log.warning("waiting", stage=stage, reason=_reason(error))
                        down.enter_context(progress.waiting(_reason(error)))
                await asyncio.sleep(LOOK_EVERY_S)

    @app.task  # type: ignore[untyped-decorator]
    async def beat() -> None:
        while not app.should_stop:
            progress.beat()
            await asyncio.sleep(LOOK_EVERY_S)


def _reason(error: Exception) -> str:
    return str(error) or "Kafka does not answer in time"
