"""What people decide about alerts."""

from __future__ import annotations

from typing import Literal

from shared.contracts.alert import Judgement
from shared.contracts.base import Contract, Utc


class Decision(Contract):
    """`news.decision.v1`. Compacted by id: a newer decision on the same thing replaces the older one.

    A mute is of a pair, whatever its alert, until its end; one whose end is past lifts it. A judgement is of one alert.
    """

    id: str
    kind: Literal["mute", "judgement"]
    at: Utc
    actors: tuple[str, str]
    """Ids, in order."""
    alert_id: str | None = None
    until: Utc | None = None
    judgement: Judgement | None = None
    note: str = ""
