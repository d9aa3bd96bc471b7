"""The stage with its log in memory, and a past in which its actors are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from record_log import RecordLog

from services.alert.rules import AlertRules, Figures, Rule
from services.alert.stage import AlertStage
from services.alert.verdict import AlertVerdict
from shared.contracts import Alert, ClusteredArticle, Decision
from shared.judge import Stateful
from shared.stage import Emit

KNOWN = ("ann", "bob", "cid", "dan", "eve")


class Newsroom:
    """Publishes stories and gathers the alerts that they lead to."""

    def __init__(
        self, make: Callable[..., ClusteredArticle], rules: AlertRules, log: RecordLog[AlertVerdict] | None = None
    ) -> None:
        self.rules = rules
        self.log = log or RecordLog(AlertVerdict)
        self._make = make
        self._judge = Stateful(AlertStage(rules), self.log)
        self._judge.restore()
        self._number = len(self.log.bodies)

    @property
    def figures(self) -> Figures:
        """Of the first rule."""
        return self.rules.rules[0].figures

    def tell(self, message: ClusteredArticle | Decision) -> list[Alert]:
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
        again = Newsroom(self._make, self.rules, self.log.copied())
        again._number = self._number
        return again


@pytest.fixture
def newsroom(make_clustered: Callable[..., ClusteredArticle]) -> Callable[..., Newsroom]:
    def build(**given: Any) -> Newsroom:
        """`given`: figures of the one rule, or of the rules as a whole. Every paper is known, unless a test says otherwise."""
        names = {each.name for each in fields(Figures)}
        figures = Figures(
            **{"owner_known_for": timedelta(0), **{name: value for name, value in given.items() if name in names}}
        )
        rest = {name: value for name, value in given.items() if name not in names or name == "daily_budget"}
        rules = AlertRules(rules=(Rule("new-pair", figures),), dispersion=4.0)
        return Newsroom(make_clustered, replace(rules, **rest))

    return build


@pytest.fixture
def room(newsroom: Callable[..., Newsroom], noon: datetime) -> Newsroom:
    """With the defaults, and a past until noon."""
    opened = newsroom()
    opened.past(noon)
    return opened
