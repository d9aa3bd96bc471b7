"""Trying again what cannot be done now, for as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
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
    failed = False
    down = ExitStack()
    # From the first failure to the success: whoever looks during an attempt shall not take it for over.
    with down:
        while True:
            try:
                result = await attempt()
                break
            except Unavailable as error:
                if not failed:
                    down.enter_context(progress.waiting(str(error)))
                pause = next(pauses)
                log.warning("waiting", stage=progress.stage, reason=str(error), seconds=pause)
                failed = True
                await asyncio.sleep(pause)
    if failed:
        log.warning("available again", stage=progress.stage)
    return result
