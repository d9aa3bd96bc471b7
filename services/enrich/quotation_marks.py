"""Where quotation marks open and close, in the conventions of all languages at once.

Marks are matched within a paragraph: one that is never closed there opens nothing, so that a stray mark cannot swallow an article.
The work is one pass over the text, with a stack for each paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

MAX_SPANS = 500
"""Outermost quotations taken from one text; what comes after them is left alone."""

_MARK = re.compile(r"[«»‹›“”„‟\"＂「」『』‘’‚']")
_SPACES = " \t\u00a0\u202f\u2009\u200b\u3000"
_BEFORE_OPENING = _SPACES + "\n([{—–-:،,/>«‹“„‘「『¿¡"
# What a mark closes, the likeliest first. Opening marks are here where another language closes with them: „so“, »so«.
_CLOSES = {
    "»": "«»",
    "«": "»",
    "›": "‹›",
    "‹": "›",
    "”": "“„”‟",
    "“": "„“",
    '"': '"',
    "＂": "＂",
    "」": "「",
    "』": "『",
    "’": "‘‚",
    "‘": "‚",
    "'": "'",
}
_ALWAYS_CLOSE = frozenset("»›”」』")
_ALWAYS_OPEN = frozenset("「『„‚‟")
_NEVER_OPEN = frozenset("」』’")
_STRAIGHT = frozenset('"＂')
_APOSTROPHES = frozenset("'’")
_AFTER_PHRASE = frozenset(".,;:!?\n)—–")


def spans(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of what stands between the outermost pairs of marks, without the marks, in order; at most `MAX_SPANS`."""
    return islice(_spans(text), MAX_SPANS)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    paragraph = _Paragraph(text)
    last = 0
    for found in _MARK.finditer(text):
        at = found.start()
        line_end = text.find("\n", last, at)
        if line_end >= 0:
            yield from paragraph.ended(line_end, at)
            paragraph = _Paragraph(text)
        paragraph.take(at)
        last = at
    yield from paragraph.outermost()


class _Paragraph:
    """The marks of one paragraph that are still open, and the pairs found so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[tuple[str, int]] = []
        self._count: dict[str, int] = {}
        self._pairs: list[tuple[int, int]] = []

    def take(self, at: int) -> None:
        mark = self._text[at]
        before = self._text[at - 1] if at else "\n"
        after = self._text[at + 1] if at + 1 < len(self._text) else "\n"
        opens = _may_open(mark, before, after)
        if _may_close(mark, before, after, opens):
            for opener in _CLOSES[mark]:
                if self._count.get(opener):
                    self._close(opener, at)
                    return
        if opens:
            self._open.append((mark, at))
            self._count[mark] = self._count.get(mark, 0) + 1

    def ended(self, line_end: int, next_mark: int) -> Iterator[tuple[int, int]]:
        """The pairs of a paragraph that ends at `line_end`.

        A quotation of several paragraphs opens each of them and closes only the last: so one that is still open closes here if it
        began the line and the next line with a mark begins with the same.
        """
        if self._open:
            mark, start = self._open[0]
            begins_line = not start or self._text[start - 1] == "\n"
            if begins_line and self._text[next_mark] == mark and self._text[next_mark - 1] == "\n":
                self._pairs.append((start + 1, line_end))
        return self.outermost()

    def outermost(self) -> Iterator[tuple[int, int]]:
        end = -1
        for pair in sorted(self._pairs):
            if pair[0] >= end:
                yield pair
                end = pair[1]

    def _close(self, opener: str, at: int) -> None:
        """Closes the innermost `opener`; what was opened inside of it and not closed was no quotation."""
        while True:
            mark, start = self._open.pop()
            self._count[mark] -= 1
            if mark == opener:
                self._pairs.append((start + 1, at))
                return


def _may_open(mark: str, before: str, after: str) -> bool:
    if mark in _NEVER_OPEN or after == "\n":
        return False
    if mark in _ALWAYS_OPEN:
        return True
    if mark in "«‹":
        return after not in _AFTER_PHRASE
    if mark == "“":
        # Chinese opens it right behind a letter; the German one that closes stands before a blank.
        return after not in _SPACES or before in _BEFORE_OPENING
    begins_word = before in _BEFORE_OPENING or _unspaced(before)
    return begins_word and (after not in _SPACES or mark in _STRAIGHT)


def _may_close(mark: str, before: str, after: str, opens: bool) -> bool:
    if mark in _ALWAYS_OPEN or mark in _ALWAYS_CLOSE:
        return mark in _ALWAYS_CLOSE
    if mark in _APOSTROPHES:
        # Not in don't, and not in the workers' choice: only where a phrase ends on this side or on that.
        ends_phrase = before in ".!?…," or after in _AFTER_PHRASE or _unspaced(before) or _unspaced(after)
        return ends_phrase and (not after.isalnum() or _unspaced(after))
    if mark in _STRAIGHT:
        # Hebrew has it inside of words (ארה"ב), Korean writes particles behind it.
        inside_word = before.isalnum() and after.isalnum() and not _unspaced(before) and not _unspaced(after)
        return not inside_word and not (before in _SPACES and after.isalnum())
    return not (opens and before in _BEFORE_OPENING)


def _unspaced(char: str) -> bool:
    """Whether `char` is of a script that writes no blanks between words, or particles behind the mark (Korean)."""
    return "\u3000" < char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" or "\uff00" <= char <= "\uff65"
