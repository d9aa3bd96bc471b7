"""Whether a match is a name of its own or a piece of a longer word, by the letters at its edges.

Letters join only with letters of their own kind: in `NATO는` and `在NATO的` the acronym stands alone. Han, Thai and the other
scripts without spaces have no boundaries; there the longest match must do.
"""

from __future__ import annotations

import unicodedata
from enum import Enum
from functools import lru_cache

from services.enrich import affixes


class Kind(Enum):
    """What a character joins with."""

    NONE = 0
    ALPHABET = 1
    """Latin, Cyrillic, Greek, Armenian, Georgian and all digits."""
    ARABIC = 2
    HEBREW = 3
    HANGUL = 4
    KATAKANA = 5
    UNSPACED = 6
    INDIC = 7


_RANGES = (
    (0x0590, 0x05FF, Kind.HEBREW),
    (0x0600, 0x06FF, Kind.ARABIC),
    (0x0750, 0x077F, Kind.ARABIC),
    (0x08A0, 0x08FF, Kind.ARABIC),
    (0xFB50, 0xFDFF, Kind.ARABIC),
    (0xFE70, 0xFEFE, Kind.ARABIC),
    (0x0900, 0x0DFF, Kind.INDIC),
    (0x0E00, 0x0EFF, Kind.UNSPACED),
    (0x1000, 0x109F, Kind.UNSPACED),
    (0x1100, 0x11FF, Kind.HANGUL),
    (0xAC00, 0xD7A3, Kind.HANGUL),
    (0x1780, 0x17FF, Kind.UNSPACED),
    (0x3040, 0x309F, Kind.UNSPACED),
    (0x30A1, 0x30FA, Kind.KATAKANA),
    (0x30FC, 0x30FF, Kind.KATAKANA),
    (0x3400, 0x4DBF, Kind.UNSPACED),
    (0x4E00, 0x9FFF, Kind.UNSPACED),
    (0xF900, 0xFAFF, Kind.UNSPACED),
    (0x20000, 0x323AF, Kind.UNSPACED),
)


@lru_cache(maxsize=4096)
def kind_of(char: str) -> Kind:
    code = ord(char)
    if code < 0x590:
        # Marks over Latin letters join as their letters do.
        return Kind.ALPHABET if char.isalnum() or unicodedata.combining(char) else Kind.NONE
    if not char.isalnum() and unicodedata.category(char) not in ("Mn", "Mc"):
        return Kind.NONE if char != "ー" else Kind.KATAKANA
    for first, last, kind in _RANGES:
        if first <= code <= last:
            return kind
    return Kind.ALPHABET


def stands_alone(text: str, start: int, end: int, language: str, *, article: bool = False) -> bool:
    """Whether `text[start:end]`, folded, can be a name there. `article`: whether an Arabic article may be written before it."""
    return _free_before(text, start, language, article) and _free_after(text, start, end, language)


def _free_before(text: str, start: int, language: str, article: bool) -> bool:
    if start == 0:
        return True
    before = kind_of(text[start - 1])
    if before is Kind.NONE or before is Kind.UNSPACED:
        return True
    if before is not kind_of(text[start]):
        return True
    if before is Kind.ARABIC:
        return affixes.arabic_head(_run_before(text, start, before), language, article=article)
    if before is Kind.HANGUL:
        return affixes.korean_head(_run_before(text, start, before))
    if before is Kind.HEBREW:
        return affixes.hebrew_head(_run_before(text, start, before))
    return False


def _free_after(text: str, start: int, end: int, language: str) -> bool:
    if end >= len(text):
        return True
    after = kind_of(text[end])
    if after is Kind.NONE or after is Kind.UNSPACED:
        return True
    if after is not kind_of(text[end - 1]):
        return True
    if after is Kind.HANGUL:
        return affixes.korean_tail(_run_after(text, end, after))
    if after is Kind.ALPHABET:
        return affixes.latin_tail(text[start:end], _run_after(text, end, after), language)
    return False


def _run_before(text: str, start: int, kind: Kind) -> str:
    """At most one character more than an affix can have."""
    at = start
    while at > 0 and start - at <= affixes.MAX_CHARS and kind_of(text[at - 1]) is kind:
        at -= 1
    return text[at:start]


def _run_after(text: str, end: int, kind: Kind) -> str:
    at = end
    while at < len(text) and at - end <= affixes.MAX_CHARS and kind_of(text[at]) is kind:
        at += 1
    return text[end:at]
