"""What is doubtful in a gazetteer: findings for `newsloom gazetteer check`.

Errors that make a file unreadable are no findings: `read_entries` raises those.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from services.enrich.common_words import CALENDAR, WORDS
from services.enrich.entry import Entry
from services.enrich.folding import fold, fold_name
from services.enrich.gazetteer import Gazetteer
from services.enrich.matches import find_matches

Code = Literal["collision", "unreachable", "common-word", "too-short", "duplicate-wikidata", "unknown-key", "no-alias"]
_MIN_LATIN = 3
_TOGETHER = 40
"""Entries whose names are looked for in one text: to look at all costs hardly more than at one."""
_Written = tuple[str, str, str]
"""(id of the entry, language, name)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`entry` and `file`: where to mend it; `detail`: what it is, for a person."""

    code: Code
    file: str
    entry: str
    detail: str


def check(gazetteer: Gazetteer) -> list[Finding]:
    """Findings in the order of files and entries."""
    findings = [*_shared_wikidata(gazetteer.entries), *_collisions(gazetteer)]
    unreachable = frozenset(_unreachable(gazetteer))
    for entry in gazetteer.entries.values():
        findings.extend(_of_entry(entry, unreachable))
    return sorted(findings, key=lambda each: (each.file, each.entry, each.code, each.detail))


def _of_entry(entry: Entry, unreachable: Container[_Written]) -> Iterator[Finding]:
    def finding(code: Code, detail: str) -> Finding:
        return Finding(code, entry.file, entry.id, detail)

    for key in entry.unknown_keys:
        yield finding("unknown-key", f"`{key}` means nothing here")
    if not entry.aliases and not (entry.type == "place" and entry.kind == "country" and entry.country):
        yield finding("no-alias", "nothing in a text can name it")
    for language, texts in entry.aliases.items():
        for text in texts:
            if _too_short(text):
                yield finding("too-short", f"{language}: `{text}`")
            elif _common(text, language):
                yield finding("common-word", f"{language}: `{text}` is an ordinary word, too; `short` is safer")
            elif (entry.id, language, text) in unreachable:
                yield finding(
                    "unreachable",
                    f"{language}: `{text}` is never found: a boundary or a longer name of another prevents it",
                )


def _too_short(text: str) -> bool:
    letters = [char for char in text if char.isalnum()]
    if len(letters) < 2:
        return True
    latin = text.isascii() and any(char.islower() for char in letters)
    return latin and len(letters) < _MIN_LATIN


def _common(text: str, language: str) -> bool:
    lowered = fold_name(text)
    return not text.isupper() and (lowered in WORDS.get(language, ()) or lowered in CALENDAR)


def _unreachable(gazetteer: Gazetteer) -> Iterator[_Written]:
    """Names that are not found where nothing else stands."""
    # In the order of the entries: what is kept of an entry serves all its languages.
    entries = iter(gazetteer.entries.values())
    while block := list(islice(entries, _TOGETHER)):
        names: dict[str, list[_Written]] = defaultdict(list)
        for entry in block:
            for language, texts in entry.aliases.items():
                names[language].extend((entry.id, language, text) for text in texts)
        for language, written in names.items():
            found = _found_by_lines([text for _, _, text in written], language, gazetteer)
            yield from (
                each
                for line, each in enumerate(written)
                if (line, each[0]) not in found and (0, each[0]) not in _found_by_lines([each[2]], language, gazetteer)
            )


def _found_by_lines(texts: Sequence[str], language: str, gazetteer: Gazetteer) -> set[tuple[int, str]]:
    """(line, id) of the actors that are found where each text is a line of its own. Of several texts, without short names: those are
    found because the full one stands on another line."""
    folded = fold("".join(f"\n{' '.join(text.split())}." for text in texts))
    lines = [at for at, char in enumerate(folded.text) if char == "\n"]
    return {
        (bisect_right(lines, match.start) - 1, alias.entry.id)
        for match in find_matches(folded, gazetteer.names, language)
        for alias in match.aliases
        if alias.strength != "short" or len(texts) == 1
    }


def _shared_wikidata(entries: Mapping[str, Entry]) -> Iterator[Finding]:
    owners: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries.values():
        if entry.wikidata:
            owners[entry.wikidata].append(entry)
    for wikidata, sharing in owners.items():
        for entry in sharing[1:]:
            yield Finding("duplicate-wikidata", entry.file, entry.id, f"{wikidata} is {sharing[0].id}'s")


def _collisions(gazetteer: Gazetteer) -> Iterator[Finding]:
    """Names that two entries claim as safe alone, in the nominative and in one language."""
    claims: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
    for entry in gazetteer.entries.values():
        for language, texts in entry.aliases.items():
            for text in texts:
                claims[fold_name(text)].append((language, entry))
    for form, claimants in claims.items():
        ids = {entry.id for _, entry in claimants}
        if len(ids) < 2:
            continue
        others = [alias for alias in gazetteer.names.aliases_of(form) if alias.strength != "short"]
        for language, entry in claimants:
            rivals = {alias.entry.id for alias in others if alias.entry.id != entry.id and alias.speaks(language)}
            if rivals:
                detail = f"{language}: `{form}` is claimed by {', '.join(sorted(rivals))} too"
                yield Finding("collision", entry.file, entry.id, detail)
