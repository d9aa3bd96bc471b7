"""The outbox: `news.alert.v1` itself, and for each channel the place up to which it was told. At least once, in order.

A channel's place moves on only when its receiver has taken the message, so a process that is killed in between tells it again, under the
same id. A receiver that is down is waited for, however long; the other channels do not notice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Protocol

import structlog
from pydantic import ValidationError

from services.alert.channels import Channel
from services.alert.told.standing import is_for, is_news
from shared import metrics
from shared.contracts import Alert, DeadLetter
from shared.contracts.ids import content_id
from shared.policy import Delivery
from shared.ports import Clock, Declined, Notifier, NotNow
from shared.retry import backoff
from shared.runtime.crash_points import reached
from shared.stage import Unavailable

log = structlog.get_logger()

ATTEMPTS = 3
"""For a message that the receiver has something against, before another is tried."""
PATIENCE_S = 600.0
"""How long any other message is tried before another is. See `Telling`."""
LONGEST_PAUSE_S = 300.0
FOR_CHANNEL = "newsloom_channel"
"""Header of a message that is for one channel alone: a dead letter of that channel which was put back."""
CODE = "channel-declined"


class AlertLog(Protocol):
    """The topic of alerts as one channel reads it."""

    async def read(self) -> Sequence[Delivery]:
        """What the channel was not told of yet, oldest first, not all at once; empty where there is nothing now. Raises `Unavailable`."""
        ...

    async def commit(self, delivery: Delivery, letter: DeadLetter | None) -> None:
        """The channel is through with the message, and `letter` is kept. Raises `Unavailable` with nothing changed."""
        ...

    async def waiting(self) -> int:
        """Messages that the channel is not through with."""
        ...

    def in_doubt(self, delivery: Delivery) -> bool:
        """Whether earlier versions may be gone that the channel was not told of: then this one says less than what has changed."""
        ...

    async def close(self) -> None: ...

    def is_ours(self) -> bool:
        """Whether it is still this process that is to tell the channel."""
        ...


class Telling:
    """Tells one channel every change of every alert.

    Is the receiver down, or is it one message that it cannot take? An answer does not tell: some say 500 or "forbidden" to a message for
    its words, and whoever writes such words could silence the channel; others say 400 to all, since their address is wrong. So, after
    some patience, a later message is tried. Only if that one is taken, and the first one still is not, it is buried among the dead
    letters. Otherwise all wait, however long: nothing is lost.
    """

    def __init__(
        self, channel: Channel, alerts: AlertLog, notifier: Notifier, clock: Clock, stop: asyncio.Event
    ) -> None:
        """`clock` is the one that mutes are by."""
        self.channel = channel
        self.waits_for: str | None = None
        """Why the channel cannot be told, for people; None while it can."""
        self._log = alerts
        self._notifier = notifier
        self._clock = clock
        self._stop = stop
        self._labels = (channel.name, channel.type)
        self._ahead: set[int] = set()
        """Offsets of messages that were told before their turn."""

    async def run(self, idle_s: float) -> None:
        """Until `stop`; looks for news every `idle_s` seconds."""
        pauses = backoff(longest=LONGEST_PAUSE_S)
        try:
            while not self._stop.is_set():
                try:
                    told = await self.round()
                    pauses = backoff(longest=LONGEST_PAUSE_S)
                    pause = 0.0 if told else idle_s
                except Unavailable as error:
                    pause = next(pauses)
                    self._note(str(error), pause)
                await rest(self._stop, pause)
        finally:
            await self._notifier.close()
            await self._log.close()

    async def round(self) -> int:
        """Tells what there is to tell; returns how many messages the channel is through with. Raises `Unavailable` of the log."""
        deliveries = await self._log.read()
        metrics.NOTIFICATIONS_WAITING.labels(*self._labels).set(await self._log.waiting())
        done = 0
        for delivery in deliveries:
            alert = self._told_of(delivery)
            letter = None
            if alert is not None and delivery.offset not in self._ahead:
                letter, is_through = await self._deliver(delivery, alert)
                if not is_through:
                    return done
                reached("outbox:told")
            await self._log.commit(delivery, letter)
            self._ahead.discard(delivery.offset)
            done += 1
        if done:
            metrics.NOTIFICATIONS_WAITING.labels(*self._labels).set(await self._log.waiting())
        return done

    async def behind(self) -> int:
        return await self._log.waiting()

    def _told_of(self, delivery: Delivery) -> Alert | None:
        """The alert that the channel is to be told of; None where the message is none for it."""
        only = delivery.headers.get(FOR_CHANNEL)
        if only is not None and only != self.channel.name:
            return None
        try:
            alert = Alert.from_bytes(delivery.value)
        except ValidationError:
            # Nobody can tell what it says; `index` reads it too, and keeps it as a dead letter.
            log.error("no alert", channel=self.channel.name, offset=delivery.offset)
            return None
        if not is_for(alert, self.channel.name):
            return None
        # Put back by a person, or in doubt: once more is better than not at all.
        anyway = only is not None or self._log.in_doubt(delivery)
        return alert if is_news(alert, self._clock.now(), anyway=anyway) else None

    async def _deliver(self, delivery: Delivery, alert: Alert) -> tuple[DeadLetter | None, bool]:
        """(a dead letter where it cannot be taken, whether the channel is through with it). Not through: it is to stop. Raises
        `Unavailable` of the log."""
        pauses = backoff(longest=LONGEST_PAUSE_S)
        attempts, since = 0, time.monotonic()
        while self._log.is_ours() and not self._stop.is_set():
            error = await self._attempt(alert)
            if error is None:
                return None, True
            attempts += 1
            by_message = isinstance(error, Declined) and error.by_message
            if attempts >= ATTEMPTS if by_message else time.monotonic() - since > PATIENCE_S:
                if await self._takes_another(delivery, alert):
                    if (again := await self._attempt(alert)) is None:
                        return None, True
                    self._count("buried")
                    log.error("a message is not taken", channel=self.channel.name, alert=alert.id, reason=str(again))
                    self._note(None)
                    return self._letter(delivery, alert, str(again), attempts), True
                attempts, since = 0, time.monotonic()
            pause = max(next(pauses), getattr(error, "retry_after", None) or 0.0)
            self._note(str(error), pause)
            await rest(self._stop, pause)
        return None, False

    async def _attempt(self, alert: Alert) -> NotNow | Declined | None:
        """What the receiver has against it; None where it has taken it."""
        try:
            await self._notifier.tell(alert)
        except NotNow as error:
            self._count("unavailable")
            return error
        except Declined as error:
            self._count("declined")
            return error
        self._count("told")
        self._note(None)
        return None

    async def _takes_another(self, delivery: Delivery, alert: Alert) -> bool:
        """Whether a later message is taken. One of another alert: the versions of one stay in their order."""
        for later in await self._log.read():
            other = self._told_of(later)
            if later.offset <= delivery.offset or other is None or other.id == alert.id:
                continue
            if later.offset in self._ahead:
                return True
            if await self._attempt(other) is None:
                self._ahead.add(later.offset)
                return True
            return False
        return False

    def _letter(self, delivery: Delivery, alert: Alert, error: str, attempts: int) -> DeadLetter:
        """Put back it goes to this channel alone, and under a key of its own: an old version must never take the place of a newer one in
        the compacted topic."""
        place = (delivery.topic, str(delivery.partition), str(delivery.offset))
        return DeadLetter(
            id=content_id("dead-letter", "alert", self.channel.name, *place),
            stage="alert",
            code=CODE,
            error=f"{self.channel.name}: {error}"[:2_000],
            attempts=attempts,
            topic=delivery.topic,
            partition=delivery.partition,
            offset=delivery.offset,
            key=f"{alert.id}.{alert.version}@{self.channel.name}",
            headers={**delivery.headers, FOR_CHANNEL: self.channel.name},
            value=delivery.value,
            entry_id=None,
            at=self._clock.now(),
        )

    def _count(self, outcome: str) -> None:
        metrics.NOTIFICATIONS.labels(*self._labels, outcome).inc()

    def _note(self, reason: str | None, pause: float = 0.0) -> None:
        if reason is not None:
            log.warning("channel waits", channel=self.channel.name, reason=reason, seconds=round(pause, 1))
        elif self.waits_for is not None:
            log.warning("channel available again", channel=self.channel.name)
        self.waits_for = reason


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Waits, no longer than until `stop`."""
    if seconds > 0:
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return
