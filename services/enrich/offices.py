"""Offices as words before a surname: `President Kim` is a head of state, and of the Kims of an article about Korea there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.enrich.layout import Layout
from services.enrich.word_lists import words

_REACH = 40
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_STATE, _GOVERNMENT, _MINISTER, _MILITARY, _RELIGIOUS = (
    "head-of-state",
    "head-of-government",
    "minister",
    "military",
    "religious",
)

_WORDS: Mapping[str, frozenset[str]] = {
    _STATE: words(
        "president president's king queen emperor emir sultan président présidente roi reine präsident präsidentin staatschef könig "
        "königin presidente presidenta rey reina presidentessa re prezydent prezydenta król президент президента президентом президенту "
        "президентка президентки король короля cumhurbaşkanı الرئيس الرئيسة الملك رئيس ملك رئیسجمهور הנשיא נשיא राष्ट्रपति"
    ),
    _GOVERNMENT: words(
        "premier minister chancellor prime ministre chancelier chancelière premierminister ministerpräsident kanzler kanzlerin "
        "bundeskanzler bundeskanzlerin regierungschef ministro ministra canciller primera cancelliere premiê kanclerz premiera премьер "
        "премьера премьером премьеру канцлер канцлера канцлером прем'єр прем'єра прем'єром канцлерка başbakan başbakanı şansölye "
        "الوزراء المستشار المستشارة ראש הממשלה प्रधानमंत्री"
    ),
    _MINISTER: words(
        "minister secretary ministre ministerin außenminister außenministerin verteidigungsminister finanzminister ministro ministra "
        "secretario secretaria министр министра министром министру міністр міністра міністром міністру bakan bakanı minister ministra "
        "ministrem الوزير وزير وزيرة وزیر שר השר שרת मंत्री"
    ),
    _MILITARY: words(
        "general commander admiral marshal général general генерал генерала генералом генерал generał اللواء الجنرال"
    ),
    _RELIGIOUS: words(
        "pope pape papst papa papież папа папы папой pontiff patriarch patriarche патриарх البابا האפיפיור"
    ),
}
_KINDS: Mapping[str, frozenset[str]] = {
    word: frozenset(kind for kind, of_kind in _WORDS.items() if word in of_kind)
    for of_kind in _WORDS.values()
    for word in of_kind
}
_WITH_HEADS = frozenset({_STATE, _GOVERNMENT})
"""Presidents here are premiers there, and papers mix them."""


def kinds_before(start: int, layout: Layout) -> frozenset[str]:
    """The kinds of persons whom the word before the name at `start` admits; none where no office stands there."""
    begin, _ = layout.bounds(start)
    before = _TOKEN.findall(layout.text[max(start - _REACH, begin) : start])
    found = _KINDS.get(before[-1].lower(), frozenset()) if before else frozenset()
    return found | _WITH_HEADS if found & _WITH_HEADS else found
