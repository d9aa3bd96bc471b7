"""How an alert stands for whoever is told of it: whether it is news, whether it is muted, whether it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.contracts import Alert
from shared.contracts.alert import TOLD


def is_over(alert: Alert) -> bool:
    """Closed, or not true any more."""
    return alert.status == "closed" or alert.retracted


def is_muted(alert: Alert, now: datetime) -> bool:
    return alert.muted_until is not None and alert.muted_until > now


def updated(alert: Alert) -> datetime:
    """When this version is from, for formats that tell versions apart by it: the time of the newest story, and a second for each version.

    Versions bear no time of their own, since a replay must give the same alert; that one closes or is retracted comes without a story.
    """
    return alert.window.end + timedelta(seconds=alert.version)


def is_for(alert: Alert, channel: str) -> bool:
    """An alert that names no channel is for all."""
    return not alert.channels or channel in alert.channels


def is_news(alert: Alert, now: datetime, *, anyway: bool = False) -> bool:
    """Whether this version is told to who is told every change once; `anyway`, whatever it says of its changes.

    That an alert is over is told of a muted one, too: who heard that it began would else hold it for open for ever.
    """
    # Of a first version nobody has heard, whatever it says of itself: producers before `changes` said nothing.
    changed = anyway or alert.version == 1 or not TOLD.isdisjoint(alert.changes)
    return changed and (is_over(alert) or not is_muted(alert, now))
