"""Alerts as a STIX 2.1 bundle (OASIS, https://docs.oasis-open.org/cti/stix/v2.1/): for each the two actors, that they are related, and
a report with the sentences. All ids are functions of what they name, so that a platform that imports a bundle again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from services.alert.told.harmless import harmless, harmless_url
from services.alert.told.links import Links
from services.alert.told.stable_ids import stable_uuid
from services.alert.told.standing import updated
from services.alert.told.words import NAME_LIMIT, description, most_telling, sentence, summary
from shared.contracts import Alert, AlertActor

BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
"""`created` of what has no date of its own, an actor: must not differ from bundle to bundle."""
CONFIRMED, PROVISIONAL = 80, 50
"""`confidence` of the two tiers, on STIX's scale to 100: "likely" and "roughly even odds" (appendix A, DNI scale)."""

Object = dict[str, Any]


def stix_bundle(alerts: Iterable[Alert], links: Links) -> bytes:
    """UTF-8 JSON. Every object stands there once, in the order of its first mention."""
    objects: dict[str, Object] = {}
    newsloom = _identity("newsloom", "Newsloom", "system")
    for alert in alerts:
        if not objects:
            objects[newsloom["id"]] = newsloom
        for each in _of_alert(alert, links, newsloom["id"]):
            objects.setdefault(each["id"], each)
    bundle: Object = {"type": "bundle", "id": f"bundle--{stable_uuid('bundle', *_versions(objects))}"}
    if objects:
        # An empty list is not allowed; a bundle without objects is.
        bundle["objects"] = list(objects.values())
    return json.dumps(bundle, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def _of_alert(alert: Alert, links: Links, author: str) -> list[Object]:
    actors = [_actor(actor) for actor in alert.actors]
    first, second = (actor["id"] for actor in actors)
    common = {
        "created_by_ref": author,
        "created": stix_time(alert.window.start),
        "modified": stix_time(updated(alert)),
        "confidence": CONFIRMED if alert.tier == "CONFIRMED" else PROVISIONAL,
        # What is not true any more is taken back, not deleted: STIX's own word for a retraction.
        "revoked": alert.retracted,
    }
    relationship: Object = {
        "type": "relationship",
        "spec_version": "2.1",
        "id": f"relationship--{stable_uuid('relationship', alert.id)}",
        **common,
        "relationship_type": "related-to",
        "description": summary(alert),
        "source_ref": first,
        "target_ref": second,
        "start_time": stix_time(alert.window.start),
    }
    report: Object = {
        "type": "report",
        "spec_version": "2.1",
        "id": f"report--{stable_uuid('report', alert.id)}",
        **common,
        "name": summary(alert),
        "description": description(alert),
        "published": stix_time(alert.window.start),
        "object_refs": [first, second, relationship["id"]],
        "labels": [alert.alert_class.lower(), alert.tier.lower(), alert.status],
    }
    if references := _references(alert, links):
        report["external_references"] = references
    return [*actors, relationship, report]


def _actor(actor: AlertActor) -> Object:
    """Alerts of earlier versions do not say whether an actor is a person or an organisation; STIX has a word for that, too."""
    what = {"person": "individual", "organisation": "organization"}.get(actor.type or "", "unknown")
    return _identity(actor.id, harmless(actor.name, NAME_LIMIT) or actor.id, what)


def _identity(id_: str, name: str, identity_class: str) -> Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": f"identity--{stable_uuid('identity', id_)}",
        "created": stix_time(BEGINNING),
        "modified": stix_time(BEGINNING),
        "name": name,
        "identity_class": identity_class,
    }


def _references(alert: Alert, links: Links) -> list[Object]:
    found: list[Object] = []
    for each in most_telling(alert.evidence):
        reference: Object = {
            "source_name": harmless(each.source or each.owner, NAME_LIMIT) or "unknown",
            "description": sentence(each),
        }
        if url := harmless_url(each.url):
            reference["url"] = url
        found.append(reference)
    if url := links.kibana(alert):
        found.append({"source_name": "Kibana", "url": url})
    return found


def stix_time(value: datetime) -> str:
    """RFC 3339 with milliseconds, as STIX's examples have it: some platforms take nothing else."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _versions(objects: dict[str, Object]) -> list[str]:
    return [f"{id_} {each['modified']}" for id_, each in objects.items()]
