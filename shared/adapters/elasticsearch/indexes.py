"""Where a document lives: names as functions of content and prefix, never of the time of writing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from shared.contracts import Alert, ArticleDocument


@dataclass(frozen=True, slots=True)
class Names:
    """`prefix` as in the settings: several pipelines can share a cluster."""

    prefix: str = ""

    @property
    def articles(self) -> str:
        """The alias over all monthly indexes, and the name of their template."""
        return f"{self.prefix}news-articles"

    @property
    def articles_pattern(self) -> str:
        return f"{self.articles}-*"

    @property
    def alerts(self) -> str:
        """The index of alerts, and the name of its template."""
        return f"{self.prefix}news-alerts"

    @property
    def lifecycle(self) -> str:
        """The ILM policy of monthly indexes."""
        return f"{self.prefix}news-articles"

    def index_of(self, document: ArticleDocument | Alert) -> str:
        """An article lives in the month in which it was first seen, all its revisions too; `first_seen` never changes."""
        if isinstance(document, Alert):
            return self.alerts
        month = document.first_seen.astimezone(UTC)
        return f"{self.articles}-{month.year:04d}.{month.month:02d}"
