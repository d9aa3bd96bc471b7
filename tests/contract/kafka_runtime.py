"""The Kafka runtime as the contract drives it: a real broker, a real Elasticsearch, and what a worker's process does without Faust.

Batches are read where the consumer group stands, worked on, and committed, as the agent does it. Faust itself is in the tests of
whole processes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from contract.runtimes import Outcome, outcome_of, policy_of, stage_of
from elasticsearch import Elasticsearch

from shared.adapters.elasticsearch.article_index import ElasticsearchArticleIndex
from shared.adapters.elasticsearch.bulk import BulkWriter
from shared.adapters.elasticsearch.client import async_client
from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import begin, client_options, reader
from shared.adapters.kafka.lag import open_lag
from shared.adapters.kafka.reading import KafkaReading
from shared.adapters.kafka.records import as_record
from shared.adapters.kafka.state_log import KafkaStateLog
from shared.adapters.kafka.topics import group_name, wire_name
from shared.adapters.sqlite.store import Store
from shared.bootstrap import judge_of
from shared.pipeline import BY_STAGE, state_topic
from shared.policy import Delivery, Send
from shared.runtime.progress import Progress
from shared.runtime.stage_worker import StageWorker
from shared.settings import Settings


class ProducerSender:
    """As Faust's, through a producer of our own. `cut_after`: so many messages reach the broker, then it is gone."""

    def __init__(self, producer: AIOKafkaProducer, config: Settings, cut_after: int | None = None) -> None:
        self._producer = producer
        self._config = config
        self.left = cut_after

    async def send(self, send: Send) -> Awaitable[int]:
        if self.left is not None:
            if not self.left:
                await self._producer.flush()
                raise ConnectionResetError("the broker is gone")
            self.left -= 1
        key, headers = as_record(send)
        name = wire_name(self._config, send.topic)
        return asyncio.ensure_future(_offset(await self._producer.send(name, send.value, key=key, headers=headers)))


async def _offset(sent: Awaitable[Any]) -> int:
    return int((await sent).offset)


class KafkaRuntime:
    def __init__(self, config: Settings, index: Settings, elastic: Elasticsearch) -> None:
        """`index` says where documents go: several pipelines may use one, one after the other."""
        self.config = config
        self.elastic = elastic
        self.client = KafkaClient(config)
        self.reading = KafkaReading(config, ElasticsearchArticleIndex(elastic, index))
        self._index = index
        self.workers: dict[str, StageWorker] = {}
        self._stores: dict[str, Store] = {}
        self._opened: list[Store] = []
        self._closing: list[Any] = []

    def close(self) -> None:
        for each in self._closing:
            self.client.run(each())
        for store in self._opened:
            store.close()
        self.reading.close()
        self.client.close()

    def put(self, *sends: Send) -> None:
        self.client.send(sends)

    def work(self, stage: str) -> None:
        if stage not in self.workers:
            self.restart(stage)
        self.client.run(self._work(stage))

    async def _work(self, stage: str) -> None:
        worker = self.workers[stage]
        while waiting := await self._batches(stage):
            for batch in waiting:
                await worker.work(batch)
                await self._commit(stage, {each.topic: each.offset + 1 for each in batch})
                worker.check()

    async def _batches(self, stage: str) -> list[list[Delivery]]:
        async with open_lag(self.config) as lag:
            committed = await lag.committed(stage)
        found = []
        for topic in BY_STAGE[stage].reads:
            all_of_it = await asyncio.to_thread(self.sent, topic)
            rest = all_of_it[committed.get((wire_name(self.config, topic), 0), 0) :]
            size = self.config.batch_size
            found += [rest[start : start + size] for start in range(0, len(rest), size)]
        return found

    async def _commit(self, stage: str, offsets: dict[str, int]) -> None:
        options = client_options(self.config)
        consumer = AIOKafkaConsumer(**options, group_id=group_name(self.config, stage), enable_auto_commit=False)
        await consumer.start()
        try:
            places = {TopicPartition(wire_name(self.config, topic), 0): at for topic, at in offsets.items()}
            consumer.assign(list(places))
            await consumer.commit(places)
        finally:
            await consumer.stop()

    def work_in_trouble(self, stage: str) -> Outcome:
        if stage not in self.workers:
            self.restart(stage)
        self._may_be_written(stage, False)
        with ThreadPoolExecutor() as threads:
            doing = threads.submit(self.work, stage)
            until = time.monotonic() + 30
            while self.progress[stage].waiting_for is None and not doing.done() and time.monotonic() < until:
                time.sleep(0.02)
            meanwhile = self.outcome(stage)
            waits = not doing.done()
            self._may_be_written(stage, True)
            doing.result(60)
        assert waits, f"{stage} did not wait"
        return meanwhile

    def _may_be_written(self, stage: str, yes: bool) -> None:
        if stage in self._stores:
            self._stores[stage].connection.execute(f"PRAGMA query_only={'OFF' if yes else 'ON'}")
        else:
            # The month of the tests' articles.
            name = f"{self._index.prefix}news-articles-2026.03"
            if not self.elastic.indices.exists(index=name):
                self.elastic.indices.create(index=name)
            self.elastic.indices.put_settings(index=name, settings={"index.blocks.write": not yes})

    def rewind(self, stage: str) -> None:
        self.client.run(self._commit(stage, dict.fromkeys(BY_STAGE[stage].reads, 0)))

    def restart(self, stage: str, *, same_file: bool = False, cut_after: int | None = None, **rules: Any) -> None:
        """With the file that was there or, like on another machine, without."""
        config = self.config.model_copy(update=rules)
        built = stage_of(stage, config)
        node = BY_STAGE[stage]
        state: KafkaStateLog[Any] | None = None
        if node.state == "log":
            path = self.config.data_dir / f"{stage}-{uuid4().hex}.sqlite"
            if same_file:
                path = self._stores[stage].path
            # The one before may go on, like a process that was thought dead.
            self._stores[stage] = Store(path)
            self._opened.append(self._stores[stage])
            topic = wire_name(config, state_topic(stage))
            state = KafkaStateLog(self._stores[stage], stage, built.record_type, topic)
        judge = judge_of(built, state, self._stores.get(stage))
        self.workers[stage] = worker = StageWorker(
            node,
            policy_of(stage, judge, config),
            judge,
            state,
            self.client.run(self._sender(cut_after)),
            self.client.run(self._writer()) if stage == "index" else None,
            Progress(stage, 120.0),
            config.message_limit_bytes,
        )
        self.client.run(self._catch_up(worker))

    async def _catch_up(self, worker: StageWorker) -> None:
        if worker.state is not None:
            async with open_lag(self.config) as lag, reader(self.config) as consumer:
                has_history = any((await lag.committed(worker.node.stage)).values())
                await worker.state.catch_up(consumer, has_history=has_history, fold=worker.judge.learn)
            worker.judge.learn(())

    @property
    def progress(self) -> dict[str, Progress]:
        return {stage: worker._progress for stage, worker in self.workers.items()}

    async def _sender(self, cut_after: int | None) -> ProducerSender:
        limit = self.config.message_limit_bytes + 2**20
        producer = AIOKafkaProducer(**client_options(self.config), acks="all", linger_ms=5, max_request_size=limit)
        await begin(self.config, producer.start, producer.stop)
        self._closing.append(producer.stop)
        return ProducerSender(producer, self.config, cut_after)

    async def _writer(self) -> BulkWriter:
        client = async_client(self._index)
        self._closing.append(client.close)
        return BulkWriter(client, self._index)

    def sent(self, topic: str) -> list[Delivery]:
        return list(self.reading.retained(topic))

    def outcome(self, stage: str) -> Outcome:
        node = BY_STAGE[stage]
        outputs = self.sent(node.writes) if node.writes else []
        state = None
        if node.state == "log":
            state = self.reading.verdicts(stage, stage_of(stage, self.config).record_type)
        return outcome_of(outputs, state, self.reading.index, self.reading.ledger, self.reading.letters)

    def waiting(self, stage: str) -> int:
        return self.client.run(self._waiting(stage))

    async def _waiting(self, stage: str) -> int:
        async with open_lag(self.config) as lag:
            return await lag.total(stage)
