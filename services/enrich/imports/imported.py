"""From what a knowledge base says of an actor to an entry whose names are safe to look for.

A knowledge base lists whatever anybody ever called somebody. Names that would be found everywhere (a single word of a person, a village
called Of, an acronym of three letters) count only beside another name of the same actor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from services.enrich.alias import GAZETTEER_LANGUAGES
from services.enrich.common_words import CALENDAR, common_words
from services.enrich.entry import MAX_ALIASES, Entry
from services.enrich.folding import fold_name
from shared.contracts.enrichment import ActorType

MIN_CHARS = 2
MAX_CHARS = 80
_WELL_KNOWN = 25
"""Weight from which a single word is a body's or a place's name even alone."""
_GATED_ACRONYM = 4
_IN_BRACKETS = re.compile(r"\s*[(（\[][^)）\]]*[)）\]]")
_LATIN = frozenset({"en", "fr", "de", "es", "pt", "it", "pl", "tr"})
"""Languages that share their names: one that English has need not stand here again."""
_ID = re.compile(r"[^a-z0-9]+")


def imported_entry(
    key: str,
    type_: ActorType,
    name: str,
    names: Mapping[str, Iterable[str]],
    *,
    source: str,
    wikidata: str | None = None,
    country: str | None = None,
    kind: str | None = None,
    weight: int = 0,
) -> Entry | None:
    """`names` by language, in any order and with doubles; `key` is the actor's id in its knowledge base. None where no name is left."""
    aliases: dict[str, tuple[str, ...]] = {}
    short: dict[str, tuple[str, ...]] = {}
    english: set[str] = set()
    left = MAX_ALIASES
    for language in sorted(names, key=lambda each: (each != "en", each)):
        if language not in GAZETTEER_LANGUAGES:
            continue
        full: dict[str, None] = {}
        weak: dict[str, None] = {}
        for written in names[language]:
            clean = cleaned(written)
            if not MIN_CHARS <= len(clean) <= MAX_CHARS or (language in _LATIN and clean in english) or not left:
                continue
            left -= 1
            (full if _safe(clean, language, type_, weight) else weak)[clean] = None
        if language == "en":
            english.update(full)
        if full:
            aliases[language] = tuple(full)
        if weak:
            short[language] = tuple(weak)
    id_ = _ID.sub("-", key.lower()).strip("-")[:80]
    display = cleaned(name)
    if not aliases or not id_ or not display:
        return None
    return Entry(
        id=id_,
        type=type_,
        name=display[:MAX_CHARS],
        wikidata=wikidata,
        country=country,
        kind=kind,
        aliases=aliases,
        short=short,
        file=source,
        weight=weight,
    )


def cleaned(name: str) -> str:
    """Without what stands in brackets, and with single blanks."""
    if "(" in name or "[" in name or "（" in name:
        name = _IN_BRACKETS.sub("", name)
    return " ".join(name.split())


def _safe(name: str, language: str, type_: ActorType, weight: int) -> bool:
    # In running text only what begins with a capital, or has none, is looked for.
    if name[0].islower() or not any(char.isalpha() for char in name):
        return False
    if language in ("zh", "ja", "ko"):
        return len(name) > 2 if type_ == "person" else len(name) > 2 or weight >= _WELL_KNOWN
    if " " in name or "-" in name or "\u200c" in name:
        return type_ != "person" or sum(len(word) > 1 for word in re.split("[ .-]", name)) > 1
    if type_ == "person" or weight < _WELL_KNOWN:
        return False
    if name.isupper() and len(name) <= _GATED_ACRONYM:
        return False
    folded = fold_name(name)
    return folded not in CALENDAR and folded not in common_words(language)
