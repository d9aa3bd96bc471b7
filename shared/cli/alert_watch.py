"""Alerts as they come: what was not there when one began to look."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.contracts import Alert
    from shared.ports import ArticleIndex

LOOK_EVERY = 2.0
"""Seconds between two looks."""


class AlertWatch:
    """Counts the articles that were added meanwhile, too."""

    def __init__(self, index: ArticleIndex) -> None:
        self._index = index
        self._seen = {alert.id for alert in self._index.alerts()}
        self._articles = self._count()
        self.found = 0

    def new(self) -> list[Alert]:
        """Alerts that no earlier look found, the oldest first."""
        fresh = [alert for alert in self._index.alerts() if alert.id not in self._seen]
        self._seen.update(alert.id for alert in fresh)
        self.found += len(fresh)
        return fresh[::-1]

    def articles(self) -> int:
        """How many came into the index since the watch began."""
        return self._count() - self._articles

    def show(self) -> None:
        """Prints the panel of every new alert."""
        from rich.console import Console

        from shared.cli.render import alert_panel

        for alert in self.new():
            Console().print(alert_panel(alert))

    async def keep_showing(self) -> None:
        """Until it is cancelled. A disk in trouble is no reason to end: the pipeline waits for it, and so do we."""
        from shared.adapters.sqlite.store import passes

        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self.show()
            except sqlite3.OperationalError as error:
                if not passes(error):
                    raise

    def _count(self) -> int:
        return sum(1 for _ in self._index.ids())
