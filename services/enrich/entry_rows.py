"""An entry as a JSON object, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.enrich.entry import Entry


def row_of(entry: Entry) -> dict[str, Any]:
    """As `entry_of` reads it."""
    return {
        "id": entry.id,
        "type": entry.type,
        "name": entry.name,
        "wikidata": entry.wikidata,
        "country": entry.country,
        "kind": entry.kind,
        "aliases": entry.aliases,
        "short": entry.short,
        "weight": entry.weight,
        "eponym": entry.eponym,
        "file": entry.file,
        "unknown_keys": entry.unknown_keys,
    }


def entry_of(row: Mapping[str, Any]) -> Entry:
    return Entry(
        id=row["id"],
        type=row["type"],
        name=row["name"],
        wikidata=row["wikidata"],
        country=row["country"],
        kind=row["kind"],
        aliases={language: tuple(names) for language, names in row["aliases"].items()},
        short={language: tuple(names) for language, names in row["short"].items()},
        file=row["file"],
        unknown_keys=tuple(row["unknown_keys"]),
        weight=row["weight"],
        eponym=row.get("eponym"),
    )
