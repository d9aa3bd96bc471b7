"""Offices as words before a surname: `President Kim` is a head of state, and of the Kims of an article about Korea there is one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.enrich.layout import Layout
from services.enrich.word_lists import words

_REACH = 40
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_STATE, _GOVERNMENT, _MINISTER, _MILITARY, _RELIGIOUS, _OFFICIAL = (
    "head-of-state",
    "head-of-government",
    "minister",
    "military",
    "religious",
    "official",
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
    _OFFICIAL: words(
        "mayor governor maire gouverneur bürgermeister bürgermeisterin oberbürgermeister gouverneurin alcalde alcaldesa gobernador "
        "gobernadora sindaco governatore prefeito governador burmistrz prezydent gubernator мэр мэра мэром мэру губернатор губернатора "
        "губернатором губернатору мер мера мером меру valisi محافظ حاكم عمدة"
    ),
}
_UNSPACED: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "zh": (
        ("副总统", frozenset({_STATE, _GOVERNMENT, _OFFICIAL})),
        ("副總統", frozenset({_STATE, _GOVERNMENT, _OFFICIAL})),
        *(
            (word, frozenset({_STATE, _GOVERNMENT}))
            for word in ("总统", "總統", "主席", "国王", "國王", "首相", "总理", "總理", "元首")
        ),
        *(
            (word, frozenset({_MINISTER}))
            for word in (
                "外长",
                "外長",
                "防长",
                "防長",
                "部长",
                "部長",
                "大臣",
                "国务卿",
                "國務卿",
                "财长",
                "財長",
                "外相",
                "防相",
            )
        ),
        *((word, frozenset({_MILITARY})) for word in ("将军", "將軍", "司令", "上将", "上將", "总司令", "總司令")),
        *(
            (word, frozenset({_OFFICIAL}))
            for word in ("市长", "市長", "州长", "州長", "省长", "省長", "发言人", "發言人", "行长", "行長")
        ),
        *((word, frozenset({_RELIGIOUS})) for word in ("教皇", "教宗")),
    ),
}
"""In front of the name, without a blank."""
_ARABIC_ADJECTIVE = re.compile("ال[^\\W\\d_]+(?:ي|يه|ية)")
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
    text = layout.text[max(start - _REACH, begin) : start]
    for office, kinds in _UNSPACED.get(layout.language, ()):
        if text.endswith(office):
            return kinds
    before = _TOKEN.findall(text)
    if layout.language == "ar" and len(before) > 1 and _ARABIC_ADJECTIVE.fullmatch(before[-1]):
        # الرئيس الكيني روتو
        before.pop()
    found = _KINDS.get(before[-1].lower(), frozenset()) if before else frozenset()
    return found | _WITH_HEADS if found & _WITH_HEADS else found
