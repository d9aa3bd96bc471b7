"""What alerts and their records keep of an article that is forgotten: figures, and none of its words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from services.alert.changes import reduced
from services.alert.verdict import AlertVerdict
from shared.contracts import Alert


def shows(alert: Alert, articles: Collection[str]) -> bool:
    return any(each.article_id in articles for each in alert.evidence)


def without_evidence(alert: Alert, articles: Collection[str], version: int | None = None) -> Alert:
    """The alert without these articles' evidence, of a lower tier or retracted where none is left; `version` for one that replaces what
    was told."""
    evidence = tuple(each for each in alert.evidence if each.article_id not in articles)
    return reduced(alert, evidence, min_owners=1, version=version or alert.version)


def forgotten(record: AlertVerdict, articles: Collection[str], newest: Mapping[str, int]) -> AlertVerdict:
    """The record without these articles' words, or itself where it has none.

    The pairs of a forgotten article count still: other verdicts were taken with them. `newest` has the newest version of each alert: that
    one is told anew, with the next version, so that a later one goes on from there.
    """
    pairs = tuple(
        pair.model_copy(update={"evidence": None}) if pair.evidence and pair.evidence.article_id in articles else pair
        for pair in record.pairs
    )
    alerts = tuple(
        without_evidence(alert, articles, alert.version + (newest.get(alert.id) == alert.version))
        if shows(alert, articles)
        else alert
        for alert in record.alerts
    )
    if pairs == record.pairs and alerts == record.alerts:
        return record
    return record.model_copy(update={"pairs": pairs, "alerts": alerts})
