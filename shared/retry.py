"""How often a message is tried before it becomes a dead letter, and how long a stage waits for what is down."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from shared.stage import Unavailable

T = TypeVar("T")

_OF_THE_MACHINE = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EROFS, errno.ENOMEM}
)
"""Stages read no files, but libraries unpack their models when they are first asked: no message is to blame for a full disk."""


class Exhausted(Exception):
    """Every attempt raised; `__cause__` is the last error."""

    def __init__(self, attempts: int) -> None:
        super().__init__(f"failed {attempts} times")
        self.attempts = attempts


@dataclass(frozen=True, slots=True)
class Retry:
    """`attempts` in all, without a pause: stages are pure, so what a pause could mend raises `Unavailable` instead."""

    attempts: int = 3

    def run(self, call: Callable[[], T]) -> T:
        """Raises `Exhausted` after the last attempt, `Unavailable` at once, also for what the machine lacks."""
        for attempt in range(1, self.attempts + 1):
            try:
                return call()
            except Unavailable:
                raise
            except Exception as error:
                if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
                    raise Unavailable(str(error)) from error
                # A stage's bug or a message nobody foresaw: whatever it is, it must not stop the rest.
                if attempt == self.attempts:
                    raise Exhausted(attempt) from error
        raise AssertionError("attempts must be at least 1")


def backoff(first: float = 0.5, factor: float = 2.0, longest: float = 60.0) -> Iterator[float]:
    """Seconds to wait before each further try, for ever."""
    pause = first
    while True:
        yield pause
        pause = min(pause * factor, longest)
