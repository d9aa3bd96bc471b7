"""Actors out of Wikidata: a line of the JSON dump, and a row of a SPARQL result.

A dump is one JSON array with an entity on each line (https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from services.enrich.alias import GAZETTEER_LANGUAGES
from services.enrich.entry import Entry
from services.enrich.imports.imported import imported_entry
from services.enrich.imports.wikidata_countries import COUNTRIES
from services.enrich.word_lists import words
from shared.contracts.enrichment import ActorType

_HUMAN = "Q5"
_BODIES = words(
    "Q43229 Q4830453 Q6881511 Q891723 Q783794 Q161726 Q7278 Q484652 Q327333 Q2659904 Q192350 Q66344 Q22687 Q163740 Q79913 "
    "Q48204 Q17149090 Q3918 Q31855 Q476028 Q847017 Q11032 Q1110794 Q192283 Q1616075 Q15265344 Q46970 Q294163 Q157031 Q37726 "
    "Q176799 Q35749 Q41487"
)
"""Organisation, business, company, party, agency, ministry, bank, university, club, paper, armed group, army, parliament, court and
the like; of other classes what has an inception and a seat, founder or staff, but no coordinates, is an organisation."""
_PLACES = words(
    "Q515 Q6256 Q3624078 Q5119 Q1549591 Q486972 Q3957 Q35657 Q10864048 Q165 Q23442 Q4022 Q8502 Q5107 Q82794 Q7930989 Q1093829 "
    "Q200250 Q1907114 Q208511 Q15284 Q747074 Q42744322 Q262166 Q484170 Q39594 Q37901"
)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "en": ("en", "mul"),
    "zh": ("zh", "zh-hans", "zh-cn", "zh-hant", "zh-tw", "zh-hk"),
}
"""The keys of a language's names where they are more than its own; `mul` is for all that write Latin letters."""
_SOURCE = "wikidata"


def from_dump_line(line: bytes, *, min_weight: int) -> Entry | None:
    """None for brackets, for what is no actor, and for what has articles in fewer than `min_weight` Wikipedias. Raises `ValueError` for
    a line that is no entity."""
    line = line.strip().rstrip(b",")
    if line in (b"[", b"]", b""):
        return None
    entity = orjson.loads(line)
    if not isinstance(entity, dict):
        raise ValueError("no entity")
    weight = sum(site.endswith("wiki") for site in entity.get("sitelinks") or ())
    if weight < min_weight:
        return None
    claims = entity.get("claims") or {}
    type_ = _type(claims)
    labels = entity.get("labels") or {}
    if type_ is None or not labels:
        return None
    names = {language: list(_names(labels, entity.get("aliases") or {}, language)) for language in GAZETTEER_LANGUAGES}
    name = labels.get("en") or labels.get("mul") or next(iter(labels.values()))
    return imported_entry(
        entity["id"],
        type_,
        name["value"],
        names,
        source=_SOURCE,
        wikidata=entity["id"],
        country=_country(claims, type_),
        weight=weight,
    )


def from_sparql_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Entry]:
    """Rows of one query, those of an item one after the other, with the variables `item`, `name` (with its language) and, if there are
    any, `type` (person, organisation, place, or a class), `country` (an item or a code) and `weight`."""
    item = ""
    mine: list[Mapping[str, Any]] = []
    for row in rows:
        key = _value(row, "item").rpartition("/")[2]
        if key != item:
            yield from _from_rows(item, mine)
            item, mine = key, []
        mine.append(row)
    yield from _from_rows(item, mine)


def _from_rows(item: str, rows: list[Mapping[str, Any]]) -> Iterator[Entry]:
    names: dict[str, list[str]] = {}
    for row in rows:
        cell = row.get("name") or row.get("itemLabel") or {}
        names.setdefault(cell.get("xml:lang", "en"), []).append(cell.get("value", ""))
    if not item or not names:
        return
    first = rows[0]
    country = _value(first, "country").rpartition("/")[2]
    weight = _value(first, "weight")
    label = (names.get("en") or next(iter(names.values())))[0]
    entry = imported_entry(
        item,
        _type_named(_value(first, "type").rpartition("/")[2]),
        label,
        names,
        source=_SOURCE,
        wikidata=item if item[:1] == "Q" and item[1:].isdigit() else None,
        country=COUNTRIES.get(country, country if len(country) == 2 else None),
        weight=int(weight) if weight.isdigit() else 0,
    )
    if entry is not None:
        yield entry


def _value(row: Mapping[str, Any], variable: str) -> str:
    cell = row.get(variable)
    return str(cell.get("value", "")) if isinstance(cell, dict) else ""


def _type_named(text: str) -> ActorType:
    if text in ("organisation", "organization") or text in _BODIES:
        return "organisation"
    return "place" if text == "place" or text in _PLACES else "person"


def _type(claims: Mapping[str, Any]) -> ActorType | None:
    classes = set(_items(claims, "P31"))
    if _HUMAN in classes:
        return "person"
    if classes & _BODIES:
        return "organisation"
    if classes & _PLACES:
        return "place"
    if "P571" in claims and "P625" not in claims and ("P159" in claims or "P112" in claims or "P1128" in claims):
        return "organisation"
    return None


def _country(claims: Mapping[str, Any], type_: ActorType) -> str | None:
    for property_ in ("P27", "P17") if type_ == "person" else ("P17",):
        for item in _items(claims, property_):
            if item in COUNTRIES:
                return COUNTRIES[item]
    return None


def _items(claims: Mapping[str, Any], property_: str) -> Iterator[str]:
    """The items that a property has as values, the preferred ones first."""
    found = []
    for claim in claims.get(property_) or ():
        value = (claim.get("mainsnak") or {}).get("datavalue") or {}
        id_ = (value.get("value") or {}).get("id") if isinstance(value.get("value"), dict) else None
        if id_ and claim.get("rank") != "deprecated":
            found.append((claim.get("rank") != "preferred", id_))
    return (id_ for _, id_ in sorted(found, key=lambda each: each[0]))


def _names(labels: Mapping[str, Any], aliases: Mapping[str, Any], language: str) -> Iterator[str]:
    for key in _KEYS.get(language, (language,)):
        if key in labels:
            yield labels[key]["value"]
        for alias in aliases.get(key) or ():
            yield alias["value"]
