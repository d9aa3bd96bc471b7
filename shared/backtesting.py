"""The alerts that rules would have given on an archive: its articles in event time, through the stage as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from services.alert.rules import AlertRules
from services.alert.stage import AlertStage
from services.alert.verdict import AlertVerdict
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store, database
from shared.contracts import Alert, ClusteredArticle
from shared.judge import Stateful
from shared.stage import Emit

_TOGETHER = 1_000
"""Verdicts that are written at once."""


@dataclass(slots=True)
class Backtested:
    """What one set of rules led to. `alerts`: the newest version of each by id, in the order in which they opened; `opened`: the first."""

    articles: int = 0
    alerts: dict[str, Alert] = field(default_factory=dict)
    opened: dict[str, Alert] = field(default_factory=dict)

    def told(self, alert: Alert) -> None:
        self.opened.setdefault(alert.id, alert)
        self.alerts[alert.id] = alert


def backtest(messages: Iterable[ClusteredArticle], rules: Sequence[AlertRules]) -> list[Backtested]:
    """One result for each of `rules`. Messages must come in the order of their event times, each article once."""
    results = [Backtested() for _ in rules]
    with TemporaryDirectory(prefix="newsloom-backtest-") as folder:
        runs = [_Run(Path(folder) / str(number), each) for number, each in enumerate(rules)]
        try:
            for message in messages:
                for run, result in zip(runs, results, strict=True):
                    run.tell(message, result)
        finally:
            for run in runs:
                run.close()
    return results


class _Run:
    """A stage with its log in a file: what a million articles said is too much for memory."""

    def __init__(self, folder: Path, rules: AlertRules) -> None:
        folder.mkdir()
        self._store = Store(database(folder))
        # Gone with the folder: nothing needs to survive a crash.
        self._store.connection.execute("PRAGMA synchronous=OFF")
        self._log = SqliteStateLog(self._store, "alert", AlertVerdict)
        self._judge = Stateful(AlertStage(rules), self._log)
        self._waiting = 0

    def tell(self, message: ClusteredArticle, result: Backtested) -> None:
        result.articles += 1
        for outcome in self._judge(message):
            if isinstance(outcome, Emit) and isinstance(outcome.message, Alert):
                result.told(outcome.message)
        self._waiting += 1
        if self._waiting == _TOGETHER:
            self._waiting = 0
            with self._store.transaction():
                self._log.flush()
            self._log.discard()

    def close(self) -> None:
        self._store.close()
