"""Actors out of OpenSanctions and other data in the FollowTheMoney model: JSON lines, an entity each (https://followthemoney.tech)."""

from __future__ import annotations

from typing import Any

import orjson

from services.enrich.entry import Entry
from services.enrich.imports.imported import imported_entry
from services.enrich.imports.scripts import by_letters
from shared.contracts.enrichment import ActorType

_TYPES: dict[str, ActorType] = {
    "Person": "person",
    "Organization": "organisation",
    "Company": "organisation",
    "LegalEntity": "organisation",
    "PublicBody": "organisation",
}
_NAMES = ("name", "alias", "weakAlias", "previousName")


def from_line(line: bytes) -> Entry | None:
    """None for what is no actor: addresses, vessels, ownerships. Raises `ValueError` for a line that is no entity."""
    if not line.strip():
        return None
    entity = orjson.loads(line)
    if not isinstance(entity, dict) or not isinstance(entity.get("properties"), dict) or "id" not in entity:
        raise ValueError("no entity: id and properties are wanted")
    type_ = _TYPES.get(str(entity.get("schema")))
    if type_ is None:
        return None
    properties = entity["properties"]
    names = [str(name) for property_ in _NAMES for name in properties.get(property_) or ()]
    if not names:
        return None
    wikidata = _wikidata(entity, properties)
    countries = properties.get("country") or properties.get("nationality") or properties.get("jurisdiction") or ()
    country = str(countries[0]).upper() if countries and len(str(countries[0])) == 2 else None
    caption = entity.get("caption") or names[0]
    return imported_entry(
        wikidata or str(entity["id"]),
        type_,
        str(caption),
        by_letters(names),
        source="follow-the-money",
        wikidata=wikidata,
        country=country,
    )


def _wikidata(entity: dict[str, Any], properties: dict[str, Any]) -> str | None:
    for id_ in (*(properties.get("wikidataId") or ()), entity["id"]):
        text = str(id_)
        if text[:1] == "Q" and text[1:].isdigit() and text[1:2] != "0":
            return text
    return None
