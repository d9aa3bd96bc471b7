"""How much the words around a capitalised sequence say that it is a person's name, as a sum of points.

After the way of the Europe Media Monitor (FINDINGS, section 4): no sign is proof by itself, two together nearly always are.
"""

from __future__ import annotations

import re

from services.enrich.layout import NOUNS_CAPITALISED, Layout
from services.enrich.name_sequences import NameSequence
from services.enrich.person_words import PersonWords, SharedWords
from services.enrich.plain_letters import plain

ENOUGH = 3.0
"""Points from which a sequence is a person."""

_GIVEN = 2.0
_TITLE = 3.0
_TITLE_NEAR = 1.0
_TITLE_WITH_BODY = 2.0
"""What the person is, and of which body: `речниця клубу X`, `la portavoz del club, X`."""
_BODY_WORDS = 2
_NOUN_BEFORE = 1.0
"""An article and a noun, or a noun alone, directly in front: `la pédiatre X`, of a profession that is in no list."""
_AGE = 3.0
_APPOSITION = 2.5
_RELATIVE = 1.0
_SAYS = 2.0
_SAYS_INVERTED = 2.5
_HONORIFIC = 3.0
_REPEATED = 1.5
_SURNAME_ENDING = 0.7
_THING = -3.0
_IN_A_PLACE = -1.5
_OPENS = -1.0
"""The first word of a sentence has its capital from there."""

_REACH = 80
_NEAR = 32
_APPOSITION_WORDS = 4
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CLAUSE_ENDS = re.compile(r"[.;:,»\"”!?\n(—–]")
_ENDING = re.compile(
    r"(?:ov|ova|ev|eva|enko|chuk|czuk|ski|sky|ska|skaya|wicz|vich|vić|ić|yan|ian|shvili|adze|dse|dze|sson|sen|oğlu|opoulos|idis|escu|"
    r"ов|ова|ев|ева|енко|чук|ский|ская|ський|ська|вич|ян|швили|швілі|адзе|идзе|ідзе|ець)$"
)
_QUOTED = (', "', ", “", ", «", ": «", ": “", ': "', ": „", " «", " “", ' "')
_PLACE_BEFORE = frozenset("in at near à en nach aus bei в у под біля w".split())


def evidence(
    sequence: NameSequence, layout: Layout, lowered: str, words: PersonWords, shared: SharedWords, given: bool
) -> float:
    """`lowered` is the folded text in lower case; `given` whether the first word is a given name that is known."""
    before = _before(sequence.start, layout, lowered)
    points = _GIVEN if given else 0.0
    points += _titles(sequence, before, words)
    points += _behind(sequence.end, lowered, words)
    points += _age_before(lowered[max(sequence.start - _NEAR, 0) : sequence.start], words)
    points += _repeats(sequence, layout, lowered, words)
    if _ENDING.search(sequence.family.lower()):
        points += _SURNAME_ENDING
    if not given and not sequence.title and layout.begins_sentence(sequence.start):
        points += _OPENS
    if before:
        if before[-1] in words.things and lowered[sequence.start - 2 : sequence.start] != ", ":
            points += _THING
        elif before[-1] in _PLACE_BEFORE and not given:
            points += _IN_A_PLACE
    return points


def can_be_person(sequence: NameSequence, layout: Layout, lowered: str, words: PersonWords, given: bool) -> bool:
    """Where every noun has a capital, two of them are no name: a given name, a title or what the person is must be there."""
    if given or sequence.title or layout.language not in NOUNS_CAPITALISED:
        return True
    return _behind(sequence.end, lowered, words) >= _APPOSITION


def is_given(word: str, names: frozenset[str]) -> bool:
    """Also by the halves of a double name, and by what is left without diacritics."""
    lowered = word.lower()
    return lowered in names or plain(lowered) in names or ("-" in lowered and lowered.partition("-")[0] in names)


def _age_before(text: str, words: PersonWords) -> float:
    """`une débutante de 31 ans, X`, `31-летняя X`, `31-летняя дебютантка X`."""
    text = text.rstrip(" ,")
    if words.ages_before.search(text) or words.ages_before.search(text.rpartition(" ")[0]):
        return _AGE
    return 0.0


def _before(start: int, layout: Layout, lowered: str) -> list[str]:
    """The words of the same clause in front, a comma directly before the name passed over: `le porte-parole du Conseil, John Kirby`."""
    begin, _ = layout.bounds(start)
    text = lowered[max(begin, start - _REACH) : start].rstrip(' ,(«"“„')
    clause = _CLAUSE_ENDS.split(text)[-1]
    return _TOKEN.findall(clause)


def _titles(sequence: NameSequence, before: list[str], words: PersonWords) -> float:
    if sequence.title:
        return _HONORIFIC if sequence.title in words.honorifics else _TITLE
    points = 0.0
    for distance, token in enumerate(reversed(before[-6:])):
        if token in words.honorifics and distance == 0:
            return _HONORIFIC
        if words.is_profession(token):
            points = _TITLE if distance == 0 else _TITLE_WITH_BODY if distance <= _BODY_WORDS else _TITLE_NEAR
            break
    if not points and words.phrases:
        clause = " ".join(before)
        if clause.endswith(words.phrases):
            points = _TITLE
        elif any(phrase in clause for phrase in words.phrases):
            points = _TITLE_NEAR
    if before and (before[-1] in words.saying or (len(before) > 1 and before[-2] in words.saying)):
        # Nothing but the verb stands between the quotation and the name.
        points += _SAYS_INVERTED if len(before) == 1 else _SAYS
    elif not points and before and before[-1].isalpha() and len(before[-1]) > 3 and before[-1] not in words.things:
        points = _NOUN_BEFORE / 2
    return points


def _behind(end: int, lowered: str, words: PersonWords) -> float:
    """The best that stands directly behind: an age, what the person is, what they said."""
    after = lowered[end : end + _REACH]
    if words.ages_behind.match(after):
        return _AGE
    if after.startswith((", ", " (", " - ")):
        clause = _CLAUSE_ENDS.split(after[2:])[0]
        tokens = _TOKEN.findall(clause)[:_APPOSITION_WORDS]
        if any(words.is_profession(token) for token in tokens):
            return _APPOSITION
        if tokens and tokens[0] in words.relative:
            return _RELATIVE
    if after.startswith(_QUOTED):
        return _SAYS
    tokens = _TOKEN.findall(after[:_NEAR])[:3]
    return _SAYS if after[:1] in " '" and any(token in words.saying for token in tokens) else 0.0


def _repeats(sequence: NameSequence, layout: Layout, lowered: str, words: PersonWords) -> float:
    """An honorific before the surname somewhere, or the surname by itself."""
    family = sequence.family.lower().replace("-", " ")
    points = 0.0
    at = lowered.find(family)
    for _ in range(20):
        if at < 0:
            break
        end = at + len(family)
        alone = not (at and lowered[at - 1].isalnum()) and not lowered[end : end + 1].isalpha()
        if alone and not sequence.start <= at < sequence.end and layout.text[at].isupper():
            before = lowered[max(at - 16, 0) : at].rstrip(" .").rpartition(" ")[2].rpartition("\n")[2]
            if before in words.honorifics:
                return _HONORIFIC
            points = _REPEATED
        at = lowered.find(family, end)
    return points
