"""Whether the words around a capitalised sequence say that it is a person."""

from __future__ import annotations

import re

from services.enrich.gazetteer import Gazetteer
from services.enrich.layout import NOUNS_CAPITALISED, Layout
from services.enrich.name_sequences import NameSequence
from services.enrich.plain_letters import plain
from services.enrich.trigger_words import PHRASES, ROLES, SAYING

_REACH = 80
"""Characters before a name in which its title may stand."""
_SAYING_REACH = 32
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_AGE = re.compile(r", (?:de )?\d\d(?:,| ans\b| años\b| anos\b| anni\b| лет\b| років\b)")
_CLAUSE_ENDS = '.;:,»"”!?\n'


def is_person(sequence: NameSequence, layout: Layout, gazetteer: Gazetteer) -> bool:
    """A given name that is known needs one sign more; one that is not needs a title close by, and no capital of another cause."""
    known = _is_given_name(sequence.given, gazetteer)
    if not known and (layout.language in NOUNS_CAPITALISED or layout.begins_sentence(sequence.start)):
        return False
    distance = _role_before(sequence.start, layout)
    if distance is not None and (known or distance <= 1):
        return True
    if _AGE.match(layout.text, sequence.end) or _role_behind(sequence.end, layout, adjacent=not known):
        return True
    return known and _says(sequence, layout)


def _is_given_name(word: str, gazetteer: Gazetteer) -> bool:
    lowered = word.lower()
    return lowered in gazetteer.given_names or plain(lowered) in gazetteer.given_names


def _role_before(start: int, layout: Layout) -> int | None:
    """Words between a title and the name, 0 where it stands directly in front; None without one in the same clause.

    A comma before the name is allowed: `le porte-parole du Conseil, John Kirby`.
    """
    begin, _ = layout.bounds(start)
    before = layout.text[max(begin, start - _REACH) : start].rstrip(" ,(").lower()
    clause = before[max(before.rfind(mark) for mark in _CLAUSE_ENDS) + 1 :]
    roles = ROLES[layout.language]
    for distance, token in enumerate(reversed(_TOKEN.findall(clause))):
        if token in roles or token.rpartition("'")[2] in roles:
            return distance
    phrase = next((each for each in PHRASES.get(layout.language, ()) if each in clause), None)
    return None if phrase is None else len(clause.rpartition(phrase)[2].split())


def _role_behind(end: int, layout: Layout, *, adjacent: bool) -> bool:
    """`, analyste principal`; unless `adjacent`, also `, the company's chief economist`."""
    text = layout.text
    if not text.startswith(", ", end):
        return False
    following = text[end + 2 : end + 2 + _REACH // 2]
    clause = following[
        : min((at for mark in _CLAUSE_ENDS if (at := following.find(mark)) >= 0), default=len(following))
    ]
    tokens = _TOKEN.findall(clause)[: 1 if adjacent else 4]
    roles = ROLES[layout.language]
    return any(token in roles or token.rpartition("'")[2] in roles for token in tokens)


def _says(sequence: NameSequence, layout: Layout) -> bool:
    text = layout.text
    saying = SAYING[layout.language]
    before = _TOKEN.findall(text[max(sequence.start - _SAYING_REACH, 0) : sequence.start].lower())[-2:]
    after = _TOKEN.findall(text[sequence.end : sequence.end + _SAYING_REACH].lower())[:3]
    return any(token in saying for token in (*before, *after))
