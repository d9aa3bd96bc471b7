"""The body of a webhook: what Alertmanager's own webhooks look like (version 4), and the whole alert beside it.

Whatever takes Alertmanager's webhooks takes ours: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config. One message is
about one alert, so the group is the alert.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from services.alert.told.alertmanager_alerts import alert_annotations, alert_labels
from services.alert.told.links import Links
from services.alert.told.standing import is_over
from shared.contracts import Alert, rfc3339

NEVER = "0001-01-01T00:00:00Z"
"""As Alertmanager writes the end of an alert that has none."""


def message_id(alert: Alert) -> str:
    """`webhook-id`: the same on every retry of a version, another for every version."""
    return f"{alert.id}.{alert.version}"


def webhook_body(alert: Alert, links: Links, receiver: str) -> bytes:
    """Compact UTF-8 JSON. A function of the alert, so that a retry sends the same bytes, whenever it comes."""
    status = "resolved" if is_over(alert) else "firing"
    told = {"labels": alert_labels(alert), "annotations": alert_annotations(alert, links)}
    fingerprint = sha256(alert.id.encode("utf-8", "replace")).hexdigest()[:16]
    group = {name: told["labels"][name] for name in ("alertname", "alert_id") if name in told["labels"]}
    body: dict[str, Any] = {
        "version": "4",
        "groupKey": f"{{}}:{{{', '.join(f'{name}={json.dumps(value)}' for name, value in sorted(group.items()))}}}",
        "truncatedAlerts": 0,
        "status": status,
        "receiver": receiver,
        "groupLabels": group,
        "commonLabels": told["labels"],
        "commonAnnotations": told["annotations"],
        "externalURL": links.best(alert),
        "alerts": [
            {
                "status": status,
                **told,
                "startsAt": rfc3339(alert.window.start),
                # The last story that it was about: Newsloom's time is that of the news.
                "endsAt": rfc3339(alert.window.end) if is_over(alert) else NEVER,
                "generatorURL": links.best(alert),
                "fingerprint": fingerprint,
            }
        ],
        # As `news.alert.v1` has it, other people's words as they came: data, not markup.
        "newsloom": alert.model_dump(mode="json"),
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")
