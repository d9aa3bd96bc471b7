"""How a sentence is set, which decides what its capitals say."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum

NOUNS_CAPITALISED = frozenset({"de", "lb"})
"""Languages in which a capital says no more than noun."""
_MAX_WORDS = 60
_LONG_WORD = 4
_MIN_WORDS = 3


class Style(Enum):
    PLAIN = "plain"
    HEADLINE = "headline"
    """Most Words Have a Capital: it says nothing."""
    CAPITALS = "capitals"
    """ALL LETTERS ARE CAPITALS."""


class Layout:
    """An article's sentences, in offsets of the folded text; styles are found out when asked for."""

    def __init__(self, text: str, sentences: Sequence[tuple[int, int]], language: str) -> None:
        self.text = text
        self.language = language
        self._sentences = sentences
        self._starts = [start for start, _ in sentences]
        self._styles: dict[int, Style] = {}
        self._first_letters: dict[int, int] = {}

    def sentence_at(self, offset: int) -> int:
        return max(bisect_right(self._starts, offset) - 1, 0)

    def bounds(self, offset: int) -> tuple[int, int]:
        return self._sentences[self.sentence_at(offset)]

    def style(self, offset: int) -> Style:
        number = self.sentence_at(offset)
        found = self._styles.get(number)
        if found is None:
            start, end = self._sentences[number]
            found = self._styles[number] = _style(self.text[start:end], self.language)
        return found

    def begins_sentence(self, offset: int) -> bool:
        """Whether the first letter of a sentence stands at `offset`; quotations and colons open sentences too."""
        number = self.sentence_at(offset)
        first = self._first_letters.get(number)
        if first is None:
            start, end = self._sentences[number]
            first = next((at for at in range(start, end) if self.text[at].isalnum()), start)
            self._first_letters[number] = first
        return offset <= first or self._opens(offset)

    def capitals_say_nothing(self, offset: int) -> bool:
        """Whether any word has a capital here: it opens a sentence, all words of this one have it, or all nouns of the language."""
        if self.language in NOUNS_CAPITALISED or self.style(offset) is not Style.PLAIN:
            return True
        return self.begins_sentence(offset)

    def _opens(self, offset: int) -> bool:
        before = self.text[max(offset - 3, 0) : offset].rstrip()
        return not before or before[-1] in ':«“„"([•…!?|–—'


def _style(sentence: str, language: str) -> Style:
    words = [
        word for word in sentence.split(None, _MAX_WORDS)[:_MAX_WORDS] if len(word) >= _LONG_WORD and word[0].isalpha()
    ]
    if len(words) < _MIN_WORDS:
        return Style.CAPITALS if sentence.isupper() and " " in sentence.strip() else Style.PLAIN
    capitalised = [word for word in words if word[0].isupper()]
    if len(capitalised) * 5 < len(words) * 4:
        return Style.PLAIN
    if sum(map(str.isupper, capitalised)) * 5 >= len(words) * 4:
        return Style.CAPITALS
    return Style.PLAIN if language in NOUNS_CAPITALISED else Style.HEADLINE
