"""Actors out of a table: CSV with a header.

Columns: `name`, and any of `id`, `type` (person where it is missing), `wikidata`, `country`, `kind`, `weight`, `aliases` (parted by
`|`), and aliases of one language as `ru`, `aliases_ru` or `aliases:ru`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import get_args

from services.enrich.alias import GAZETTEER_LANGUAGES
from services.enrich.entry import Entry
from services.enrich.imports.imported import imported_entry
from services.enrich.imports.scripts import by_letters
from shared.contracts.enrichment import ActorType

_ALIASES = re.compile(r"(?:alias(?:es)?[_:.-])?([a-z]{2})")
_KNOWN = frozenset({"name", "id", "type", "wikidata", "country", "kind", "weight", "aliases", "alias"})


def from_lines(lines: Iterable[str]) -> Iterator[Entry | None]:
    """An entry for each row, None for one without a name. Raises `ValueError` for a header without `name`, and for a type that is none."""
    rows = csv.DictReader(lines)
    header = [str(column).strip().lower() for column in rows.fieldnames or ()]
    if "name" not in header:
        raise ValueError("the first line of a table names its columns, one of them `name`")
    languages = {column: _language(column) for column in header}
    for row in rows:
        cells = {
            str(key).strip().lower(): (value or "").strip() for key, value in row.items() if isinstance(value, str)
        }
        yield _entry(cells, languages)


def _entry(cells: dict[str, str], languages: dict[str, str | None]) -> Entry | None:
    name = cells.get("name", "")
    if not name:
        return None
    type_ = cells.get("type") or "person"
    if type_ == "organization":
        type_ = "organisation"
    if type_ not in get_args(ActorType):
        raise ValueError(f"`type` is one of {', '.join(get_args(ActorType))}; found {type_!r}")
    names = by_letters([name, *_parts(cells.get("aliases") or cells.get("alias") or "")])
    for column, language in languages.items():
        if language is not None:
            names.setdefault(language, []).extend(_parts(cells.get(column, "")))
    weight = cells.get("weight", "")
    wikidata = cells.get("wikidata") or None
    kind: ActorType = "organisation" if type_ == "organisation" else "place" if type_ == "place" else "person"
    return imported_entry(
        cells.get("id") or wikidata or name,
        kind,
        name,
        names,
        source="table",
        wikidata=wikidata,
        country=cells.get("country") or None,
        kind=cells.get("kind") or None,
        weight=int(weight) if weight.isdigit() else 0,
    )


def _language(column: str) -> str | None:
    found = None if column in _KNOWN else _ALIASES.fullmatch(column)
    return found[1] if found and found[1] in GAZETTEER_LANGUAGES else None


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]
