"""Where sentences begin and end in an article's body."""

from __future__ import annotations

import re

from services.enrich.word_lists import words

_END = re.compile(r"[.!?…‽;。！？｡؟۔।॥։;\n]")
# A Greek question mark is folded into a semicolon by NFC; elsewhere a semicolon ends nothing.
_ALWAYS = frozenset("\n。！？｡؟۔।॥։")
_STOPS = frozenset(".!?…‽;。！？｡؟۔।॥։")
_CLOSERS = frozenset("\"'”’»›)]}」』）】》〉］｣“‘")
_MAX_CLOSERS = 8
_MAX_WORD = 24

# Titles and common abbreviations behind which a name or a figure follows; lower case, without the last stop.
_ABBREVIATIONS = words(
    "mr mrs ms dr prof st sr jr gen col maj capt lt cmdr sgt adm rev hon gov sen rep pres messrs vs etc inc ltd co corp jan feb "
    "apr jun jul aug sep sept oct nov dec mon tue wed thu fri approx est "
    "e.g i.e u.s u.k u.n a.m p.m d.c m mm mme mlle mgr me apr env "
    "chap p pp cf janv févr avr juil déc hr fr nr bzw z z.b u.a d.h usw ca str dipl ing mio mrd evtl ggf inkl jh sog vgl gest geb "
    "bes dt sra srta srs ud uds excmo dña ee.uu ee uu aprox dott dott.ssa sig sig.ra avv geom rag ecc pag dra exmo exma av г гг в "
    "вв н.э т.е т.д т.п т.к им ул д кв стр тыс млн млрд руб долл св пр напр см рис проф акад ген полк гос р р-н обл рр ст тис грн "
    "вул ім див та.ін p.n.e n.e np tzn tzw inż ul tys mln mld godz dhr mevr drs mw bijv enz jl dvs bl.a t.ex mfl"
)
_BEFORE_FIGURES = words("no nos núm pág fig vol art mar sat sun tel kl")
"""Abbreviations that are words, too."""


def split(body: str, language: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of the sentences in `body`, in order, without the blanks around them; sentence 0 is the title exactly.

    A line end always ends one. A stop does not after abbreviations and initials, nor where a small letter follows; quotation
    marks and brackets that close belong to the sentence that they close. One pass over the text.
    """
    title_end = body.find("\n")
    if title_end < 0:
        return ((0, len(body)),)
    spans = [(0, title_end)]
    start = title_end + 1
    size = len(body)
    for found in _END.finditer(body, start):
        at = found.start()
        if at < start:
            continue
        char = found[0]
        if char == "\n":
            _add(spans, body, start, at)
            start = at + 1
            continue
        if char == ";" and language != "el":
            continue
        end = _past_closers(body, at + 1, size)
        if _ends(body, at, end, char, start):
            _add(spans, body, start, end)
            start = end
    _add(spans, body, start, size)
    return tuple(spans)


def _add(spans: list[tuple[int, int]], body: str, start: int, end: int) -> None:
    while start < end and body[start].isspace():
        start += 1
    while end > start and body[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _past_closers(body: str, at: int, size: int) -> int:
    """Behind further stops and what closes; `« … Eurasie. »` closes behind a no-break space too."""
    last = min(size, at + _MAX_CLOSERS)
    while at < last:
        if body[at] in _STOPS or body[at] in _CLOSERS:
            # An opening mark of one language closes in another: it closes where a blank or the end follows.
            if body[at] in "“‘\"'" and at + 1 < size and body[at + 1].isalnum():
                break
            at += 1
        elif body[at] in " \u00a0\u202f" and at + 1 < last and body[at + 1] in "»›":
            at += 2
        else:
            break
    return at


def _ends(body: str, at: int, end: int, char: str, start: int) -> bool:
    if char in _ALWAYS:
        # 「…。」と述べた goes on.
        return end == at + 1 or end >= len(body) or body[end] not in "とと、，,"
    if end >= len(body):
        return True
    if not body[end].isspace():
        return False
    following = _next_letter(body, end)
    if following.islower():
        return False
    if char != "." or end - at > 1:
        return True
    word = _word_before(body, at, start)
    if len(word) == 1 and word.isupper():
        # An initial: J. Smith. A sentence that ends in a single capital is rare.
        return False
    lowered = word.lower()
    if lowered in _ABBREVIATIONS or (lowered in _BEFORE_FIGURES and following.isdigit()):
        return False
    # German ordinals: der 3. Oktober.
    return not (
        word.isdigit() and len(word) <= 2 and following.isupper() and body[end - 1] == "." and _dated(body, end)
    )


def _dated(body: str, end: int) -> bool:
    return body[end : end + 6].strip().lower()[:3] in _MONTHS


_MONTHS = words("jan feb mär mar apr mai jun jul aug sep okt nov dez des maj")


def _next_letter(body: str, at: int) -> str:
    """The next character that is no blank, quotation mark or bracket; empty at the end of a line."""
    for char in body[at : at + _MAX_CLOSERS]:
        if char == "\n":
            return ""
        if char.isalnum():
            return char
    return ""


def _word_before(body: str, at: int, start: int) -> str:
    first = at
    while (
        first > start
        and at - first < _MAX_WORD
        and not body[first - 1].isspace()
        and body[first - 1] not in "(«“\"'[’-"
    ):
        first -= 1
    return body[first:at]
