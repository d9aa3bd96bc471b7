"""One stage on Kafka: what a batch of messages leads to, written in the order that loses nothing.

Records of verdicts first, then documents and messages, and only when all of it is stored does the caller acknowledge the batch. A
process killed in between does some of it again, and every part of it is the same the second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Protocol

from shared import metrics
from shared.adapters.kafka.state_log import KafkaStateLog
from shared.contracts import Alert, ArticleDocument
from shared.judge import Judge
from shared.messages import messages_of
from shared.pipeline import Node, dead_letter_topic, state_topic
from shared.policy import Delivery, Policy, Result, Send
from shared.ports import Refused
from shared.retry import backoff
from shared.runtime.crash_points import reached
from shared.runtime.progress import Progress
from shared.runtime.waiting import until_available
from shared.stage import Unavailable

MARGIN = 64 * 1024
"""Of a topic's largest message, what is left for keys and headers."""


class Writer(Protocol):
    """Where documents go. Writing the same again changes nothing."""

    async def write(
        self, documents: Sequence[ArticleDocument | Alert], *, overwrite: bool = False
    ) -> Sequence[Refused]:
        """Returns what was refused. Raises `Unavailable`: wait and write again."""
        ...


class Sender(Protocol):
    """Writes messages in the order of the calls."""

    async def send(self, send: Send) -> Awaitable[int]:
        """Returns when the message is on its way; the result, when all replicas have it, with its offset."""
        ...


class StageWorker:
    """Drives one stage. `work` returns when everything that the messages lead to is stored."""

    def __init__(
        self,
        node: Node,
        policy: Policy,
        judge: Judge,
        state: KafkaStateLog[Any] | None,
        sender: Sender,
        writer: Writer | None,
        progress: Progress,
        message_limit: int,
    ) -> None:
        self.node = node
        self.state = state
        self.judge = judge
        self._policy = policy
        self._sender = sender
        self._writer = writer
        self._progress = progress
        self._limit = message_limit - MARGIN

    async def work(self, deliveries: Sequence[Delivery]) -> None:
        """Raises whatever must end the process before anything is acknowledged."""
        results = await self._judged(deliveries)
        reached(f"kafka-{self.node.stage}:decided")
        if self.state is not None:
            await self._record(self.state)
        reached(f"kafka-{self.node.stage}:recorded")
        if self._writer is not None:
            await self._index(self._writer, deliveries, results)
        reached(f"kafka-{self.node.stage}:indexed")
        pairs = zip(deliveries, results, strict=True)
        await self._send([send for delivery, result in pairs for send in self._messages(delivery, result)])
        reached(f"kafka-{self.node.stage}:sent")
        self._progress.advanced()

    def check(self) -> None:
        """Raises `StageStopped` when too much of what was worked on became dead letters; to be asked when it is acknowledged."""
        self._policy.check()

    async def _judged(self, deliveries: Sequence[Delivery]) -> list[Result]:
        """In a thread, so that the event loop goes on answering; nobody else uses the stage meanwhile."""

        async def attempt() -> list[Result]:
            try:
                return await asyncio.to_thread(self._process, deliveries)
            except Unavailable:
                if self.state is not None:
                    self.state.discard()
                    self.judge.restore()
                raise

        return await until_available(attempt, self._progress)

    def _process(self, deliveries: Sequence[Delivery]) -> list[Result]:
        results = []
        for delivery in deliveries:
            result = self._policy.process(delivery)
            if any(len(send.value) > self._limit for send in result.sends):
                result = self._policy.refuse(delivery, "too-large", "what it leads to is larger than a message may be")
            results.append(result)
        return results

    async def _record(self, state: KafkaStateLog[Any]) -> None:
        records = state.pending()
        if not records:
            return
        topic, headers = state_topic(self.node.stage), {"content-type": "application/json"}
        state.accept(await self._send([Send(topic, record.id, headers, record.to_bytes()) for record in records]))
        reached(f"kafka-{self.node.stage}:logged")
        await until_available(lambda: asyncio.to_thread(state.flush), self._progress)
        await asyncio.to_thread(self.judge.committed)
        metrics.STATE_RECORDS.labels(self.node.stage).set(state.next_offset)

    async def _index(self, writer: Writer, deliveries: Sequence[Delivery], results: list[Result]) -> None:
        """A document that the index refuses makes its message a dead letter; one that it cannot take now waits, and all with it."""
        refused: dict[str, str] = {}
        for overwrite in (False, True):
            documents = [each for result in results if result.overwrite is overwrite for each in result.documents]
            if documents:
                write = partial(writer.write, documents, overwrite=overwrite)
                found = await until_available(write, self._progress, backoff(longest=15.0))
                refused |= {each.document.id: each.reason for each in found}
        for place, (delivery, result) in enumerate(zip(deliveries, results, strict=True)):
            reasons = [refused[document.id] for document in result.documents if document.id in refused]
            if reasons:
                results[place] = self._policy.refuse(delivery, "index-refused", reasons[0])

    async def _send(self, sends: Sequence[Send]) -> list[int]:
        """Returns the offsets, when all of it is stored."""
        futures = [await self._sender.send(send) for send in sends]
        return await asyncio.gather(*futures)

    def _messages(self, delivery: Delivery, result: Result) -> list[Send]:
        buried = dead_letter_topic(self.node.stage)
        notes = messages_of(result)
        return [
            *result.sends,
            *(replace(send, original=delivery.original) if send.topic == buried else send for send in notes),
        ]
