"""How alerts stand, folded from their topic: the newest version of each, in whatever order and however often they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest

from pydantic import ValidationError

from services.alert.told.standing import is_for, is_over, updated
from shared.contracts import Alert
from shared.policy import Delivery

ENDED_KEPT = 500
"""Alerts that are over and are remembered, the newest: a feed shows some, and an old version that is read again must not open one anew."""


class AlertBoard:
    """Bounded by the number of open alerts."""

    def __init__(self) -> None:
        self._newest: dict[str, Alert] = {}

    def fold(self, alerts: Iterable[Alert]) -> bool:
        """Whether anything was new."""
        changed = False
        for alert in alerts:
            known = self._newest.get(alert.id)
            if known is None or alert.version > known.version:
                self._newest[alert.id] = alert
                changed = True
        if changed:
            self._forget()
        return changed

    def clear(self) -> None:
        self._newest.clear()

    def of(self, channel: str) -> list[Alert]:
        return [alert for alert in self._newest.values() if is_for(alert, channel)]

    def _forget(self) -> None:
        ended = [alert for alert in self._newest.values() if is_over(alert)]
        if len(ended) > 2 * ENDED_KEPT:
            kept = {alert.id for alert in nlargest(ENDED_KEPT, ended, key=updated)}
            for alert in ended:
                if alert.id not in kept:
                    del self._newest[alert.id]


def alerts_of(deliveries: Iterable[Delivery]) -> Iterator[Alert]:
    """Those that can be read; `index` keeps the others as dead letters."""
    for delivery in deliveries:
        try:
            yield Alert.from_bytes(delivery.value)
        except ValidationError:
            continue
