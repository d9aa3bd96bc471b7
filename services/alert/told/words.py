"""An alert in plain words, to be checked by a person in ten seconds: who, what is new, how sure, the sentences, the sources."""

from __future__ import annotations

from collections.abc import Sequence

from services.alert.told.harmless import harmless, harmless_url
from shared.contracts import Alert, Evidence

NAME_LIMIT = 120
SENTENCE_LIMIT = 300
SHOWN = 5
"""Sentences in a description; more than a person reads in ten seconds."""


def pair_words(alert: Alert) -> str:
    """`Vladimir Putin + Kim Jong-un`."""
    return " + ".join(harmless(actor.name, NAME_LIMIT) or actor.id for actor in alert.actors)


def what_is_new(alert: Alert) -> str:
    match alert.alert_class:
        case "NEVER":
            return f"together for the first time in {_counted(alert.horizon_days, 'day', 'days')} of history"
        case "RARE":
            since = f", the last time on {alert.last_together:%Y-%m-%d}" if alert.last_together else ""
            return f"together again{since}"
        case "SURGE":
            return "together far more often than usual"


def how_sure(alert: Alert) -> str:
    """What the claim rests on, and what speaks against it."""
    sure = (
        f"{'Confirmed' if alert.tier == 'CONFIRMED' else 'Provisional'}: "
        f"{_counted(alert.stories, 'independent report', 'independent reports')} by "
        f"{_counted(len(alert.owners), 'owner', 'owners')} in {_counted(len(alert.languages), 'language', 'languages')}; "
        f"score {alert.score:.1f} ({alert.observed} seen, {alert.expected:.2g} expected)."
    )
    return " ".join([sure, *_reservations(alert)])


def summary(alert: Alert) -> str:
    """One line."""
    how = " (retracted)" if alert.retracted else " (closed)" if alert.status == "closed" else ""
    return f"{pair_words(alert)}: {what_is_new(alert)}{how}"


def description(alert: Alert, shown: int = SHOWN) -> str:
    """Some lines of plain text. Of the evidence, sentences with both actors come first."""
    lines = [f"{summary(alert)}.", how_sure(alert)]
    for evidence in most_telling(alert.evidence)[:shown]:
        lines.append(f"- {sentence(evidence)}")
        if url := harmless_url(evidence.url):
            lines.append(f"  {url}")
    if (more := len(alert.evidence) - shown) > 0:
        lines.append(f"… and {_counted(more, 'more article', 'more articles')}.")
    return "\n".join(lines)


def most_telling(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Those with both actors in one sentence first, else in their order."""
    return sorted(evidence, key=lambda each: not each.same_sentence)


def sentence(evidence: Evidence) -> str:
    """`“A and B met.” Paper (en), 2024-06-19`."""
    when = f", {evidence.published:%Y-%m-%d %H:%M} UTC" if evidence.published else ""
    source = harmless(evidence.source or evidence.owner, NAME_LIMIT)
    said = harmless(evidence.snippet or evidence.title, SENTENCE_LIMIT)
    denies = " [a denial]" if evidence.denies else ""
    return f"“{said}” {source} ({harmless(evidence.language, 20)}){when}{denies}"


def _reservations(alert: Alert) -> list[str]:
    found = []
    if alert.retracted:
        meant = alert.judgement == "wrong-entity"
        found.append(f"Retracted: {'somebody else was meant' if meant else 'its evidence was corrected or deleted'}.")
    if alert.denied:
        found.append("Denied: a report says that somebody denies it.")
    if alert.judgement:
        why = f" ({harmless(alert.note, 200)})" if alert.note else ""
        found.append(f"Judged by a person: {alert.judgement.replace('-', ' ')}{why}.")
    if alert.status == "closed" and not alert.retracted and alert.judgement is None:
        found.append("Closed: no further report came.")
    return found


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
