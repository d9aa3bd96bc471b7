"""The adapters over a real broker, each on topics of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka.admin import NewTopic

from services.fetch.feed_state import FeedState
from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.client import sync_client
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.intake import KafkaIntake
from shared.adapters.kafka.reading import KafkaReading
from shared.adapters.kafka.state_log import KafkaStateLog
from shared.adapters.kafka.topics import set_up_topics, wire_name
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.store import Store
from shared.contracts import DeadLetter, LedgerEntry
from shared.messages import messages_of
from shared.policy import Delivery, Result, Send
from shared.runtime.kafka_session import KafkaSession
from shared.settings import Settings
from shared.stage import Record, StateLog


def settings_of(bootstrap: str, folder: Path, **more: Any) -> Settings:
    """A pipeline that nobody else uses; its topics are not there yet."""
    values = {"runtime": "kafka", "prefix": f"t{uuid4().hex[:10]}-", "kafka_bootstrap": bootstrap, "data_dir": folder}
    return Settings(**{**values, **more})


async def new_log(config: Settings, name: str) -> None:
    """A topic for the records of a stage that the pipeline does not have."""
    async with admin(config) as client:
        await client.create_topics([NewTopic(wire_name(config, name), 1, 1, topic_configs={"retention.ms": "-1"})])


class KafkaState:
    """`same_file`: whoever opens it again finds the file that was there, or has to make it anew from the topic."""

    def __init__(self, client: KafkaClient, folder: Path, *, same_file: bool, made: set[str] | None = None) -> None:
        self._client = client
        self._folder = folder
        self._same_file = same_file
        self._made = set[str]() if made is None else made
        self._stores: list[Store] = []

    def log(self, stage: str, record_type: type[Record]) -> KafkaStateLog[Any]:
        config = self._client.config
        topic = f"state.{stage}"
        if topic not in self._made:
            self._made.add(topic)
            self._client.run(new_log(config, topic))
        if not self._stores:
            self._stores.append(Store(self._folder / ("one" if self._same_file else uuid4().hex)))
        log: KafkaStateLog[Any] = KafkaStateLog(self._stores[0], stage, record_type, wire_name(config, topic))
        self._client.run(self._caught_up(log))
        return log

    def commit(self, log: StateLog[Any]) -> None:
        """As a worker does it: into the topic, then into the file."""
        assert isinstance(log, KafkaStateLog)
        name = log.topic.removeprefix(self._client.config.prefix)
        log.accept(self._client.send([Send(name, record.id, {}, record.to_bytes()) for record in log.pending()]))
        log.flush()

    def abandon(self, log: StateLog[Any]) -> None:
        assert isinstance(log, KafkaStateLog)
        log.discard()

    def reopened(self) -> KafkaState:
        return KafkaState(self._client, self._folder, same_file=self._same_file, made=self._made)

    async def _caught_up(self, log: KafkaStateLog[Any]) -> None:
        async with reader(self._client.config) as consumer:
            await log.catch_up(consumer, has_history=False, fold=len)


class KafkaBooks:
    is_atomic = False

    def __init__(self, config: Settings, reading: KafkaReading, client: KafkaClient) -> None:
        self._config = config
        self._reading = reading
        self._client = client

    @property
    def intake(self) -> KafkaIntake:
        """As a command has it that begins now: it knows of what has ended by then."""
        return KafkaIntake(self._client, lambda ids: self.ledger.ended(ids))

    @property
    def ledger(self) -> Ledger:
        return self._reading.ledger

    @property
    def letters(self) -> DeadLetters:
        return self._reading.letters

    def end(self, *endings: LedgerEntry) -> None:
        self._client.send(messages_of(Result(endings=list(endings))))

    def bury(self, *letters: DeadLetter) -> None:
        self._client.send([send for letter in letters for send in messages_of(Result(dead_letter=letter))])

    def messages(self, topic: str) -> list[Delivery]:
        return list(self._reading.retained(topic))

    def waiting(self) -> dict[str, int]:
        with closing(KafkaSession(self._config, reading_of(self._config))) as session:
            return session.unread()

    def feeds(self) -> list[FeedState]:
        return self._reading.feeds()


def reading_of(config: Settings) -> KafkaReading:
    return KafkaReading(config, ElasticsearchArticleIndex(sync_client(config), config))


def kafka_state(bootstrap: str, *, same_file: bool) -> Callable[[Path], AbstractContextManager[Any]]:
    @contextmanager
    def opened(folder: Path) -> Iterator[Any]:
        with KafkaClient(settings_of(bootstrap, folder)) as client:
            yield KafkaState(client, folder, same_file=same_file)

    return opened


def kafka_books(bootstrap: str) -> Callable[[Path], AbstractContextManager[Any]]:
    @contextmanager
    def opened(folder: Path) -> Iterator[Any]:
        config = settings_of(bootstrap, folder)
        asyncio.run(set_up_topics(config))
        with closing(reading_of(config)) as reading, KafkaClient(config) as client:
            yield KafkaBooks(config, reading, client)

    return opened
