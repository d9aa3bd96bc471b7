"""The record of `alert`: what one revision of an article said about actors, or what a person decided, and the alerts that it led to."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

from shared.contracts import Alert, Decision, Evidence, Utc
from shared.contracts.base import Contract
from shared.stage import Record

Gate = Literal[
    "rule",
    "young-actor",
    "day-budget",
    "young-owners",
    "habit",
    "rest",
    "short-history",
    "expected",
    "discoveries",
    "rule-budget",
    "told-by-persons",
]
GATES: tuple[Gate, ...] = get_args(Gate)
"""What keeps a pair from being an alert, from what is asked first to what is asked last; `shared.explanations` has each in words."""


class Untold(Contract):
    """A pair of enough owners that is no alert, and the furthest gate that it did not pass."""

    first: str
    second: str
    gate: Gate
    detail: str = ""


class TogetherIn(Contract):
    """A pair of this article that counts, ordered by id, with its evidence; without, where the article was forgotten."""

    first: str
    second: str
    evidence: Evidence | None
    close: bool = True
    """Whether the two have to do with each other. Names of a crowd merely stand in one article: that is no news, but not "never" either."""


class AlertVerdict(Record):
    """`group` is the article id, `id` that and the revision; of a decision both are the decision's. `owner` is whose report it is."""

    story: str = ""
    read_at: Utc | None = None
    """When the article was read first; records of earlier versions have none."""
    owner: str = ""
    actors: tuple[str, ...] = ()
    """Newsmakers with a link that is sure enough."""
    pairs: tuple[TogetherIn, ...] = ()
    withdrawn: tuple[tuple[str, str], ...] = ()
    """Pairs that the revision before this one was the evidence for, and this one does not have any more."""
    tested: int = 0
    """Pairs that never were together before for which an alert was considered …"""
    tested_again: int = 0
    """… and pairs that were."""
    untold: tuple[Untold, ...] = ()
    """Pairs for which an alert was considered, or would have been, and why there is none."""
    dispersion: float | None = None
    """Fitted anew with this record, from those before it: it holds from here on …"""
    fitted_on: date | None = None
    """… and the day that it was fitted for."""
    decision: Decision | None = None
    alerts: tuple[Alert, ...] = ()
    """Opened, updated or closed by this article, as they were sent."""

    @property
    def day(self) -> date:
        """Whose budget it counts for."""
        return (self.read_at or self.event_time).date()
