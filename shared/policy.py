"""decode → decide → outcome: what happens to one message in one stage. The same in both runtimes; no I/O of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

import structlog
from pydantic import ValidationError

from shared import metrics
from shared.contracts import Alert, ArticleDocument, Contract, DeadLetter, LedgerEntry
from shared.contracts.endings import Ending
from shared.dead_letters import DeadLetterLimit, dead_letter_id
from shared.judge import Judge
from shared.pipeline import CONTRACTS, OF_ENTRIES, Node
from shared.ports import Clock
from shared.retry import Exhausted, Retry
from shared.stage import Drop, Emit, Outcome, Put, Reject
from shared.wire import headers_for

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Original:
    """Key and headers as they came: bytes need not be text, and a header may be there twice."""

    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the runtime read it; `message` is what its bytes say, where the runtime still has it at hand."""

    topic: str
    partition: int
    offset: int
    key: str
    headers: Mapping[str, str]
    value: bytes
    message: Contract | None = None
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """A message to write; `message` is what `value` was made from, where it was made here. Of a dead letter, `original` is what
    it came with, to be written in the place of `key` and of headers of the same names."""

    topic: str
    key: str
    headers: dict[str, str]
    value: bytes
    message: Contract | None = None
    original: Original | None = None


@dataclass(slots=True)
class Result:
    """Everything that one message leads to; the runtime writes it in one transaction, or in the safe order."""

    sends: list[Send] = field(default_factory=list)
    documents: list[ArticleDocument | Alert] = field(default_factory=list)
    overwrite: bool = False
    """The documents replace an equal revision, too: they were made anew."""
    endings: list[LedgerEntry] = field(default_factory=list)
    dead_letter: DeadLetter | None = None


class Policy:
    """Drives one stage."""

    def __init__(self, node: Node, judge: Judge, clock: Clock, retry: Retry, limit: DeadLetterLimit) -> None:
        self._node = node
        self._judge = judge
        self._clock = clock
        self._retry = retry
        self._limit = limit
        # Looking a label up takes longer than counting.
        stage = node.stage
        self._received, self._sent = metrics.RECEIVED.labels(stage), metrics.SENT.labels(stage)
        self._duration, self._age = metrics.DURATION.labels(stage), metrics.ARTICLE_AGE.labels(stage)

    def process(self, delivery: Delivery) -> Result:
        """Raises `Unavailable`: wait and try again."""
        self._received.inc()
        started = perf_counter()
        try:
            message = delivery.message or CONTRACTS[delivery.topic].from_bytes(delivery.value)
        except ValidationError as error:
            result = Result()
            self._bury(delivery, result, _entry_id(delivery), "undecodable", str(error), attempts=1)
        else:
            result = self._decide(delivery, message)
        self._sent.inc(len(result.sends))
        self._duration.observe(perf_counter() - started)
        self._limit.count(dead=result.dead_letter is not None)
        return result

    def refuse(self, delivery: Delivery, code: str, error: str) -> Result:
        """What becomes of a message whose outputs nobody would take: an index, a topic. To be called in place of `process`'s result."""
        result = Result()
        self._bury(delivery, result, _entry_id(delivery), code, error, attempts=1)
        self._limit.count(dead=True)
        return result

    def check(self) -> None:
        """Raises `StageStopped` when too much of what was processed, and by now stored, became dead letters."""
        self._limit.check()

    def _decide(self, delivery: Delivery, message: Contract) -> Result:
        entry_id = _entry_id(delivery, message)
        try:
            # Writing the outputs as bytes is tried with the verdict: an output that cannot be written is a failure like any other.
            return self._retry.run(lambda: self._result(delivery, entry_id, self._judge(message)))
        except Exhausted as failure:
            cause = failure.__cause__
            log.error("stage failed", stage=self._node.stage, offset=delivery.offset, exc_info=cause)
            result = Result()
            self._bury(delivery, result, entry_id, type(cause).__name__, str(cause), failure.attempts)
            return result

    def _result(self, delivery: Delivery, entry_id: str | None, outcomes: Sequence[Outcome]) -> Result:
        result = Result()
        for outcome in outcomes:
            match outcome:
                case Emit(key, emitted):
                    if isinstance(emitted, Alert) and emitted.version == 1:
                        metrics.ALERTS.labels(emitted.alert_class).inc()
                    assert self._node.writes is not None, f"{self._node.stage} has no output topic"
                    self._send(delivery, key, emitted, result)
                case Put(document, overwrite):
                    result.documents.append(document)
                    result.overwrite |= overwrite
                    if isinstance(document, ArticleDocument):
                        happened = document.published or document.first_seen
                        age = (self._clock.now() - happened).total_seconds()
                        if not overwrite:  # it is no late news
                            self._age.observe(max(0.0, age))
                        ending: Ending = "revision" if document.revision > 1 else "indexed"
                        self._end(result, entry_id, ending, article_id=document.id)
                case Drop(code, detail, same_as):
                    metrics.DROPPED.labels(self._node.stage, code).inc()
                    self._end(result, entry_id, "same" if same_as else "dropped", code, detail, same_as)
                case Reject(code, detail):
                    self._bury(delivery, result, entry_id, code, detail, attempts=1)
        return result

    def _send(self, delivery: Delivery, key: str, message: Contract, result: Result) -> None:
        topic = self._node.writes or ""
        headers = headers_for(topic, key, message, self._node.stage, delivery.headers, self._clock.now())
        result.sends.append(Send(topic, key, headers, message.to_bytes(), message))

    def _bury(
        self, delivery: Delivery, result: Result, entry_id: str | None, code: str, error: str, attempts: int
    ) -> None:
        stage = self._node.stage
        metrics.DEAD_LETTERS.labels(stage, code).inc()
        # An error may quote what made it, lone surrogates too; its own words must not be what cannot be stored.
        error = error.encode("utf-8", "replace").decode()
        result.dead_letter = DeadLetter(
            id=dead_letter_id(stage, delivery.topic, delivery.partition, delivery.offset),
            stage=stage,
            code=code,
            error=error[:2_000],
            attempts=attempts,
            topic=delivery.topic,
            partition=delivery.partition,
            offset=delivery.offset,
            key=delivery.key,
            headers=dict(delivery.headers),
            value=delivery.value,
            entry_id=entry_id,
            at=self._clock.now(),
        )
        self._end(result, entry_id, "dead-letter", code, error[:300])

    def _end(
        self,
        result: Result,
        entry_id: str | None,
        ending: Ending,
        code: str | None = None,
        detail: str = "",
        article_id: str | None = None,
    ) -> None:
        if entry_id is None or not self._node.ends_entries:
            return
        stage = self._node.stage
        at = self._clock.now()
        result.endings.append(
            LedgerEntry(
                entry_id=entry_id, ending=ending, stage=stage, code=code, detail=detail, article_id=article_id, at=at
            )
        )


def _entry_id(delivery: Delivery, message: Contract | None = None) -> str | None:
    """The entry that a message is about; none for an alert. The header first: it is there even where the message is unreadable."""
    if delivery.topic not in OF_ENTRIES:
        return None
    return delivery.headers.get("ce_id") or getattr(message, "entry_id", None)
