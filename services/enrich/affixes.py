"""What is written onto a name without a space: particles, titles, proclitics, endings. By script, in Latin letters by language."""

from __future__ import annotations

import re

from services.enrich.word_lists import words

# Longest run of letters that can be an affix; anything longer is another word.
MAX_CHARS = 10

_KOREAN_TITLE = (
    "대통령|총리|총통|위원장|국무위원장|주석|총서기|장관|차관|국방장관|외무장관|외교장관|대표|의원|의장|회장|총재|총장|사무총장|"
    "대변인|시장|지사|왕세자|국왕|교황|당선인|후보|행정부|정부|정권|군|당국|당|씨|측|발|산|제|식|계|인|전|대사관"
)
_KOREAN_PARTICLE = (
    "은|는|이|가|을|를|과|와|의|에|에서|서|에게|에게서|에는|에도|에서는|에서도|에게는|께|께서|한테|로|으로|로서|으로서|로써|으로써|로부터|으로부터|로는|으로는|"
    "도|만|까지|부터|마저|조차|처럼|보다|보다는|라고|이라고|라는|이라는|라며|이라며|이나|나|이며|며|이고|고|이란|란|이든|든|하고|랑|이랑|"
    "야|아|여|인|이자|자|과의|와의|과는|와는|과도|와도|만이|만을|만의|의도|에만|엔|들|들은|들이|들을|들의|뿐|뿐만|입니다|이다|였다|이었다"
)
_KOREAN_HEAD = words("친 반")
_KOREAN = re.compile(f"(?:{_KOREAN_TITLE})?(?:{_KOREAN_PARTICLE})?")

# و and, ف so, ب in, ل for, ك like, س (before verbs) not; then the article.
_ARABIC = re.compile("[وف]?[بلك]?")
_ARABIC_ARTICLE = re.compile("[وف]?(?:[بك]?ال|لل)?")
_ARABIC_LANGUAGES = frozenset({"ar", "arz", "ary", "apc"})
_HEBREW = re.compile("ו?(?:כש|מש|לכש|ש)?[הבלמכ]?")

_POLISH = words("a owi em iem ie u y ę ą ego iego emu iemu im ym ov om ovi a ovi em u ě e")
_GENITIVE_S = frozenset({"s"})
_LATIN: dict[str, frozenset[str]] = {
    **dict.fromkeys(("de", "sv", "da", "no", "nb", "nn", "nl", "lb"), _GENITIVE_S),
    **dict.fromkeys(("pl", "cs", "sk", "hr", "sl", "bs"), _POLISH),
}
MIN_STEM = 4
"""Letters that a name in Latin letters must have to take an ending."""


def korean_head(head: str) -> bool:
    """Whether `head`, the Hangul written before a name, says for or against: 친푸틴, 반나토."""
    return head in _KOREAN_HEAD


def korean_tail(tail: str) -> bool:
    """Whether `tail`, the Hangul that follows a name directly, is a title, a particle or both."""
    return len(tail) <= MAX_CHARS and _KOREAN.fullmatch(tail) is not None


def arabic_head(head: str, language: str, *, article: bool) -> bool:
    """Whether `head`, the letters written before a name, are proclitics; `article`: whether the name may take one."""
    if language not in _ARABIC_LANGUAGES or len(head) > MAX_CHARS:
        return False
    return _ARABIC.fullmatch(head) is not None or (article and _ARABIC_ARTICLE.fullmatch(head) is not None)


def hebrew_head(head: str) -> bool:
    """Whether `head` is conjunction, relative particle, preposition or article, in that order."""
    return len(head) <= MAX_CHARS and _HEBREW.fullmatch(head) is not None


def latin_tail(stem: str, tail: str, language: str) -> bool:
    """Whether `tail` is an ending of this language that changes nothing in the name: `Putins`, `Bidena`."""
    endings = _LATIN.get(language)
    if endings is None or len(stem) < MIN_STEM or tail not in endings:
        return False
    return not (tail == "s" and stem[-1] in "sxzß")
