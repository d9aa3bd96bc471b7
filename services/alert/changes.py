"""What makes the next version of an alert out of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.alert.surprise import expected_stories, score, tail_probability
from shared.contracts import Alert, Basis, Change, Evidence
from shared.contracts.alert import Tier


def changed(alert: Alert, changes: Sequence[Change], **update: Any) -> Alert:
    """The next version, with what it has that this one had not."""
    return alert.model_copy(update={**update, "version": alert.version + 1, "changes": tuple(changes)})


def tier_of(evidence: Sequence[Evidence]) -> Tier:
    """CONFIRMED: stories of two owners, and one sentence that has both actors."""
    owners = {each.owner for each in evidence}
    return "CONFIRMED" if len(owners) >= 2 and any(each.same_sentence for each in evidence) else "PROVISIONAL"


def reduced(
    alert: Alert, kept: tuple[Evidence, ...], min_owners: int, min_score: float = 0.0, version: int | None = None
) -> Alert:
    """The alert with this evidence only, because the rest was corrected or deleted: of a lower tier, or retracted where what is left would
    not have opened it. `version` where it is not the next one."""
    gone = len(alert.evidence) - len(kept)
    stories = max(alert.stories - gone, len(kept))
    figures = _fewer(alert, min(alert.observed, stories))
    lost = {each.owner for each in alert.evidence} - {each.owner for each in kept}
    # Of more stories than evidence is kept of, owners may be in the others.
    every = kept if stories == len(kept) else ()
    owners = tuple(dict.fromkeys(each.owner for each in every)) or tuple(o for o in alert.owners if o not in lost)
    owners = owners if kept else ()
    holds = len(owners) >= min_owners and figures.get("score", alert.score) >= min_score
    return alert.model_copy(
        update={
            **figures,
            "version": alert.version + 1 if version is None else version,
            "evidence": kept,
            "stories": stories,
            "owners": owners,
            "languages": tuple(dict.fromkeys(each.language for each in kept)),
            "tier": tier_of(kept),
            "denied": any(each.denies for each in kept),
            "status": alert.status if holds else "closed",
            "retracted": alert.retracted or not holds,
            "changes": ("corrected",) if holds else ("retracted",),
        }
    )


def _fewer(alert: Alert, observed: int) -> dict[str, Any]:
    """The figures had only `observed` of the stories been there: they are in neither actor's count then."""
    basis = alert.basis
    if basis is None or observed == alert.observed:
        return {}
    gone = alert.observed - observed
    less = {name: max(getattr(basis, name) - gone, 0) for name in ("first_stories", "second_stories", "all_stories")}
    basis = basis.model_copy(update=less)
    expected = expected_of(basis, observed)
    points = score(tail_probability(observed, expected, basis.dispersion))
    return {"observed": observed, "expected": round(expected, 6), "score": round(points, 3), "basis": basis}


def expected_of(basis: Basis, observed: int) -> float:
    return expected_stories(
        basis.first_stories, basis.second_stories, basis.all_stories, observed, basis.acquaintance, basis.past
    )
