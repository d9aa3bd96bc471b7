"""Short names that an article gives a body itself, in brackets behind the full one: `Fuerzas de Apoyo Rápido (FAR)`. They hold in that
article only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.enrich import confidence
from services.enrich.recognise import Found
from services.enrich.repeats import occurrences

_IN_BRACKETS = re.compile(r"['\"»”]? ?[(（]([^\W\d_]{2,8})[)）]")
_MAX_TITLED = 5
"""Letters up to which a name with one capital only (Esa, Onu) is an acronym."""


def with_apposed(mentions: Sequence[Found], text: str) -> tuple[Found, ...]:
    """`mentions` in order and what they explain; `text` is folded."""
    shorts: dict[str, Found] = {}
    for each in mentions:
        if each.entry.type == "organisation":
            found = _IN_BRACKETS.match(text, each.end)
            if found is not None and _acronym(found[1]):
                shorts.setdefault(found[1], each)
    if not shorts:
        return tuple(mentions)
    taken = sorted((each.start, each.end) for each in mentions)
    more = [
        replace(named, start=start, end=end, confidence=confidence.SHORT_RESOLVED)
        for short, named in shorts.items()
        for start, end in _occurrences(short, text)
        if not any(start < until and begin < end for begin, until in taken)
    ]
    return tuple(sorted([*mentions, *more], key=lambda each: each.start))


def _acronym(word: str) -> bool:
    return word.isupper() or (word[0].isupper() and len(word) <= _MAX_TITLED)


def _occurrences(short: str, text: str) -> Iterator[tuple[int, int]]:
    for at in occurrences(short, text):
        end = at + len(short)
        if not text[at - 1 : at].isalnum() and not (text[end : end + 1].isalnum() and text[end].isascii()):
            yield at, end
