"""Shows one channel how alerts stand: whenever something has changed, and where the channel forgets, every so often.

Nothing is kept of what was shown: whatever was missed, the next time says all of it.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

import structlog

from services.alert.channels import Channel
from shared import metrics
from shared.alert_board import AlertBoard
from shared.ports import Clock, Declined, Display
from shared.retry import backoff
from shared.runtime.outbox import LONGEST_PAUSE_S, rest
from shared.stage import Unavailable

log = structlog.get_logger()


class BoardSource(Protocol):
    """Where the board's alerts come from."""

    board: AlertBoard

    async def refresh(self) -> bool:
        """Folds what has come; whether the board has changed. Raises `Unavailable`."""
        ...

    def is_ours(self) -> bool:
        """Whether it is this process that is to show them, and it knows all of them."""
        ...

    async def waiting(self) -> int:
        """Messages that are not folded yet."""
        ...

    async def close(self) -> None: ...


class Showing:
    """The loop of one channel."""

    def __init__(
        self, channel: Channel, source: BoardSource, display: Display, clock: Clock, stop: asyncio.Event
    ) -> None:
        """`clock` is the one that mutes are by."""
        self.channel = channel
        self.waits_for: str | None = None
        self._source = source
        self._display = display
        self._clock = clock
        self._stop = stop
        self._due = True
        self._shown_at = -float("inf")
        self._labels = (channel.name, channel.type)

    async def run(self, idle_s: float) -> None:
        """Until `stop`; looks for news every `idle_s` seconds."""
        longest = min(self._display.renew_every_s or LONGEST_PAUSE_S, LONGEST_PAUSE_S)
        pauses = backoff(first=min(0.5, longest), longest=longest)
        try:
            while not self._stop.is_set():
                pause = idle_s
                try:
                    await self.round()
                    pauses = backoff(first=min(0.5, longest), longest=longest)
                except Unavailable as error:
                    pause = max(next(pauses), min(getattr(error, "retry_after", None) or 0.0, longest))
                    self._failed("unavailable", str(error), pause)
                except Declined as error:
                    pause = next(pauses)
                    self._failed("declined", str(error), pause)
                await rest(self._stop, pause)
        finally:
            await self._display.close()
            await self._source.close()

    async def round(self) -> None:
        """Raises `Unavailable` and `Declined`; the next round tries again, with what has come until then."""
        self._due |= await self._source.refresh()
        renew = self._display.renew_every_s
        if not self._source.is_ours():
            # Whoever takes over shows it; what this process knows may be old when its turn comes again.
            self._due = True
            metrics.NOTIFICATIONS_WAITING.labels(*self._labels).set(0)
            return
        moment = time.monotonic()
        if not self._due and (renew is None or moment - self._shown_at < renew):
            return
        self._due = True
        await self._display.show(self._source.board.of(self.channel.name), self._clock.now())
        self._due, self._shown_at = False, moment
        metrics.NOTIFICATIONS.labels(*self._labels, "told").inc()
        metrics.NOTIFICATIONS_WAITING.labels(*self._labels).set(0)
        if self.waits_for is not None:
            log.warning("channel available again", channel=self.channel.name)
        self.waits_for = None

    async def behind(self) -> int:
        """1 while it does not show how alerts stand now."""
        return int(self._due or await self._source.waiting() > 0)

    def _failed(self, outcome: str, reason: str, pause: float) -> None:
        metrics.NOTIFICATIONS.labels(*self._labels, outcome).inc()
        metrics.NOTIFICATIONS_WAITING.labels(*self._labels).set(1)
        log.warning("channel waits", channel=self.channel.name, reason=reason, seconds=round(pause, 1))
        self.waits_for = reason
