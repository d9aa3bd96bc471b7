"""One actor that the gazetteer knows, and the reading of a gazetteer file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from shared.contracts.enrichment import ActorType
from shared.errors import Misuse

KNOWN_KEYS = frozenset({"id", "type", "name", "wikidata", "country", "kind", "office", "eponym", "aliases", "short"})
MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_ALIASES = 2_000
"""Of one entry, over all languages."""
MAX_ALIAS_CHARS = 120

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_WIKIDATA = re.compile(r"Q[1-9][0-9]{0,11}")

Names = Mapping[str, tuple[str, ...]]
"""Names by language (ISO 639-1)."""


class GazetteerError(Misuse):
    """Bad data in a gazetteer file: which file, which entry, what is wrong."""

    def __init__(self, file: str, entry: str, problem: str) -> None:
        super().__init__(f"{file}: {entry}: {problem}" if entry else f"{file}: {problem}")
        self.file = file
        self.entry = entry
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Entry:
    """`aliases` alone name the actor; `short` forms count only beside an alias in the same article. `file` is where it stands."""

    id: str
    type: ActorType
    name: str
    wikidata: str | None
    country: str | None
    kind: str | None
    aliases: Names
    short: Names
    file: str
    unknown_keys: tuple[str, ...] = ()
    weight: int = 0
    """How well known an imported actor is, say in how many Wikipedias it has an article: decides between namesakes."""
    eponym: str | None = None
    """The id of the person whose surname a body has for its name: Michael Dell of Dell."""


def read_entries(file: Path) -> list[Entry]:
    """The entries of a YAML file, in its order. Raises `GazetteerError`."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise GazetteerError(file.name, "", f"larger than {MAX_FILE_BYTES} bytes")
        # The base loader reads every scalar as a string: Norway's `NO` stays a country.
        rows = yaml.load(file.read_text("utf-8"), yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise GazetteerError(file.name, "", f"not YAML: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise GazetteerError(file.name, "", f"not readable: {error}") from error
    if not rows:
        return []
    if not isinstance(rows, list):
        raise GazetteerError(file.name, "", "a list of entries is wanted")
    return [_entry(file.name, number, row) for number, row in enumerate(rows, 1)]


def _entry(file: str, number: int, row: Any) -> Entry:
    where = f"entry {number}"
    if not isinstance(row, dict):
        raise GazetteerError(file, where, "keys with values are wanted")
    id_ = row.get("id")
    if not isinstance(id_, str) or not _ID.fullmatch(id_):
        raise GazetteerError(file, where, f"`id` is wanted, of a-z, 0-9 and hyphens; found {id_!r}")
    if row.get("type") not in get_args(ActorType):
        raise GazetteerError(file, id_, f"`type` is one of {', '.join(get_args(ActorType))}; found {row.get('type')!r}")
    texts = {key: _text(file, id_, row, key) for key in ("name", "wikidata", "country", "kind", "eponym")}
    name, wikidata, country = texts["name"], texts["wikidata"], texts["country"]
    if not name:
        raise GazetteerError(file, id_, "`name` is wanted")
    if wikidata and not _WIKIDATA.fullmatch(wikidata):
        raise GazetteerError(file, id_, f"`wikidata` is Q and a number; found {wikidata!r}")
    return Entry(
        id=id_,
        type=row["type"],
        name=name,
        wikidata=wikidata,
        country=country,
        kind=texts["kind"],
        aliases=_names(file, id_, row, "aliases"),
        short=_names(file, id_, row, "short"),
        file=file,
        eponym=texts["eponym"],
        unknown_keys=tuple(sorted(str(key) for key in row if key not in KNOWN_KEYS)),
    )


def _text(file: str, id_: str, row: Mapping[str, Any], key: str) -> str | None:
    value = row.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > MAX_ALIAS_CHARS:
        raise GazetteerError(file, id_, f"`{key}` is a text of at most {MAX_ALIAS_CHARS} characters")
    return value


def _names(file: str, id_: str, row: Mapping[str, Any], key: str) -> Names:
    by_language = row.get(key) or {}
    if not isinstance(by_language, dict):
        raise GazetteerError(file, id_, f"`{key}` has languages as keys, each with a list of names")
    if sum(len(names) for names in by_language.values() if isinstance(names, list)) > MAX_ALIASES:
        raise GazetteerError(file, id_, f"`{key}` has more than {MAX_ALIASES} names")
    checked: dict[str, tuple[str, ...]] = {}
    for language, names in by_language.items():
        if names in (None, ""):
            continue
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            raise GazetteerError(file, id_, f"`{key}.{language}` is a list of names, none of them empty")
        if any(len(name) > MAX_ALIAS_CHARS for name in names):
            raise GazetteerError(file, id_, f"`{key}.{language}` has a name of more than {MAX_ALIAS_CHARS} characters")
        checked[str(language)] = tuple(name.strip() for name in names)
    return checked
