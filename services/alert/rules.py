"""What is an alert: the figures that every rule has, and which pairs a rule is about. The defaults of `shared.settings` are these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from shared.contracts import Actor, ClusteredArticle
from shared.contracts.enrichment import ActorType


@dataclass(frozen=True, slots=True)
class Figures:
    """DESIGN, section 6. Times are event time."""

    windows: tuple[timedelta, ...] = (timedelta(hours=6), timedelta(hours=24), timedelta(days=7))
    known_stories: int = 5
    """Stories that an actor must have been in before the window …"""
    known_for: timedelta = timedelta(days=14)
    """… the first of them this long ago. A name that just appeared is new to everybody."""
    owner_known_for: timedelta = timedelta(days=7)
    """An owner whose first article is younger is no witness: domains cost nothing."""
    min_owners: int = 2
    min_score: float = 2.0
    surge_score: float = 4.0
    """RARE and SURGE are weaker claims than NEVER and need a higher score."""
    surge_stories: int = 3
    horizon: timedelta = timedelta(days=30)
    half_life_days: float = 30.0
    false_discovery: float = 0.1
    """Probability times the number of pairs that were tested within a day may not exceed this (Bonferroni over the day)."""
    daily_budget: int = 10
    close_after: timedelta = timedelta(days=7)
    """Without a new story an alert closes after this."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which pairs a rule is about; what is empty does not narrow. All that is given must hold."""

    watchlist: frozenset[str] = frozenset()
    """Ids, one of which must be in the pair."""
    and_watchlist: frozenset[str] = frozenset()
    """Ids, one of which must be the other actor of the pair."""
    types: frozenset[ActorType] = frozenset()
    """Of both actors."""
    countries: frozenset[str] = frozenset()
    """ISO 3166-1, two letters; one actor must be of one of these."""
    topics: frozenset[str] = frozenset()
    """Media Topics, one of which the article that opens the alert must have."""
    languages: frozenset[str] = frozenset()
    """Of the article that opens the alert."""

    def admits(self, first: Actor, second: Actor, message: ClusteredArticle) -> bool:
        ids = {first.id, second.id}
        if self.watchlist and not ids & self.watchlist:
            return False
        if self.and_watchlist and not any(
            one in self.watchlist and other in self.and_watchlist
            for one, other in ((first.id, second.id), (second.id, first.id))
        ):
            return False
        if self.types and not {first.type, second.type} <= self.types:
            return False
        if self.countries and not {first.country, second.country} & self.countries:
            return False
        if self.languages and message.article.language not in self.languages:
            return False
        return not self.topics or any(topic.id in self.topics for topic in message.enrichment.topics)


@dataclass(frozen=True, slots=True)
class Rule:
    """`channels`: names of those that are told; none: all."""

    name: str
    figures: Figures = Figures()
    selection: Selection = Selection()
    channels: tuple[str, ...] = ()
    places: bool = False
    """Whether places count as actors for this rule."""
    sources: bool = False
    """Whether agencies and papers that are named as a source do."""


@dataclass(frozen=True, slots=True)
class AlertRules:
    """All rules, the first that admits a pair goes first; and what is counted, which is the same for all."""

    rules: tuple[Rule, ...] = (Rule("new-pair"),)
    daily_budget: int = 10
    """New alerts per day, that on which the article was read first, over all rules."""
    min_confidence: float = 0.6
    roundup_actors: int = 7
    """More newsmakers than this make a roundup: only the pair of its headline is together."""
    headline_actors: int = 3
    """Newsmakers at most in a headline, or in a sentence of a crowd, that makes a pair."""
    crowd_actors: int = 4
    """In an article with more newsmakers than this, two are together only where a sentence is about hardly anybody else."""
    history: timedelta = timedelta(days=365)
    dispersion: float | None = None
    """Of the negative binomial; fitted from the history where none is given."""
    evidence_limit: int = 50
    capacity: int = 1_500_000
    """Stories that are held in memory, the newest in the order of the log."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Id that an actor had in the gazetteer → the id that it has now."""

    @property
    def widest(self) -> timedelta:
        return max(window for rule in self.rules for window in rule.figures.windows)

    @property
    def places(self) -> bool:
        return any(rule.places for rule in self.rules)

    @property
    def sources(self) -> bool:
        return any(rule.sources for rule in self.rules)
