"""The outbox over each runtime's topic of alerts, as the suite drives it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from contract.on_kafka import settings_of

from services.alert.channels import Channel
from shared.adapters.kafka.alert_log import KafkaAlertLog, KafkaBoardSource, begin_channels
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.topics import set_up_topics
from shared.adapters.sqlite.alert_log import SqliteAlertLog, SqliteBoardSource, begin
from shared.adapters.sqlite.endings import DeadLetters
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.clock import SimulatedClock
from shared.contracts import Alert, DeadLetter
from shared.messages import message_again
from shared.pipeline import ALERT
from shared.policy import Send
from shared.ports import Display, Notifier
from shared.runtime.outbox import AlertLog, Telling
from shared.runtime.showing import BoardSource, Showing

NOW = datetime(2026, 1, 2, tzinfo=UTC)
IDLE_S = 0.05


class Topic(Protocol):
    """A runtime's topic of alerts, and what its outbox keeps."""

    def put(self, *alerts: Alert) -> None: ...

    def begin(self, channel: str) -> None: ...

    def log(self, channel: str) -> AlertLog:
        """As another process would read it."""
        ...

    def source(self, channel: str) -> BoardSource: ...

    def letters(self) -> list[DeadLetter]: ...

    def put_back(self, letter: DeadLetter) -> None: ...


def message_of(alert: Alert) -> Send:
    return Send(ALERT, alert.id, {"ce_id": alert.id}, alert.to_bytes())


class OnSqlite:
    """The pipeline writes through a connection of its own, as in a session: one connection has one transaction, whichever thread."""

    def __init__(self, store: Store, of_pipeline: Store) -> None:
        self.store = store
        self._of_pipeline = of_pipeline

    def put(self, *alerts: Alert) -> None:
        self._send([message_of(alert) for alert in alerts])

    def begin(self, channel: str) -> None:
        begin(self._of_pipeline, [channel])

    def log(self, channel: str) -> AlertLog:
        return SqliteAlertLog(self.store, channel)

    def source(self, channel: str) -> BoardSource:
        return SqliteBoardSource(self.store)

    def letters(self) -> list[DeadLetter]:
        return list(DeadLetters(self.store).kept())

    def put_back(self, letter: DeadLetter) -> None:
        self._send([message_again(letter)])

    def _send(self, sends: Sequence[Send]) -> None:
        with self._of_pipeline.transaction():
            Topics(self._of_pipeline).append(sends)


class OnKafka:
    def __init__(self, client: KafkaClient) -> None:
        self._client = client
        self._letters: dict[str, DeadLetter] = {}

    def put(self, *alerts: Alert) -> None:
        self._client.send([message_of(alert) for alert in alerts])

    def begin(self, channel: str) -> None:
        self._client.run(begin_channels(self._client.config, [channel]))

    def log(self, channel: str) -> AlertLog:
        return KafkaAlertLog(self._client.config, channel, self._bury)

    def source(self, channel: str) -> BoardSource:
        return KafkaBoardSource(self._client.config, channel)

    def letters(self) -> list[DeadLetter]:
        return list(self._letters.values())

    def put_back(self, letter: DeadLetter) -> None:
        self._client.send([message_again(letter)])

    async def _bury(self, letter: DeadLetter) -> None:
        self._letters[letter.id] = letter


Opened = Callable[[Path], "contextmanager[Topic]"]


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Topic]:
    path = folder / "newsloom.sqlite"
    with closing(Store(path)) as store, closing(Store(path)) as of_pipeline:
        yield OnSqlite(store, of_pipeline)


@contextmanager
def on_kafka(bootstrap: str, folder: Path) -> Iterator[Topic]:
    config = settings_of(bootstrap, folder)
    asyncio.run(set_up_topics(config))
    with KafkaClient(config) as client:
        yield OnKafka(client)


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


class Running:
    """The loops of channels, until the end of the block; then they are cut off, as by the end of a process."""

    def __init__(self, topic: Topic, clock: SimulatedClock | None = None) -> None:
        self._topic = topic
        self._clock = clock or SimulatedClock(NOW)
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def tells(self, name: str, notifier: Notifier) -> Telling:
        telling = Telling(Channel(name, "webhook"), self._topic.log(name), notifier, self._clock, self._stop)
        self._tasks.append(asyncio.create_task(telling.run(IDLE_S)))
        return telling

    def shows(self, name: str, display: Display) -> Showing:
        showing = Showing(Channel(name, "atom"), self._topic.source(name), display, self._clock, self._stop)
        self._tasks.append(asyncio.create_task(showing.run(IDLE_S)))
        return showing

    async def __aenter__(self) -> Running:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
