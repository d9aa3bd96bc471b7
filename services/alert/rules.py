"""The figures of the default rule. The defaults of `shared.settings` are these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AlertRules:
    """DESIGN, section 6. Times are event time."""

    name: str = "new-pair"
    windows: tuple[timedelta, ...] = (timedelta(hours=24), timedelta(days=7))
    known_stories: int = 5
    """Stories that an actor must have been in before the window …"""
    known_for: timedelta = timedelta(days=14)
    """… the first of them this long ago. A name that just appeared is new to everybody."""
    min_owners: int = 2
    min_score: float = 2.0
    surge_score: float = 4.0
    """RARE and SURGE are weaker claims than NEVER and need a higher score."""
    surge_stories: int = 3
    min_confidence: float = 0.6
    roundup_actors: int = 7
    """More newsmakers than this make a roundup: only the pair of its headline is together."""
    headline_actors: int = 3
    horizon: timedelta = timedelta(days=30)
    history: timedelta = timedelta(days=365)
    half_life_days: float = 30.0
    dispersion: float = 4.0
    false_discovery: float = 0.1
    """Probability times the number of pairs that were tested within a day may not exceed this (Bonferroni over the day)."""
    daily_budget: int = 10
    close_after: timedelta = timedelta(days=7)
    """Without a new story an alert closes after this."""
    evidence_limit: int = 20
    capacity: int = 500_000
    """Stories that are held in memory, the newest in the order of the log."""
