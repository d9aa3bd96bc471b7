"""What feeds a pipeline, of either runtime: a command hands over what it read and can wait until all of it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from services.fetch.feed_state import FeedState
from services.fetch.writing import Brought
from shared.contracts import DeadLetter, Entry
from shared.policy import Send
from shared.ports import Clock, Reading
from shared.settings import Settings


class Intake(Protocol):
    """Where entries and feed states go, and dead letters go back to."""

    def take(
        self,
        entries: Sequence[Entry],
        now: datetime,
        *,
        feed: FeedState | None = None,
        unreadable: Sequence[DeadLetter] = (),
    ) -> int:
        """Returns how many entries are new. Raises `Unavailable` with nothing written."""
        ...

    def take_all(self, brought: Sequence[Brought]) -> list[int]:
        """The same for several polls: each whole or not at all."""
        ...

    def replay(self, letters: Sequence[DeadLetter]) -> int:
        """Puts dead letters back where they came from; returns how many."""
        ...


class Feeding(Protocol):
    """Use as a context manager."""

    config: Settings
    clock: Clock
    data_dir: Path

    @property
    def intake(self) -> Intake: ...

    @property
    def reading(self) -> Reading: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def start(self) -> None:
        """From now on the pipeline works beside the caller."""
        ...

    def wake(self) -> None:
        """There is something new."""
        ...

    def work(self) -> None:
        """For callers that do not `start`: what was handed over is worked on, as far as this process does so."""
        ...

    def check(self) -> None:
        """Raises what ended the pipeline, if anything did."""
        ...

    def send(self, sends: Sequence[Send]) -> None:
        """Messages of the pipeline as they are: no ledger, no state. Returns when they are stored."""
        ...

    def pause(self, seconds: float) -> bool:
        """Waits, in a thread that is not the event loop's; True when the session ended meanwhile."""
        ...

    async def room(self) -> None:
        """Back-pressure: waits until the pipeline has caught up."""
        ...

    async def settled(self) -> None:
        """Waits until every stage has consumed everything, and it can be read."""
        ...

    def unread(self) -> dict[str, int]:
        """Messages that wait, by stage; only stages that something waits for."""
        ...

    def told(self, patience_s: float) -> dict[str, str]:
        """Waits, at most so many seconds, until every channel was told what there is; returns those that are behind, each with why. In a
        thread that is not the event loop's."""
        ...
