"""The words beside which a capitalised name is a person, by language: `person_words/<language>.yaml`.

Keys: `professions` (what somebody can be called beside the name; an entry that begins with `-` is the end of a compound, `_` is a blank),
`honorifics`, `saying` (verbs), `ages` (how an age is written beside a name, N for the number), `relative` (pronouns that open a clause
about a person), `things` (nouns before names of bodies and things), `starters` (words that open a sentence and belong to no name),
`bodies` (a name with one of these is no person's) and `given`, which count in all languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from services.enrich.folding import fold_name
from services.enrich.plain_letters import plain

_FOLDER = Path(__file__).with_name("person_words")
_NUMBER = "0"
_DIGITS = r"\d{1,3}"


@dataclass(frozen=True, slots=True)
class PersonWords:
    """All folded and in lower case. `ages_before` match up to a name, `ages_behind` from its end."""

    professions: frozenset[str]
    compounds: tuple[str, ...]
    phrases: tuple[str, ...]
    honorifics: frozenset[str]
    saying: frozenset[str]
    relative: frozenset[str]
    things: frozenset[str]
    starters: frozenset[str]
    given: frozenset[str]
    ages_before: re.Pattern[str]
    ages_behind: re.Pattern[str]

    def is_profession(self, word: str) -> bool:
        """`word` in lower case, its hyphens as they are or as blanks."""
        plain = word.replace("-", " ")
        return (
            plain in self.professions
            or plain.rpartition("'")[2] in self.professions
            or plain.endswith(self.compounds)
            or (plain != word and plain in self.phrases)
        )


@dataclass(frozen=True, slots=True)
class SharedWords:
    """Of all languages together: names of bodies and persons cross borders."""

    bodies: frozenset[str]
    given: frozenset[str]


def languages() -> frozenset[str]:
    return frozenset(path.stem for path in _FOLDER.glob("*.yaml"))


@cache
def person_words(language: str) -> PersonWords | None:
    """Of an ISO 639-1 language, read once; None where there are none."""
    if language not in languages():
        return None
    raw = _read(language)
    professions = _entries(raw, "professions")
    before, behind = _ages(raw.get("ages") or "")
    return PersonWords(
        professions=frozenset(each for each in professions if " " not in each and each[0] != "-"),
        compounds=tuple(each[1:] for each in professions if each[0] == "-") or ("\0",),
        phrases=tuple(each for each in professions if " " in each),
        honorifics=frozenset(each.rstrip(".") for each in _entries(raw, "honorifics")),
        saying=frozenset(each.rpartition(" ")[2] for each in _entries(raw, "saying")),
        relative=frozenset(_entries(raw, "relative")),
        things=frozenset(_entries(raw, "things")),
        starters=frozenset(_entries(raw, "starters")),
        given=frozenset(_entries(raw, "given")),
        ages_before=before,
        ages_behind=behind,
    )


@cache
def shared_words() -> SharedWords:
    bodies: set[str] = set()
    given: set[str] = set()
    for language in sorted(languages()):
        raw = _read(language)
        bodies.update(_entries(raw, "bodies"))
        given.update(_entries(raw, "given"))
    return SharedWords(frozenset(bodies), frozenset(given | {plain(name) for name in given}))


def _read(language: str) -> dict[str, object]:
    raw = yaml.load((_FOLDER / f"{language}.yaml").read_text("utf-8"), yaml.CBaseLoader)
    return raw if isinstance(raw, dict) else {}


def _entries(raw: dict[str, object], key: str) -> list[str]:
    listed = raw.get(key) or ""
    text = " ".join(map(str, listed)) if isinstance(listed, list) else str(listed)
    found = []
    for each in text.split():
        prefix = "-" if each.startswith("-") else ""
        found.append(prefix + fold_name(each.removeprefix("-").replace("_", " ")))
    return found


def _ages(listed: object) -> tuple[re.Pattern[str], re.Pattern[str]]:
    before: list[str] = []
    behind: list[str] = []
    for template in str(listed).split():
        written = re.sub("N(?![A-Za-z])", _NUMBER, template.replace("_", " "))
        if _NUMBER not in written:
            continue
        pattern = re.escape(fold_name(written)).replace(_NUMBER, _DIGITS)
        if written[0] in ",(":
            behind.append(pattern)
        else:
            before.append(pattern)
            behind.append(",? " + pattern)
    return re.compile(f"(?:{_either(before)})$"), re.compile(
        f"(?:{_either([*behind, ', [0-9]{1,3}[,.]', ' ?[(][0-9]{1,3}[)]'])})"
    )


def _either(patterns: Iterable[str]) -> str:
    return "|".join(sorted(set(patterns), key=lambda each: (-len(each), each))) or r"(?!)"
