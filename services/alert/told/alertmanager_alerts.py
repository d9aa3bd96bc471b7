"""An alert as Alertmanager takes it: `POST /api/v2/alerts` (api/v2/openapi.yaml of prometheus/alertmanager, `postableAlert`).

Alertmanager knows an alert by its labels, so these never change while it lives; whatever may change is an annotation. It forgets what
nobody renews: `endsAt` is set some way ahead and moved on with every message, and to "now" when the alert is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.alert.told.harmless import harmless
from services.alert.told.links import Links
from services.alert.told.words import description, how_sure, pair_words, summary
from shared.contracts import Alert, rfc3339

NAME = "NewsloomNewPair"
LABEL_LIMIT = 250


@dataclass(frozen=True, slots=True)
class Shown:
    """What one message to Alertmanager says: who fires on until `until`, and who is over."""

    firing: tuple[Alert, ...]
    over: tuple[Alert, ...]


def alert_labels(alert: Alert) -> dict[str, str]:
    """Constant over the alert's life. Nothing that grows with it, and never the score: another label would be another alert."""
    found = {
        "alertname": NAME,
        "alert_id": alert.id,
        "class": alert.alert_class,
        "pair": pair_words(alert),
        "rule": alert.rule,
        "severity": "info",
    }
    # An empty label is none to Alertmanager, and one that cannot be encoded refuses the whole message.
    return {name: shown for name, value in found.items() if (shown := harmless(value, LABEL_LIMIT))}


def alert_annotations(alert: Alert, links: Links) -> dict[str, str]:
    found = {
        "summary": summary(alert),
        "description": description(alert),
        "confidence": how_sure(alert),
        "tier": alert.tier,
        "article_url": links.article(alert),
        "kibana_url": links.kibana(alert),
    }
    return {name: value for name, value in found.items() if value}


def postable_alerts(shown: Shown, links: Links, now: datetime, hold: timedelta) -> list[dict[str, Any]]:
    """The message's body. `now` is Alertmanager's own time as well as we know it, never that of an archive; `hold` is how long an alert
    stays without being renewed."""
    return [_postable(alert, links, now, now + hold) for alert in shown.firing] + [
        _postable(alert, links, now, now) for alert in shown.over
    ]


def starts_at(alert: Alert, now: datetime) -> datetime:
    """When the two were first seen together: the same in every message and every process. Never ahead of `now`, since Alertmanager refuses
    an alert that ends before it begins."""
    return min(alert.window.start, now)


def _postable(alert: Alert, links: Links, now: datetime, ends_at: datetime) -> dict[str, Any]:
    url = links.best(alert)
    return {
        "labels": alert_labels(alert),
        "annotations": alert_annotations(alert, links),
        "startsAt": rfc3339(starts_at(alert, now)),
        "endsAt": rfc3339(ends_at),
        **({"generatorURL": url} if url else {}),
    }
