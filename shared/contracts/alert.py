"""Two actors who appear together, why that is news, and the proof."""

from __future__ import annotations

from typing import Literal

from shared.contracts.base import Contract, Utc
from shared.contracts.enrichment import ActorType

AlertClass = Literal["NEVER", "RARE", "SURGE"]
Tier = Literal["CONFIRMED", "PROVISIONAL"]
Judgement = Literal["useful", "noise", "wrong-entity"]
Change = Literal[
    "opened",
    "story",
    "owner",
    "language",
    "confirmed",
    "denial",
    "corrected",
    "retracted",
    "related",
    "closed",
    "muted",
    "judged",
]
TOLD: frozenset[Change] = frozenset(
    {"opened", "owner", "language", "confirmed", "denial", "corrected", "retracted", "closed", "judged"}
)
"""Changes that people are told of; one more story of owners that are known is none."""


class AlertActor(Contract):
    id: str
    name: str
    type: ActorType | None = None


class Window(Contract):
    start: Utc
    end: Utc


class Evidence(Contract):
    """One article that names both actors; `snippet` is its sentence with both, or the title where no sentence has both.

    `owner` is whose report it is: the agency's that signed it, else the paper's owner's.
    """

    article_id: str
    url: str
    title: str
    source: str
    owner: str
    language: str
    published: Utc | None
    snippet: str
    same_sentence: bool
    story: str = ""
    event: str = ""
    denies: bool = False
    """It says that somebody denies what is told of the two."""


class Basis(Contract):
    """What the score was reckoned from. Counts are of stories in the window: `first` and `second` of the two actors, of which `observed`
    have both.

    `expected` is (`first` - `observed` + 1) x (`second` - `observed` + 1) / `all` x `acquaintance` + `past`; the score is -log10 of the
    probability that a negative binomial of that mean and the size `dispersion` is at least `observed`.
    """

    window_hours: float
    first_stories: int
    second_stories: int
    all_stories: int
    acquaintance: float = 1.0
    """How often the two met before, of the times that they would have by chance; 1 at most."""
    past: float
    """What the pair's own history makes likely within the window."""
    dispersion: float
    tested: int = 0
    """Pairs of its kind (new ones, or ones that met before) that were tested on that day, this one included: the bound on false
    discoveries."""


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
    """One article for each story, the first ones."""
    status: Literal["open", "closed"] = "open"
    muted_until: Utc | None = None
    retracted: bool = False
    """The evidence was corrected or deleted, or a person found that somebody else was meant."""
    basis: Basis | None = None
    changes: tuple[Change, ...] = ()
    """What this version has that the one before had not."""
    events: tuple[str, ...] = ()
    """The happenings that the stories are about."""
    related: tuple[str, ...] = ()
    """Ids of earlier alerts about one of these happenings."""
    denied: bool = False
    judgement: Judgement | None = None
    """What a person found …"""
    note: str = ""
    """… and why."""
    channels: tuple[str, ...] = ()
    """Names of the channels that its rule asks for; none: all."""
