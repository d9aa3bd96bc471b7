"""The stage with its log in memory, and a past in which its actors are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.alert.rules import AlertRules
from services.alert.stage import AlertStage
from services.alert.verdict import AlertVerdict
from shared.contracts import Alert, ClusteredArticle
from shared.judge import Stateful
from shared.stage import Emit

KNOWN = ("ann", "bob", "cid", "dan", "eve")


@dataclass
class MemoryLog:
    """Records as bytes, as every real log keeps them."""

    bodies: dict[str, bytes] = field(default_factory=dict)

    def get(self, id_: str) -> AlertVerdict | None:
        return AlertVerdict.from_bytes(self.bodies[id_]) if id_ in self.bodies else None

    def group(self, group: str) -> list[AlertVerdict]:
        return [record for record in self.read() if record.group == group]

    def append(self, record: AlertVerdict) -> None:
        self.bodies.setdefault(record.id, record.to_bytes())

    def read(self) -> list[AlertVerdict]:
        return [AlertVerdict.from_bytes(body) for body in self.bodies.values()]


class Newsroom:
    """Publishes stories and gathers the alerts that they lead to."""

    def __init__(self, make: Callable[..., ClusteredArticle], rules: AlertRules, log: MemoryLog | None = None) -> None:
        self.rules = rules
        self.log = log or MemoryLog()
        self._make = make
        self._judge = Stateful(AlertStage(rules), self.log)
        self._judge.restore()
        self._number = len(self.log.bodies)

    def tell(self, message: ClusteredArticle) -> list[Alert]:
        outcomes = self._judge(message)
        alerts = [outcome.message for outcome in outcomes if isinstance(outcome, Emit)]
        assert len(alerts) == len(outcomes)
        assert all(isinstance(alert, Alert) for alert in alerts)
        return alerts  # type: ignore[return-value]

    def story(self, actors: Sequence[Any], at: datetime, owner: str = "", **more: Any) -> list[Alert]:
        """A story of its own; without an owner, by a paper of its own."""
        self._number += 1
        url = more.pop("url", f"https://paper-{self._number}.example/{self._number}")
        return self.tell(self._make(url, actors, at=at, owner=owner or None, **more))

    def past(self, until: datetime, days: int = 60, actors: Sequence[str] = KNOWN) -> None:
        """A story of every actor each fourth day, among six others a day, ending a week before `until`."""
        for day in range(days, 7, -1):
            at = until - timedelta(days=day)
            for number, actor in enumerate(actors):
                if day % 4 == number % 4:
                    self.story((actor,), at)
            for other in range(6):
                self.story((f"other-{day}-{other}",), at)
        for hour in range(7 * 24, 0, -4):
            self.story((f"other-{hour}",), until - timedelta(hours=hour))

    def restarted(self) -> Newsroom:
        again = Newsroom(self._make, self.rules, MemoryLog(dict(self.log.bodies)))
        again._number = self._number
        return again


@pytest.fixture
def newsroom(make_clustered: Callable[..., ClusteredArticle]) -> Callable[..., Newsroom]:
    def build(**rules: Any) -> Newsroom:
        return Newsroom(make_clustered, replace(AlertRules(), **rules))

    return build


@pytest.fixture
def room(newsroom: Callable[..., Newsroom], noon: datetime) -> Newsroom:
    """With the defaults, and a past until noon."""
    opened = newsroom()
    opened.past(noon)
    return opened
