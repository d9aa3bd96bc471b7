"""Names of persons in Korean, whose words are parted and carry particles: 김민수 교수는, 데니스 워싱턴 대변인은."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from services.enrich.affixes import korean_tail
from services.enrich.uncased_words import either, uncased_words
from services.enrich.written_names import Written

_WORDS = uncased_words("ko")
_HANGUL = "[가-힣]"
_TOKEN = re.compile(r"[가-힣]++")
_TITLE = (
    f"(?:{either(_WORDS['titles'])}|"
    "[가-힣]{2,4}(?:본부장|국장|실장|팀장|센터장|위원장|부장|과장|처장|단장|비서관|수석|차관보|담당관|사무관|연구위원|대변인))"
)
_PARTICLES = (
    "(?:께서는|에게는|에게서|으로부터|로부터|이라고|이라며|이라는|이었다|였다|이다|에게|께서|한테|라고|라며|라는|처럼|보다|까지|부터|만이|과의|와의|과는|와는|"
    "은|는|이|가|을|를|과|와|의|도|만|로|으로|에|인|나|들은|들이|들)?"
)
# A title, with what may be written onto it.
_TITLED = re.compile(rf"{_TITLE}님?{_PARTICLES}(?!{_HANGUL})")
_GLUED = re.compile(rf"(?:씨|군|양|님){_PARTICLES}(?!{_HANGUL})")
_AGE = re.compile(r" ?\((?:\d{1,3}|여|남)[),·세]")
_POST = re.compile(rf"[가-힣A-Za-z]{{0,14}}?{either(_WORDS['posts'])} |[A-Z][A-Za-z&]{{1,14}}+ ")
_SURE_POST = re.compile("[가-힣]{1,10}?(?:대|대학교|증권|연구소|연구원|은행|병원|센터|청) ")
_SURNAMES = _WORDS["surnames"]
_GIVEN = _WORDS["given"]
_FORMER = "전"
"""클린턴 전 대통령: no part of a name."""
_THINGS = _WORDS["things"]
_MAX_POSTS = 2
_MIN_FIRST = 2
_MIN_BY_FORM = 6
"""Syllables of a foreign name of two words, from which it is taken for one by its length."""
_MAX_KOREAN = 3
_MISTER = re.compile(rf" 씨{_PARTICLES}(?!{_HANGUL})")
_SIGNATURE = re.compile(r"(?:기자|특파원|앵커|아나운서)(?!(?:은|는|이|가|를|의|에게|와|도))")
"""Who signs a report is no actor."""


class KoreanNames:
    """Finder of names in Hangul."""

    def full_names(self, text: str, given_names: Collection[str]) -> Iterator[Written]:
        last = 0
        for found in _TOKEN.finditer(text):
            if found.start() >= last:
                written = _korean(text, found) or _foreign(text, found) or _by_form(text, found)
                if written is not None:
                    last = written.end
                    yield written

    def mentions(self, text: str, start: int, end: int, *, family: bool, titled: bool) -> bool:
        if start and _TOKEN.match(text, start - 1):
            return False
        tail = _tail(text, end)
        if family and titled:
            # 김 박사는; the full name of another would end with the surname nowhere.
            return _GLUED.match(text, end) is not None or (not tail and _beside(text, end) is not None)
        return korean_tail(tail)


def _korean(text: str, found: re.Match[str]) -> Written | None:
    """Three syllables, four with a double family name; a title glued on with its particles is left out."""
    token, start = found[0], found.start()
    for family in (token[:2], token[:1]):
        size = len(family) + 2
        if family not in _SURNAMES or len(token) < size or (len(family) == 2) != (len(token[:size]) == 4):
            continue
        name, end = token[:size], start + size
        if (
            name in _THINGS
            or (name[-1] in _WORDS["never_last"] and not _AGE.match(text, end))
            or not all(syllable in _GIVEN for syllable in name[len(family) :])
        ):
            continue
        if _foreign_before(text, start):
            continue
        glued = _GLUED.match(text, end) is not None
        if glued or (len(token) == size and _beside(text, end, family in _WORDS["common"])) or _AGE.match(text, end):
            return Written(start, end, name, family, titled=True)
    return None


def _foreign(text: str, found: re.Match[str]) -> Written | None:
    """A given name that is known, and one or two words more before a title or an age."""
    if found[0] not in _WORDS["given_foreign"]:
        return None
    start, at, words = found.start(), found.end(), [found[0]]
    while len(words) < 4 and text[at : at + 1] in (" ", "·") and (token := _TOKEN.match(text, at + 1)):
        word = token[0]
        if word == _FORMER or word in _WORDS["titles"] or word in _WORDS["bodies"] or _TITLED.match(text, at + 1):
            break
        words.append(word)
        at = token.end()
        if _beside(text, at) or _AGE.match(text, at):
            return Written(start, at, text[start:at], word if len(word) > 1 else "")
        glued = re.search(r"(?<=..)씨(?:는|가|를|의|도)?$", word)
        if glued:
            end = token.start() + glued.start()
            return Written(start, end, text[start:end], word[: glued.start()])
    return None


def _by_form(text: str, found: re.Match[str]) -> Written | None:
    """그루슈차크 and 브루블레프스카: two words that no list has, longer than Korean names are, before 씨 or an age."""
    first, at = found[0], found.end()
    second = _TOKEN.match(text, at + 1) if text[at : at + 1] == " " else None
    if second is None or len(first) < _MIN_FIRST or _no_name(first) or _no_name(second[0]):
        return None
    end = second.end()
    family = second[0]
    enough = len(first) + len(family) >= _MIN_BY_FORM and len(family) >= _MIN_FIRST
    if not enough or _korean(text, second) or (len(family) <= _MAX_KOREAN and family[0] in _SURNAMES):
        return None
    if not (_AGE.match(text, end) or _MISTER.match(text, end)):
        return None
    return Written(found.start(), end, text[found.start() : end], family)


def _no_name(word: str) -> bool:
    return (
        word in _WORDS["titles"] or word in _WORDS["bodies"] or word in _THINGS or _TITLED.fullmatch(word) is not None
    )


def _foreign_before(text: str, start: int) -> bool:
    """넬슨 차미사: what stands behind a foreign given name is no name by itself."""
    before = text[max(start - 12, 0) : start]
    return before.endswith(" ") and before.rstrip().rpartition(" ")[2] in _WORDS["given_foreign"]


def _beside(text: str, end: int, at_once: bool = False) -> re.Match[str] | None:
    """The title behind a name, with at most some words of the person's post between: 김민수 서울대 경제학부 교수."""
    if text[end : end + 1] != " ":
        return None
    at = end + 1
    if at_once and not _TITLED.match(text, at) and not _SURE_POST.match(text, at):
        return None
    for _ in range(_MAX_POSTS + 1):
        title = _TITLED.match(text, at)
        if title is not None:
            return None if _SIGNATURE.match(text, at) else title
        post = _POST.match(text, at)
        if post is None:
            return None
        at = post.end()
    return None


def _tail(text: str, end: int) -> str:
    found = _TOKEN.match(text[end : end + 12])
    return found[0] if found else ""
