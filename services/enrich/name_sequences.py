"""Runs of capitalised words that can be a person's full name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.enrich.capitals import LETTER, UPPER
from services.enrich.common_words import CALENDAR
from services.enrich.cues import kind_of_place
from services.enrich.family_names import FAR_EASTERN_FAMILIES, PARTICLES
from services.enrich.honorifics import WORDS as HONORIFICS
from services.enrich.layout import NOUNS_CAPITALISED, Layout, Style
from services.enrich.person_words import PersonWords, SharedWords
from services.enrich.scripts import of_two_scripts

_MAX_WORDS = 5
_ARTICLES = frozenset({"a", "an", "the"})
_MIN_SHOUTED = 4
"""Letters from which capitals throughout can be a surname (Bruno MARTEL), not an acronym."""

# Possessive throughout: a word that was read is never given back, so that no text makes this slow.
_PREFIX = "(?:al|el|ad|as|ash|an|ar|at|az|аль|эль|ель|ад|ас|аш|ан|ар|ат|аз)"
_WORD = rf"(?:(?:{_PREFIX}-)?{UPPER}{LETTER}*+(?:['-]{LETTER}++)*+|{UPPER}\.(?:-?{UPPER}\.)*+)"
_PARTICLE = "(?:de|del|della|di|da|do|dos|du|la|le|van|von|der|den|ten|bin|ibn|ben|al|el|y|e|фон|де|ван|бин|аль|дер|да)"
_NAME = re.compile(rf"(?<![\w'.-]){_WORD}(?: (?:{_PARTICLE} ){{0,2}}{_WORD}){{1,{_MAX_WORDS}}}+(?![\w-])")
_CHANGE = re.compile("(?<=[A-Za-zÀ-ž]) (?=[А-яЁёІіЇїЄєҐґ])|(?<=[А-яЁёІіЇїЄєҐґ]) (?=[A-Za-zÀ-ž])")


@dataclass(frozen=True, slots=True)
class NameSequence:
    """`name` with the hyphens of the body and single blanks; offsets in the folded text. `title` is the word that was cut off in front
    because it says what the person is."""

    start: int
    end: int
    name: str
    title: str = ""

    @property
    def given(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def family_first(self) -> bool:
        """Kim Min-hyeok, Ким Мин Хёк: in the order of the Far East."""
        words = self.name.split(" ")
        return words[0].lower() in FAR_EASTERN_FAMILIES and ("-" in words[-1] or len(words) == 3)

    @property
    def family(self) -> str:
        words = self.name.split(" ")
        if self.family_first:
            return words[0]
        at = len(words) - 1
        while at > 1 and words[at - 1].lower() in PARTICLES:
            at -= 1
        return " ".join(words[at:])


def name_sequences(
    layout: Layout,
    joined: str,
    taken: Sequence[tuple[int, int]],
    places: frozenset[tuple[int, int]],
    words: PersonWords,
    shared: SharedWords,
) -> Iterator[NameSequence]:
    """Those of two words or more that touch no span of `taken` (in order) and stand where capitals say something. `joined` is the folded
    text with hyphens; `places` are names of places, which surnames and given names may be, too."""
    at = 0
    for found in _NAME.finditer(joined):
        start, end = found.span()
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        if layout.style(start) is not Style.PLAIN:
            continue
        for free, until in _of_one_script(joined, _between(start, end, taken, at)):
            text = joined[free:until].rstrip(" -")
            free, text = _behind_places(free, text, layout, places, shared)
            sequence = _trimmed(text, free, layout, words, shared)
            if sequence is not None:
                sequence = _without_place(sequence, places, shared)
            if sequence is not None and not _from_somewhere(sequence, places):
                yield sequence


def _between(start: int, end: int, taken: Sequence[tuple[int, int]], at: int) -> Iterator[tuple[int, int]]:
    """What the names that are known already leave of a run: before, between and behind them may be another."""
    while at < len(taken) and taken[at][0] < end:
        if taken[at][0] > start:
            yield start, taken[at][0]
        start = taken[at][1] + 1
        at += 1
    if start < end:
        yield start, end


def _of_one_script(joined: str, spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Cut where letters change from Latin to Cyrillic or back: `Vereinigung Cockpit Андреас Пинейро` are two names."""
    for start, end in spans:
        for found in _CHANGE.finditer(joined, start, end):
            yield start, found.start()
            start = found.end()
        yield start, end


def _behind_places(
    start: int, text: str, layout: Layout, places: frozenset[tuple[int, int]], shared: SharedWords
) -> tuple[int, str]:
    """Without places in front of three words and more: `à Houston Will Marsden`; not those that are given names, too (Jordan), unless an
    office stands before (`губернатором Джорджии Брайаном Кемпом`)."""
    while text.count(" ") >= 2:
        first, _, rest = text.partition(" ")
        given = first.lower() in shared.given and kind_of_place(start, layout) is None
        if (start, start + len(first)) not in places or given:
            break
        start, text = start + len(first) + 1, rest
    return start, text


def _without_place(
    sequence: NameSequence, places: frozenset[tuple[int, int]], shared: SharedWords
) -> NameSequence | None:
    """`Мэр Киева Кличко` and `Президент Франции Эмманюэль Макрон`, whose title was cut off; None where one word is left."""
    first, _, rest = sequence.name.partition(" ")
    if (sequence.start, sequence.start + len(first)) not in places or first.lower() in shared.given:
        return sequence
    if " " not in rest:
        return None
    return replace(sequence, start=sequence.start + len(first) + 1, name=rest)


def _from_somewhere(sequence: NameSequence, places: frozenset[tuple[int, int]]) -> bool:
    """`los Kim de Pionyang`: what looks like a particle is a preposition before a place."""
    words = sequence.name.split(" ")
    return len(words) > 2 and words[-2].islower() and (sequence.end - len(words[-1]), sequence.end) in places


def _trimmed(text: str, start: int, layout: Layout, words: PersonWords, shared: SharedWords) -> NameSequence | None:
    """Without the words in front that belong to no name; None where fewer than two are left or one is no name's."""
    parts = text.split(" ")
    title, cut = _title(parts, words, shared)
    start += sum(len(word) + 1 for word in parts[:cut])
    parts = parts[cut:]
    while len(parts) > 1 and not title:
        word = parts[0].lower().rstrip(".")
        if len(parts) == 2 and word in words.given and word not in _ARTICLES:
            # `Will Marsden, an engineer`: some given names are words.
            break
        if word in _ARTICLES:
            start += len(parts.pop(0)) + 1
            continue
        opens = word in words.starters and (layout.begins_sentence(start) or len(parts) > 2)
        # A noun that we have never heard before a given name that we have: `Stadträtin Denise Washington`.
        noun = (
            len(parts) > 2
            and word not in shared.given
            and parts[1].lower() in shared.given
            and (layout.language in NOUNS_CAPITALISED or layout.begins_sentence(start))
        )
        if not (opens or noun):
            break
        start += len(parts.pop(0)) + 1
    proper = [word for word in parts if word.lower() not in PARTICLES]
    if not 2 <= len(proper) <= _MAX_WORDS or parts[0] not in proper:
        return None
    given = proper[0].lower() in shared.given
    if of_two_scripts(" ".join(parts)) or any(
        _no_name(word, at, words, shared, surname=given and 0 < at == len(proper) - 1) for at, word in enumerate(proper)
    ):
        return None
    name = " ".join(parts)
    return NameSequence(start, start + len(name), name, title)


def _title(parts: list[str], words: PersonWords, shared: SharedWords) -> tuple[str, int]:
    """The last word in front that says what somebody is, and how many words end with it: `Warschauer Expertin Anna Kowalska`."""
    for at in range(len(parts) - 2, -1, -1):
        word = parts[at].lower().rstrip(".")
        if word in HONORIFICS or word in words.honorifics or (words.is_profession(word) and word not in shared.given):
            return word, at + 1
    return "", 0


def _no_name(word: str, at: int, words: PersonWords, shared: SharedWords, *, surname: bool) -> bool:
    """`surname`: it is the last word behind a given name, where Richter is nobody's profession."""
    lowered = word.lower()
    acronym = len(word) > 1 and word.replace("-", "").isupper() and (at == 0 or len(word) < _MIN_SHOUTED)
    return (
        acronym
        # Some given names are nouns of bodies elsewhere: Deniz is a sea in Turkish.
        or (lowered in shared.bodies and not (at == 0 and lowered in shared.given))
        or lowered in CALENDAR
        or lowered in HONORIFICS
        or (lowered in words.professions and lowered not in shared.given and not surname)
    )
