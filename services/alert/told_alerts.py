"""Alerts as they were told: who is open, the day's budget, mutes and the dispersion; folded from the records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.alert.dispersion import DEFAULT
from services.alert.renaming import PairKey, current_pair
from services.alert.verdict import AlertVerdict
from shared.columns import Column, Columns, column_of_json, json_of
from shared.contracts import Alert
from shared.stage import StateLog


class Newest(NamedTuple):
    """The newest version of an alert, and the record that it stands in."""

    version: int
    record: str


class ToldAlerts:
    """One open alert per pair, over all windows and rules. `renamed`: the actor that an id stands for now."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        self._open: dict[str, Alert] = {}
        self._of_pair: defaultdict[PairKey, list[str]] = defaultdict(list)
        """Ids of all alerts that a pair had, oldest first. Two that are open at once can only come of two actors that became one."""
        self._ended: dict[PairKey, datetime] = {}
        self._opened_on: Counter[date] = Counter()
        self._opened_by_rule_on: Counter[tuple[str, date]] = Counter()
        self._tested_on: Counter[tuple[date, bool]] = Counter()
        self._newest: dict[str, Newest] = {}
        self._of_event: defaultdict[str, set[str]] = defaultdict(set)
        self._mutes: dict[PairKey, datetime] = {}
        self._fitted = DEFAULT
        self._fitted_on = date.min
        self._records: list[str] = []
        """Ids of those that say more than how many pairs were tested: one in a hundred."""

    def add(self, record: AlertVerdict) -> None:
        if record.tested or record.tested_again:
            day = record.day
            self._tested_on[day, True] += record.tested
            self._tested_on[day, False] += record.tested_again
        if record.alerts or record.decision is not None or record.dispersion is not None:
            self._records.append(record.id)
        if record.dispersion is not None and record.fitted_on is not None:
            self._fitted, self._fitted_on = record.dispersion, record.fitted_on
        decision = record.decision
        if decision is not None and decision.kind == "mute":
            if decision.until is not None and decision.until > decision.at:
                self._mutes[self._key(decision.actors)] = decision.until
            else:
                self._mutes.pop(self._key(decision.actors), None)
        for alert in record.alerts:
            self._tell(alert, record)

    def _tell(self, alert: Alert, record: AlertVerdict) -> None:
        key = self._key((alert.actors[0].id, alert.actors[1].id))
        if alert.id not in self._newest:
            # By the day on which it was read: what is dated back has no budget of its own.
            self._opened_on[record.day] += 1
            self._opened_by_rule_on[alert.rule, record.day] += 1
            self._of_pair[key].append(alert.id)
        if alert.version >= self.newest_version(alert.id):
            self._newest[alert.id] = Newest(alert.version, record.id)
        before = self._open.pop(alert.id, None)
        for event in before.events if before else ():
            self._of_event[event].discard(alert.id)
            if not self._of_event[event]:
                del self._of_event[event]
        if alert.status == "open":
            self._open[alert.id] = alert
            for event in alert.events:
                self._of_event[event].add(alert.id)
        elif not alert.retracted or alert.judgement is not None:
            # What was taken back was no news, so the pair need not rest. A wrong entity would only be found again.
            self._ended[key] = max(alert.window.end, self._ended.get(key, alert.window.end))

    def _key(self, pair: PairKey) -> PairKey:
        return current_pair(*pair, self._renamed)

    def get(self, key: PairKey) -> Alert | None:
        """The open alert of the pair."""
        found = [self._open[id_] for id_ in self._of_pair.get(self._key(key), ()) if id_ in self._open]
        return max(found, key=lambda alert: alert.window.end, default=None)

    def of_pair(self, key: PairKey) -> list[str]:
        """Ids of all that it had, closed ones too."""
        return list(self._of_pair.get(self._key(key), ()))

    def newest_version(self, alert_id: str) -> int:
        """0 for one that is not known."""
        newest = self._newest.get(alert_id)
        return newest.version if newest else 0

    def record_of(self, alert_id: str) -> str | None:
        """The id of the record that the alert's newest version stands in."""
        newest = self._newest.get(alert_id)
        return newest.record if newest else None

    def of_events(self, events: tuple[str, ...]) -> list[str]:
        """Ids of open alerts about one of these happenings."""
        return sorted({id_ for event in events for id_ in self._of_event.get(event, ())})

    def open(self, alert_id: str) -> Alert | None:
        return self._open.get(alert_id)

    def muted_until(self, key: PairKey, at: datetime) -> datetime | None:
        until = self._mutes.get(self._key(key))
        return until if until is not None and until > at else None

    def ended(self, key: PairKey) -> datetime | None:
        """When the pair's last closed alert had its last story."""
        return self._ended.get(self._key(key))

    def opened_on(self, day: date) -> int:
        return self._opened_on[day]

    def opened_by_rule_on(self, rule: str, day: date) -> int:
        return self._opened_by_rule_on[rule, day]

    def tested_on(self, day: date, *, new: bool) -> int:
        """Pairs that were tested, new ones or those that were together before."""
        return self._tested_on[day, new]

    def dispersion(self) -> float:
        """As it was fitted last."""
        return self._fitted

    def fitted_on(self) -> date:
        """The day of that."""
        return self._fitted_on

    def columns(self) -> dict[str, Column]:
        """No word of an alert: those are read in the log again."""
        tested = [(day.isoformat(), new, count) for (day, new), count in self._tested_on.items()]
        return {"tested": column_of_json(tested), "records": column_of_json(self._records)}

    @classmethod
    def of(cls, columns: Columns, renamed: Mapping[str, str], log: StateLog[AlertVerdict]) -> ToldAlerts:
        """As it was that gave these columns; `log` has the records. Raises `LookupError` where it has not."""
        made = cls(renamed)
        for id_ in json_of(columns["records"]):
            record = log.get(id_)
            if record is None:
                raise LookupError(f"no record {id_}")
            made.add(record)
        tested = json_of(columns["tested"])
        made._tested_on = Counter({(date.fromisoformat(day), new): count for day, new, count in tested})
        return made

    def overdue(self, now: datetime, close_after: timedelta) -> Iterator[Alert]:
        """Open alerts without a story for longer than `close_after` before `now` (event time)."""
        for alert in self._open.values():
            if now - alert.window.end > close_after:
                yield alert
