"""What a person's decision does to an alert."""

from __future__ import annotations

from services.alert.changes import changed
from shared.contracts import Alert, Decision


def decided(decision: Decision, alert: Alert) -> Alert | None:
    """The next version, or None where the decision changes nothing.

    Noise and a wrong entity close the alert, so that its pair rests for as long as after any alert; a wrong entity retracts it, too: it
    said what is not so. A useful one stays open.
    """
    if decision.kind == "mute":
        until = decision.until if decision.until and decision.until > decision.at else None
        return None if until == alert.muted_until else changed(alert, ("muted",), muted_until=until)
    if decision.judgement is None or (decision.judgement, decision.note) == (alert.judgement, alert.note):
        return None
    is_bad = decision.judgement != "useful"
    return changed(
        alert,
        ("judged",),
        judgement=decision.judgement,
        note=decision.note,
        status="closed" if is_bad else alert.status,
        # What was corrected stays retracted; what a person had taken for a wrong entity, and does not any more, does not.
        retracted=decision.judgement == "wrong-entity" or (alert.retracted and alert.judgement != "wrong-entity"),
    )
