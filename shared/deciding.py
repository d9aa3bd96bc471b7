"""What people decide about alerts, from the command line to the stage; and what their judgements say of the rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.contracts import Alert, Decision, Judgement, content_id
from shared.errors import Misuse
from shared.pipeline import DECISION
from shared.policy import Send
from shared.wire import headers_for

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=3_653)


def mute_of(alert: Alert, until: datetime | None, now: datetime) -> Decision:
    """Of the alert's pair, for whatever alert it has or comes to have; `until` None lifts it."""
    first, second = sorted(actor.id for actor in alert.actors)
    id_ = content_id("decision", "mute", first, second)
    return Decision(id=id_, kind="mute", at=now, actors=(first, second), alert_id=alert.id, until=until)


def judgement_of(alert: Alert, judgement: Judgement, now: datetime, note: str = "") -> Decision:
    first, second = sorted(actor.id for actor in alert.actors)
    id_ = content_id("decision", "judgement", alert.id)
    return Decision(
        id=id_, kind="judgement", at=now, actors=(first, second), alert_id=alert.id, judgement=judgement, note=note
    )


def message_of(decision: Decision) -> Send:
    headers = headers_for(DECISION, decision.id, decision, "decision", {}, decision.at)
    return Send(DECISION, decision.id, headers, decision.to_bytes())


def span_of(text: str) -> timedelta:
    """`90m`, `12h`, `7d`, `2w`. Raises `Misuse`."""
    found = _SPAN.fullmatch(text.strip().lower())
    span = timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else timedelta(0)
    if not timedelta(0) < span <= _LONGEST:
        raise Misuse(f"--for {text}: give a time such as 90m, 12h, 7d or 2w, ten years at most")
    return span


@dataclass(slots=True)
class Judged:
    """How people found the alerts of one class and tier, or of one rule."""

    alerts: int = 0
    found: Counter[Judgement] = field(default_factory=Counter)

    @property
    def precision(self) -> float | None:
        """The share of useful ones among those that were judged; None where none was."""
        return self.found["useful"] / self.found.total() if self.found else None


def judged(alerts: Iterable[Alert]) -> dict[str, Judged]:
    """By rule, by class and tier, and in all."""
    found: dict[str, Judged] = {}
    for alert in alerts:
        for name in (f"rule {alert.rule}", f"{alert.alert_class} {alert.tier}", "all"):
            one = found.setdefault(name, Judged())
            one.alerts += 1
            if alert.judgement is not None:
                one.found[alert.judgement] += 1
    return dict(sorted(found.items(), key=lambda each: (each[0] == "all", each[0])))
