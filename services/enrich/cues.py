"""What the words directly beside a name say of it: that it is a place, that it is a person, which office it holds.

Small tables, by language; a script without blanks is asked by the characters before and behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.enrich.honorifics import WORDS as HONORIFICS
from services.enrich.layout import Layout
from services.enrich.word_lists import words

_REACH = 40
_DATELINE = re.compile(r" ?[(/,.—–-]")
_TOKEN = re.compile(r"[^\W\d_]+")

_PLACE_BEFORE: Mapping[str, frozenset[str]] = {
    "en": words("in at to from near across outside around throughout"),
    "fr": words("à en vers depuis dans"),
    "de": words("in nach aus bei"),
    "es": words("en a desde hacia"),
    "it": words("in a da verso"),
    "pt": words("em para no na desde"),
    "pl": words("w we do z ze"),
    "ru": words("в во из к под"),
    "uk": words("у в з із до зі"),
    "ar": words("في الى من"),
    "fa": words("در به از"),
    "he": words("מ ל ב"),
    "hi": words(""),
    "nl": words("in naar uit bij"),
}
_PLACE_BEHIND: Mapping[str, tuple[str, ...]] = {
    "tr": ("'da", "'de", "'ta", "'te", "'dan", "'den", "'tan", "'ten", "'ya", "'ye", "'a ", "'e "),
    "ko": ("에서", "에 ", "으로", "로 ", "발 ", "시 ", "시에", "시는"),
    "ja": ("で", "に", "へ", "市", "州", "発"),
    "zh": ("市", "州", "举行", "當地", "当地", "时间", "方面"),
    "hi": (" में", " से"),
}
_PLACE_BEFORE_UNSPACED = ("在", "于", "於", "赴", "抵", "离开", "離開", "访问", "訪問", "前往", "对", "向", "从", "從")
_PERSON_BEHIND: Mapping[str, tuple[str, ...]] = {
    "zh": ("说", "說", "表示", "先生", "女士", "认为", "認為", "耸", "笑", "称", "稱"),
    "ja": ("氏", "さん", "被告", "容疑者", "選手", "監督", "議員"),
    "tr": (" Bey", " Hanım", " bey", " hanım"),
    "ko": (" 씨", "씨", " 의원", " 장관", " 감독", " 선수", " 교수", " 박사", " 대표", " 배우"),
}
_ARABIC_HEADS = ("و", "ف", "ل", "لل", "ال", "وال")
_WOMAN = words("mme mrs ms miss madame lady frau sra señora signora senhora pani пани пані жа hanım السيدة सुश्री")
_GOVERNOR = words(
    "governor gouverneur gouverneure gouverneurin gobernador gobernadora governatore governador governadora gubernator губернатор "
    "губернатора губернатором губернатору valisi vali حاكم governor's state staat bundesstaat estado état штат штата штате штату stan"
)
_PREMIER = words(
    "president premier minister government parliament country republic président premier ministre gouvernement parlement pays "
    "präsident ministerpräsident regierung parlament presidente ministro gobierno parlamento país президент президента премьер "
    "премьера министр правительство парламент страна прем'єр прем'єра міністр уряд başbakanı cumhurbaşkanı hükümeti رئيس وزراء حكومة"
)


def place_cue(start: int, end: int, layout: Layout) -> bool:
    """Whether only a place can stand there: `in Washington`."""
    text = layout.text
    language = layout.language
    if language == "zh" and text.endswith(_PLACE_BEFORE_UNSPACED, 0, start):
        return True
    behind = _PLACE_BEHIND.get(language)
    if behind is not None and text.startswith(behind, end):
        return True
    before = _TOKEN.findall(text[max(start - _REACH, 0) : start])
    return bool(before) and before[-1].lower() in _PLACE_BEFORE.get(language, ())


def opens_dateline(start: int, end: int, layout: Layout) -> bool:
    """Whether a line begins with the name, and what goes on is no sentence: `MADRID (EFE)`, `Madrid, 9 may`."""
    text = layout.text
    return text[start - 1 : start] in ("", "\n") and _DATELINE.match(text, end) is not None


def person_cue(start: int, end: int, layout: Layout, saying: frozenset[str]) -> bool:
    """Whether only a person can stand there: `Mr Washington`, `Washington said`."""
    text = layout.text
    behind = _PERSON_BEHIND.get(layout.language)
    if behind is not None and text.startswith(behind, end):
        return True
    begin, _ = layout.bounds(start)
    before = _TOKEN.findall(text[max(start - _REACH, begin) : start])
    if before and any(word in HONORIFICS or word in saying for word in _written(before[-1].lower(), layout.language)):
        return True
    after = _TOKEN.findall(text[end : end + _REACH])
    return bool(after and after[0] in saying)


def _written(word: str, language: str) -> tuple[str, ...]:
    """The word, and in Arabic without what is written onto it in front: وقال, للسيد."""
    if language != "ar":
        return (word,)
    return (word, *(word[len(head) :] for head in _ARABIC_HEADS if word.startswith(head)))


def woman_before(start: int, layout: Layout) -> bool:
    """Whether an honorific of a woman stands directly in front."""
    before = _TOKEN.findall(layout.text[max(start - _REACH, 0) : start])
    return bool(before) and before[-1].lower() in _WOMAN


def kind_of_place(start: int, layout: Layout) -> str | None:
    """`region` behind a governor, `country` behind a prime minister, None behind neither."""
    begin, _ = layout.bounds(start)
    before = [token.lower() for token in _TOKEN.findall(layout.text[max(start - _REACH, begin) : start])[-4:]]
    for token in reversed(before):
        if token in _GOVERNOR:
            return "region"
        if token in _PREMIER:
            return "country"
    return None
