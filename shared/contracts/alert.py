"""Two actors who appear together, why that is news, and the proof."""

from __future__ import annotations

from typing import Literal

from shared.contracts.base import Contract, Utc

AlertClass = Literal["NEVER", "RARE", "SURGE"]
Tier = Literal["CONFIRMED", "PROVISIONAL"]


class AlertActor(Contract):
    id: str
    name: str


class Window(Contract):
    start: Utc
    end: Utc


class Evidence(Contract):
    """One article that names both actors; `snippet` is its sentence with both, or the title where no sentence has both."""

    article_id: str
    url: str
    title: str
    source: str
    owner: str
    language: str
    published: Utc | None
    snippet: str
    same_sentence: bool


class Alert(Contract):
    """`news.alert.v1`. Compacted by id: a later message about an alert replaces the earlier one, `version` says which is newer."""

    id: str
    version: int = 1
    rule: str
    alert_class: AlertClass
    tier: Tier
    actors: tuple[AlertActor, AlertActor]
    score: float
    """-log10 of the probability of at least `observed` stories by chance."""
    observed: int
    expected: float
    stories: int
    owners: tuple[str, ...]
    languages: tuple[str, ...]
    window: Window
    horizon_days: int
    """How far back "never" reaches: the history that is really held, in whole days."""
    last_together: Utc | None = None
    evidence: tuple[Evidence, ...]
    status: Literal["open", "closed"] = "open"
    muted_until: Utc | None = None
    retracted: bool = False
