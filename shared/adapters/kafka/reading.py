"""What commands read on a cluster: documents from Elasticsearch, everything else from Kafka's topics by way of a mirror."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer

from services.fetch.feed_state import FeedState
from services.fetch.stored_state import from_bytes
from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import admin, reader
from shared.adapters.kafka.lag import LagReader, open_lag
from shared.adapters.kafka.log_reader import bounds, read_to_end
from shared.adapters.kafka.mirror import Mirror, MirrorOutdated, mirror_file
from shared.adapters.kafka.records import headers_of, key_of
from shared.adapters.kafka.topics import partitions_of, wire_name
from shared.adapters.kafka.whole_topic import whole_topic
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.pipeline import NODES, OF_ENTRIES, Node, state_topic
from shared.policy import Delivery
from shared.ports import Snapshot
from shared.settings import Settings
from shared.stage import Rec, StateLog

log = structlog.get_logger()

PAGE = 500
"""Messages that are read together."""

Read = Callable[[Mirror, AIOKafkaConsumer], Awaitable[None]]


class KafkaReading:
    """Implements `Reading`."""

    def __init__(self, config: Settings, index: ElasticsearchArticleIndex) -> None:
        self.index = index
        self._config = config
        self._client = KafkaClient(config)
        self._store: Store | None = None
        self._outdated: list[Store] = []

    @property
    def ledger(self) -> Ledger:
        return self._read(lambda mirror, consumer: mirror.read_ledger(consumer)).ledger

    @property
    def letters(self) -> DeadLetters:
        return self._read(lambda mirror, consumer: mirror.read_letters(consumer)).letters

    def verdicts(self, stage: str, record_type: type[Rec]) -> StateLog[Rec]:
        mirror = self._read(lambda mirror, consumer: mirror.read_verdicts(consumer, stage, record_type))
        return SqliteStateLog(mirror.store, stage, record_type)

    def feeds(self) -> list[FeedState]:
        """The latest state of each."""
        return sorted(self._client.run(read_feed_states(self._config)).values(), key=lambda state: state.url)

    def snapshot(self) -> Snapshot:
        """Read in such an order that a pipeline that works on meanwhile is not accused of anything.

        First who is under way; then the articles; then what waits, along the flow, so that nothing passes unseen from a topic not
        read yet to one that was; then how everything ended; then the articles again.
        """
        judged = {entry_id for entry_id, ending, *_ in self.ledger.rows() if ending == "under-way"}
        self.index.refresh()
        before = frozenset(self.index.ids())
        found, keys = self._client.run(self._waiting())
        rows = list(self.ledger.rows())
        letter_entries, letter_keys = self.letters.contents()
        self.index.refresh()
        return Snapshot(
            rows=rows,
            articles_before=before,
            articles_after=frozenset(self.index.ids()),
            waiting=found,
            waiting_keys=frozenset(keys),
            letter_entries=frozenset(letter_entries),
            letter_keys=frozenset(letter_keys),
            judged=frozenset(judged),
        )

    def retained(self, topic: str) -> Iterator[Delivery]:
        """Partition after partition, in pages."""
        name = wire_name(self._config, topic)
        for partition, (at, last) in self._client.run(self._extent(name)).items():
            while at < last:
                page = self._client.run(self._page(name, partition, at, last))
                for record in page:
                    yield Delivery(
                        topic, partition, record.offset, key_of(record.key), headers_of(record), record.value or b""
                    )
                at = page[-1].offset + 1 if page else last

    async def _extent(self, name: str) -> dict[int, tuple[int, int]]:
        async with admin(self._config) as client, reader(self._config) as consumer:
            partitions = (await partitions_of(client, [name])).get(name, [])
            return {partition: await bounds(consumer, name, partition) for partition in partitions}

    async def _page(self, name: str, partition: int, at: int, last: int) -> list[Any]:
        page: list[Any] = []
        async with reader(self._config) as consumer:
            async for record in read_to_end(consumer, name, partition, at, last):
                page.append(record)
                if len(page) >= PAGE:
                    break
        return page

    def close(self) -> None:
        self._client.close()
        for store in (*self._outdated, *([self._store] if self._store else [])):
            store.close()

    def _read(self, what: Read) -> Mirror:
        try:
            return self._read_once(what)
        except MirrorOutdated:
            # The topics were made anew: so is their mirror.
            if self._store is not None:
                # Whoever holds a ledger reads on from the old one.
                self._outdated.append(self._store)
                self._store = None
            for path in mirror_file(self._config).parent.glob(f"{mirror_file(self._config).name}*"):
                with suppress(FileNotFoundError):
                    path.unlink()
            return self._read_once(what)

    def _read_once(self, what: Read) -> Mirror:
        if self._store is None:
            self._store = Store(mirror_file(self._config))
            # What was forgotten is in the topics until they are compacted: where it is folded over, nothing of it stays.
            self._store.connection.execute("PRAGMA secure_delete=ON")
        mirror = Mirror(self._store, self._config)

        async def read() -> None:
            async with reader(self._config) as consumer:
                await what(mirror, consumer)

        self._client.run(read())
        return mirror

    async def _waiting(self) -> tuple[dict[str, str], set[str]]:
        found: dict[str, str] = {}
        keys: set[str] = set()
        async with open_lag(self._config) as lag:
            for node in NODES:
                if node.ends_entries:
                    await self._waiting_for(node, lag, found, keys)
        return found, keys

    async def _waiting_for(self, node: Node, lag: LagReader, found: dict[str, str], keys: set[str]) -> None:
        of_entries = {wire_name(self._config, topic) for topic in OF_ENTRIES}
        async with reader(self._config) as consumer:
            for (topic, partition), offset in (await lag.committed(node.stage)).items():
                if topic in of_entries:
                    async for record in read_to_end(consumer, topic, partition, offset):
                        found.setdefault(headers_of(record).get("ce_id") or key_of(record.key), node.stage)
                        keys.add(key_of(record.key))


async def read_feed_states(config: Settings, partitions: set[int] | None = None) -> dict[str, FeedState]:
    """By feed id; of the given partitions, or of all. In the place of one that cannot be read stands the one before."""
    states: dict[str, FeedState] = {}
    async for record in whole_topic(config, wire_name(config, state_topic("fetch")), partitions):
        id_ = key_of(record.key)
        if record.value is None:
            states.pop(id_, None)
            continue
        try:
            states[id_] = from_bytes(record.value)
        except ValueError as error:
            log.warning("no state of a feed", feed=id_, offset=record.offset, reason=str(error))
    return states
