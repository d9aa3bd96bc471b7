"""Names of persons in Japanese: foreign ones in katakana with a middle dot, Japanese ones in Han before a title."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from services.enrich.uncased_words import either, uncased_words
from services.enrich.written_names import Written

_WORDS = uncased_words("ja")
_TITLES = tuple(_WORDS["titles"])
_BEFORE = tuple(word + particle for word in _WORDS["before"] for particle in ("", "の", "、", " "))
_MAX_BEFORE = max(map(len, _BEFORE))
_HAN = "[\u3400-\u9fff々]"
_KATAKANA = "[ァ-ヺー]"
_FOREIGN = re.compile(rf"(?<![ァ-ヺー·]){_KATAKANA}++(?:[·=]{_KATAKANA}++)++(?![·=])")
_NATIVE = re.compile(rf"(?<!{_HAN})({either(_WORDS['surnames'])}) ?")
_GIVEN = re.compile(rf"[{''.join(word for word in _WORDS['given'] if len(word) == 1)}]{{1,3}}+|[ぁ-ん]{{2,3}}")
_THINGS = _WORDS["things"]
_AGE = re.compile(r" ?[(（〈]\d{1,3}(?:歳|才)?[)）〉、,・·=＝]")
# What parts a foreign name from the title: 元, 前, 副, a post such as 国務長官 is a title by itself.
_RANKS = (
    "元 前 副 新 暫定 米 英 仏 独 露 伊 同国 上級 首席 主任 チーフ シニア 国際 政治 経済 財務 外務 内務 防衛 国防 国務 法務 運輸 保健 環境"
).split()
_TITLED = re.compile(f" ?(?:{either(_RANKS)}){{0,3}}{either(_TITLES)}")
_PARTICLE = re.compile("[はがもをにとの、。」)）]")
_MIN_BARE = 4
"""Letters from which a foreign family name can be told from another word of katakana when no title follows."""


class JapaneseNames:
    """Finder of names in Japanese."""

    def full_names(self, text: str, given_names: Collection[str]) -> Iterator[Written]:
        found = [*_foreign_names(text), *_native_names(text)]
        yield from sorted(found, key=lambda each: each.start)

    def mentions(self, text: str, start: int, end: int, *, family: bool, titled: bool) -> bool:
        if re.match(_KATAKANA, text[start]):
            around = text[start - 1 : start] if start else ""
            if re.match(r"[ァ-ヺー·=]", around) or re.match(r"[ァ-ヺー·=]", text[end : end + 1]):
                return False
            bare = end - start >= _MIN_BARE and _PARTICLE.match(text, end) is not None
            return not family or _TITLED.match(text, end) is not None or bare
        if start and re.match(_HAN, text[start - 1]):
            return False
        return not family or _TITLED.match(text, end) is not None


def _foreign_names(text: str) -> Iterator[Written]:
    for found in _FOREIGN.finditer(text):
        start, end = found.span()
        parts = re.split("[·=]", found[0])
        if len(parts) > 5 or any(part in _WORDS["bodies"] for part in parts) or len(found[0]) < 5:
            continue
        beside = (
            _TITLED.match(text, end) is not None
            or _AGE.match(text, end) is not None
            or text.endswith(_BEFORE, max(start - _MAX_BEFORE, 0), start)
        )
        if beside or (parts[0] in _WORDS["katakana_given"] and _PARTICLE.match(text, end)):
            yield Written(start, end, found[0], parts[-1] if len(parts[-1]) > 1 else "")


def _native_names(text: str) -> Iterator[Written]:
    for found in _NATIVE.finditer(text):
        given = _GIVEN.match(text, found.end())
        if given is None:
            continue
        start, longest = found.start(), given.end()
        for end in range(longest, found.end(), -1):
            if text[found.end() : end] in _THINGS:
                continue
            if _TITLED.match(text, end) or _AGE.match(text, end):
                if text[found.end()] >= "\u3400" or text[end : end + 2] in ("さん", "容疑") or text[end] == "氏":
                    yield Written(start, end, text[start:end], found[1], titled=True)
                break
