"""Trying again what cannot be done now, for as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import structlog

from shared.retry import backoff
from shared.runtime.progress import Progress
from shared.stage import Unavailable

log = structlog.get_logger()
T = TypeVar("T")


async def until_available(
    attempt: Callable[[], Awaitable[T]], progress: Progress, pauses: Iterator[float] | None = None
) -> T:
    """What `attempt` returns, once it does not raise `Unavailable`. Waits in between as `pauses` says, in seconds."""
    pauses = pauses or backoff()
    while True:
        try:
            return await attempt()
        except Unavailable as error:
            pause = next(pauses)
            log.warning("waiting", stage=progress.stage, reason=str(error), seconds=pause)
            with progress.waiting(str(error)):
                await asyncio.sleep(pause)
