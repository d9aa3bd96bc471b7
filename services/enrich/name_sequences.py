"""Runs of capitalised words that can be a person's full name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.enrich.capitals import LETTER, UPPER
from services.enrich.common_words import CALENDAR
from services.enrich.family_names import PARTICLES
from services.enrich.honorifics import WORDS as HONORIFICS
from services.enrich.layout import Layout, Style
from services.enrich.trigger_words import BODIES, ROLES, STARTERS

_MAX_WORDS = 5

# Possessive throughout: a word that was read is never given back, so that no text makes this slow.
_WORD = rf"(?:{UPPER}{LETTER}++(?:'{LETTER}++)?+|{UPPER}\.)"
_PARTICLE = "(?:de|del|della|di|da|do|dos|du|la|le|van|von|der|den|ten|bin|ibn|al|el|фон|де|ван|бин|аль)"
_NAME = re.compile(rf"(?<![\w'.]){_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}){{1,{_MAX_WORDS}}}+(?!\w)")


@dataclass(frozen=True, slots=True)
class NameSequence:
    """`name` as it stands in the folded text, words parted by single blanks; offsets there."""

    start: int
    end: int
    name: str

    @property
    def given(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def family(self) -> str:
        words = self.name.split(" ")
        at = len(words) - 1
        while at > 1 and words[at - 1].lower() in PARTICLES:
            at -= 1
        return " ".join(words[at:])


def name_sequences(layout: Layout, taken: Sequence[tuple[int, int]]) -> Iterator[NameSequence]:
    """Those of two words or more that touch no span of `taken` (in order) and stand where capitals say something."""
    at = 0
    for found in _NAME.finditer(layout.text):
        start, end = found.span()
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        if (at == len(taken) or taken[at][0] >= end) and layout.style(start) is Style.PLAIN:
            sequence = _trimmed(found[0], start, ROLES[layout.language])
            if sequence is not None:
                yield sequence


def _trimmed(text: str, start: int, roles: frozenset[str]) -> NameSequence | None:
    """Without the words in front that belong to no name; None where fewer than two are left or one is no name's."""
    words = text.split(" ")
    while words and _opens(words[0].lower().rstrip("."), roles):
        start += len(words.pop(0)) + 1
    proper = [word for word in words if word.lower() not in PARTICLES]
    if not 2 <= len(proper) <= _MAX_WORDS or words[0] not in proper:
        return None
    if any(_no_name(word, roles) for word in proper):
        return None
    name = " ".join(words)
    return NameSequence(start, start + len(name), name)


def _opens(word: str, roles: frozenset[str]) -> bool:
    return word in STARTERS or word in HONORIFICS or word in roles


def _no_name(word: str, roles: frozenset[str]) -> bool:
    lowered = word.lower()
    acronym = len(word) > 1 and word.isupper()
    return acronym or lowered in BODIES or lowered in CALENDAR or lowered in roles or lowered in HONORIFICS
