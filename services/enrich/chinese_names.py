"""Names of persons in Chinese: foreign ones with a middle dot, and those that begin with a family name of the Far East."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from services.enrich.uncased_words import either, uncased_words
from services.enrich.written_names import Written

_WORDS = uncased_words("zh")
_SOUNDS = frozenset(_WORDS["sounds"])
_FOREIGN = frozenset(_WORDS["foreign"])
_HALF_FOREIGN = frozenset(_WORDS["half"])
_SURNAMES = _WORDS["surnames"]
_TITLES = tuple(_WORDS["titles"])
_SIGNED = tuple(_WORDS["signed"])
_BEFORE = tuple(_WORDS["before"])
_BREAKS = tuple(_WORDS["breaks"])
_BODIES = tuple(_WORDS["bodies"])
_NO_NAMES = tuple(_WORDS["words"])
_HONORIFICS = tuple(_WORDS["honorifics"])
_SAYING = tuple(_WORDS["saying"])
_FOLLOWING = (*_SAYING, *_HONORIFICS, *_WORDS["following"])
_NEVER = _WORDS["never"]
_MAX_TITLE = max(map(len, (*_TITLES, *_BEFORE)))
_MAX_PART = 8
"""Letters of one part of a name in transliteration."""
_MIN_FOREIGN = 4
_MAX_FOREIGN = 40
_YEARS = re.compile(r"\d{1,3}岁的?|\d{1,3}歲的?")
_AND = ("、", "和", "与", "與", "及")
_DOTTED = re.compile(r"·")
_SURNAME = re.compile(either(_SURNAMES))


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


class ChineseNames:
    """Finder of names in simplified and traditional Chinese."""

    def full_names(self, text: str, given_names: Collection[str]) -> Iterator[Written]:
        found = [*_dotted_names(text), *_far_eastern_names(text)]
        last = 0
        for written in sorted(found, key=lambda each: (each.start, -each.end)):
            if written.start >= last:
                last = written.end
                yield written

    def mentions(self, text: str, start: int, end: int, *, family: bool, titled: bool) -> bool:
        if family and titled:
            return text.startswith(_HONORIFICS, end) and (start == 0 or text[start - 1] not in _SURNAMES)
        if "·" in text[max(start - 1, 0) : start] + text[end : end + 1]:
            return False
        if not family and end - start > 2:
            return True
        if text[start:end][0] in _SOUNDS and _part_before(text, start) < start and not _behind_title(text, start):
            return False
        return _right_edge(text, end) or _part_behind(text, end) == end


def _dotted_names(text: str) -> Iterator[Written]:
    """丹尼斯·华盛顿: as far as the letters of transliterations reach on both sides of the dots."""
    last = 0
    for found in _DOTTED.finditer(text):
        dot = found.start()
        if dot < last:
            continue
        start = _part_before(text, dot)
        end = family = dot
        while text[end : end + 1] == "·" or _double(text, end):
            # A double name keeps its family: 西里亚诺夫斯卡-达夫科娃, whose hyphen is folded to a blank.
            family = end + 1 if text[end] == "·" else family
            end = _part_behind(text, end + 1)
        last = end
        if (
            start < dot
            and end > family
            and _MIN_FOREIGN <= end - start <= _MAX_FOREIGN
            and not _is_title_of_work(text, start, end)
        ):
            if text.startswith(_BODIES, end) or text[end : end + 1] == "·":
                continue
            part = text[family:end]
            yield Written(start, end, text[start:end], part, titled=len(part) == 1)


def _double(text: str, end: int) -> bool:
    return text[end : end + 1] == " " and text[end - 1] != "·" and text[end + 1 : end + 2] in _SOUNDS


def _part_before(text: str, end: int) -> int:
    """Where the part of a name begins that ends at `end`: behind the last title or other word within its letters."""
    start = end
    while start > 0 and end - start < _MAX_PART and text[start - 1] in _SOUNDS:
        start -= 1
    if start > 1 and text[start - 1] == " " and text[start - 2] in _SOUNDS and end - start < _MAX_PART:
        # 让-马克: once, a chain of such parts is no name.
        start -= 1
        while start > 0 and end - start < 2 * _MAX_PART and text[start - 1] in _SOUNDS:
            start -= 1
    for at in range(end - 1, start - 1, -1):
        if text.endswith(_TITLES, max(at - _MAX_TITLE, 0), at) or text.endswith(_BEFORE, max(at - _MAX_TITLE, 0), at):
            return at
    return start


def _part_behind(text: str, start: int) -> int:
    """Where the part of a name ends that begins at `start`."""
    end = start
    while end < len(text) and end - start < _MAX_PART and text[end] in _SOUNDS:
        # A word begins here only where it goes on with a letter that no name has, or is in the list as a whole.
        if end - start >= 1 and _breaks(text, end):
            break
        end += 1
    return end


def _breaks(text: str, at: int) -> bool:
    if text.startswith(_LONG_BREAKS, at) or text.startswith(_BODIES, at) or text.startswith(_SAYING, at):
        return True
    # A single letter that is a word as often: only when nothing of a name follows.
    return text[at] in _SHORT_BREAKS and text[at + 1 : at + 2] not in _SOUNDS and _is_han(text[at + 1 : at + 2] or " ")


_LONG_BREAKS = tuple(word for word in _BREAKS if len(word) > 1)
_SHORT_BREAKS = frozenset(word for word in _BREAKS if len(word) == 1)


def _is_title_of_work(text: str, start: int, end: int) -> bool:
    """《约翰·威克》 is a film."""
    return (text[start - 1 : start] in ("《", "〈", "『") and start > 0) or text[end : end + 1] in ("》", "〉", "』")


def _far_eastern_names(text: str) -> Iterator[Written]:
    last = 0
    for found in _SURNAME.finditer(text):
        start = found.start()
        if start < last or "·" in text[max(start - 1, 0) : start]:
            continue
        titled = _behind_title(text, start) or (start == last + 1 > 1 and text[last] in _AND)
        if not titled and start > 0 and (_is_han(text[start - 1]) or text[start - 1].isalnum()):
            continue
        end = _end_of_name(text, start, found.end(), titled=titled)
        if end is not None:
            last = end
            yield Written(start, end, text[start:end], found[0], titled=True)


def _behind_title(text: str, start: int) -> bool:
    before = max(start - _MAX_TITLE, 0)
    if not text.endswith(_TITLES, before, start):
        return _years_before(text, start)
    if not text.endswith(_SIGNED, before, start):
        return True
    # （记者李明）, 本报记者李明: who signs is no actor.
    opening = text[max(start - 5, 0) : start - 2].rstrip()
    return bool(opening) and opening[-1] not in "(（【[社报報网網台讯訊刊／/本"


def _years_before(text: str, start: int) -> bool:
    found = _YEARS.search(text, max(start - 5, 0), start)
    return found is not None and found.end() == start


def _end_of_name(text: str, start: int, given: int, *, titled: bool) -> int | None:
    """Behind one or two letters that can be a given name, if what follows ends it there: beside a title nearly anything, else a verb of
    saying or an honorific."""
    if text.startswith(_NO_NAMES, start):
        return None
    for size in (2, 1):
        end = given + size
        letters = text[given:end]
        if len(letters) < size or not all(map(_is_han, letters)) or _is_foreign(letters):
            continue
        if letters[0] in _NEVER or (letters[-1] in _NEVER and not (size == 2 and letters[-1] in _WORDS["last"])):
            continue
        if titled:
            if _right_edge(text, end):
                return end
        elif text.startswith(_HONORIFICS, end) or (size == 2 and text.startswith(_SAYING, end)):
            # Two letters before a verb may be anything: 金边表示.
            return end
    return None


def _is_foreign(given: str) -> bool:
    return bool(_FOREIGN & set(given)) or (len(given) == 2 and set(given) <= _HALF_FOREIGN)


def _right_edge(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not after or not (_is_han(after) or after == "·") or text.startswith(_FOLLOWING, end)
