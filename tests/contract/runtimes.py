"""What a runtime is asked in the contract: messages go in at one stage, and all that they lead to is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from shared.clock import SystemClock
from shared.dead_letters import DeadLetterLimit
from shared.judge import Judge
from shared.pipeline import BY_STAGE
from shared.policy import Delivery, Policy, Send
from shared.ports import ArticleIndex, LedgerBook, LetterBox
from shared.retry import Retry
from shared.settings import Settings
from shared.stage import StateLog
from shared.stage_builders import build_stage


@dataclass(frozen=True)
class Outcome:
    """All of it but for the times at which it was worked on. What was sent twice is there once: so its readers take it."""

    outputs: list[tuple[str, bytes]]
    records: list[bytes]
    articles: list[str]
    pairs: list[str]
    alerts: list[str]
    endings: list[tuple[Any, ...]]
    letters: list[tuple[Any, ...]]


class Runtime(Protocol):
    """One runtime with nothing in it yet. Everything may be called for any stage, in any order."""

    config: Settings

    def put(self, *sends: Send) -> None:
        """Messages into the topics that they name."""
        ...

    def work(self, stage: str) -> None:
        """On all that waits for the stage, in batches. Raises what ends the process."""
        ...

    def work_in_trouble(self, stage: str) -> Outcome:
        """The same, while what the stage keeps (verdicts, documents) cannot be written at first; returns how it looked meanwhile."""
        ...

    def rewind(self, stage: str) -> None:
        """As if nothing had been acknowledged."""
        ...

    def restart(self, stage: str, **rules: Any) -> None:
        """Another process takes the stage's place, maybe with other settings."""
        ...

    def sent(self, topic: str) -> list[Delivery]: ...

    def outcome(self, stage: str) -> Outcome: ...

    def waiting(self, stage: str) -> int:
        """Messages that the stage has not acknowledged."""
        ...


@cache
def stage_of(name: str, config: Settings) -> Any:
    """Building one takes seconds, and none of them remembers anything by itself."""
    return build_stage(name, config)


def policy_of(stage: str, judge: Judge, config: Settings) -> Policy:
    limit = DeadLetterLimit(stage, share=config.dead_letter_share)
    return Policy(BY_STAGE[stage], judge, SystemClock(), Retry(config.attempts), limit)


def outcome_of(
    outputs: Iterable[Delivery],
    state: StateLog[Any] | None,
    index: ArticleIndex,
    ledger: LedgerBook,
    letters: LetterBox,
) -> Outcome:
    index.refresh()
    return Outcome(
        outputs=list(dict.fromkeys((each.key, each.value) for each in outputs)),
        records=[record.to_bytes() for record in state.read()] if state else [],
        articles=sorted(document.model_dump_json() for document in index.documents()),
        pairs=[repr(pair) for pair in index.pairs()],
        alerts=[alert.model_dump_json() for alert in index.alerts()],
        endings=sorted(ledger.rows()),
        letters=sorted(
            (
                each.id,
                each.stage,
                each.code,
                each.error,
                each.attempts,
                each.key,
                each.value,
                sorted(each.headers.items()),
            )
            for each in letters.waiting()
        ),
    )
