"""When a message becomes a dead letter, and when there are too many of them."""

from __future__ import annotations

from collections import deque
from datetime import datetime

from shared.contracts import DeadLetter, content_id
from shared.errors import StageStopped


def dead_letter_id(stage: str, topic: str, partition: int, offset: int) -> str:
    """A message has one dead letter per stage, however often it is tried."""
    return content_id("dead-letter", stage, topic, str(partition), str(offset))


def never_a_message(
    id_: str, code: str, error: str, where: str, value: bytes, at: datetime, entry_id: str | None = None
) -> DeadLetter:
    """The dead letter of what `fetch` could not read: kept to be looked at; there is no topic to put it back to."""
    return DeadLetter(
        id=id_,
        stage="fetch",
        code=code,
        error=error,
        attempts=1,
        topic="",
        partition=0,
        offset=0,
        key=where,
        headers={},
        value=value,
        entry_id=entry_id,
        at=at,
    )


class DeadLetterLimit:
    """Stops a stage that refuses more than `share` of its last `window` messages.

    A wrong deployment or a broken gazetteer would otherwise drain a whole topic into the dead letters within minutes. A few
    hostile feeds never reach the limit: they make up a small share of what a stage gets.
    """

    def __init__(self, stage: str, *, share: float = 0.5, window: int = 500, minimum: int = 200) -> None:
        self._stage = stage
        self._share = share
        self._minimum = minimum
        self._recent: deque[bool] = deque(maxlen=window)
        self._dead = 0

    def count(self, *, dead: bool) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._dead -= self._recent[0]
        self._recent.append(dead)
        self._dead += dead

    def check(self) -> None:
        """Raises `StageStopped` when the limit is passed. To be asked when what was counted is stored: who comes to look must find it."""
        if len(self._recent) >= self._minimum and self._dead > self._share * len(self._recent):
            raise StageStopped(
                f"{self._stage} stopped: {self._dead} of its last {len(self._recent)} messages became dead letters; "
                f"look at `newsloom dlq list --stage {self._stage}`, mend the cause, start again"
            )
