"""Alerts that are open, and the day's budget; folded from the alerts in the records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from services.alert.history import PairKey
from services.alert.verdict import AlertVerdict
from shared.contracts import Alert


def pair_of(alert: Alert) -> PairKey:
    return alert.actors[0].id, alert.actors[1].id


class OpenAlerts:
    """One open alert per pair, over all windows and rules."""

    def __init__(self) -> None:
        self._open: dict[PairKey, Alert] = {}
        self._ended: dict[PairKey, datetime] = {}
        self._opened_on: Counter[date] = Counter()
        self._tested_on: defaultdict[date, int] = defaultdict(int)
        self._newest: dict[str, int] = {}

    def add(self, record: AlertVerdict) -> None:
        self._tested_on[record.event_time.date()] += record.tested
        for alert in record.alerts:
            key = pair_of(alert)
            # An alert whose first version lost evidence begins with a higher one.
            if alert.version == 1 or alert.id not in self._newest:
                self._opened_on[alert.window.end.date()] += 1
            self._newest[alert.id] = max(alert.version, self.newest_version(alert.id))
            if alert.status == "open":
                self._open[key] = alert
            else:
                self._open.pop(key, None)
                self._ended[key] = alert.window.end

    def get(self, key: PairKey) -> Alert | None:
        return self._open.get(key)

    def newest_version(self, alert_id: str) -> int:
        """0 for one that is not known."""
        return self._newest.get(alert_id, 0)

    def ended(self, key: PairKey) -> datetime | None:
        """When the pair's last closed alert had its last story."""
        return self._ended.get(key)

    def opened_on(self, day: date) -> int:
        return self._opened_on[day]

    def tested_on(self, day: date) -> int:
        return self._tested_on[day]

    def overdue(self, now: datetime, close_after: timedelta) -> Iterator[Alert]:
        """Open alerts without a story for longer than `close_after` before `now` (event time)."""
        for alert in self._open.values():
            if now - alert.window.end > close_after:
                yield alert
