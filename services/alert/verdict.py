"""The record of `alert`: what one revision of an article said about actors, and the alerts that it led to."""

from __future__ import annotations

from shared.contracts import Alert, Evidence
from shared.contracts.base import Contract
from shared.stage import Record


class TogetherIn(Contract):
    """A pair of this article that counts, ordered by id, with its evidence; without, where the article was forgotten."""

    first: str
    second: str
    evidence: Evidence | None


class AlertVerdict(Record):
    """`group` is the article id, `id` that and the revision."""

    story: str
    owner: str
    actors: tuple[str, ...]
    """Newsmakers with a link that is sure enough."""
    pairs: tuple[TogetherIn, ...]
    tested: int = 0
    """Pairs for which an alert was considered."""
    alerts: tuple[Alert, ...] = ()
    """Opened, updated or closed by this article, as they were sent."""
