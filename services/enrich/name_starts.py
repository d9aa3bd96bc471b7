"""Where in a text a compiled name can begin: where the next letters are those of some name, at a capital where the script has them, or at
a word that some names begin with small. Whether a word begins there, and ends where the name does, `boundaries` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_BITS = 22
_LONG = 5
"""Letters from which on a form is looked up by the first five; shorter ones by the first three."""
_MULTIPLIER = np.uint32(2654435761)
_FIRST_WITHOUT_CAPITALS = 0x590
"""Code points from here on are taken to have no capitals (Hebrew, Arabic, Indic, Han, …)."""
_JOINED = ((0x590, 0x6FF, 5), (0xAC00, 0xD7A3, 1))
"""First and last code point of scripts whose words are told by blanks (Hebrew and Arabic, Hangul), and how many of their letters can be
written onto a name in front."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Tables of 2**22 truths by the hash of the first letters: of short names, of long ones, and of those that may begin with a small
    letter."""

    short: Any
    long: Any
    small: Any

    @classmethod
    def of(cls, forms: Iterable[str], small: Iterable[str]) -> Beginnings:
        """A name of two letters may go on with any."""
        all_ = list(forms)
        return cls(
            _table({form[:3] for form in all_ if len(form) < _LONG}),
            _table({form[:_LONG] for form in all_ if len(form) >= _LONG}),
            _table({form[:3] for form in small}),
        )

    def save(self, path: Path) -> None:
        np.concatenate([np.packbits(table) for table in (self.short, self.long, self.small)]).tofile(path)

    @classmethod
    def load(cls, path: Path) -> Beginnings:
        tables = np.unpackbits(np.fromfile(path, np.uint8)).astype(bool)
        return cls(*tables.reshape(3, 1 << _BITS))


def name_starts(text: str, lowered: str, beginnings: Beginnings) -> list[int]:
    """Offsets in order; a few at which no name begins are among them."""
    codes = _codes(lowered + "\0" * (_LONG - 1))
    first = codes[: len(lowered)]
    capital = (_codes(text) != first) | (first >= _FIRST_WITHOUT_CAPITALS) | ((first >= 48) & (first <= 57))
    for low, high, heads in _JOINED if not text.isascii() else ():
        capital &= ~_within_words((first >= low) & (first <= high), heads)
    at = np.flatnonzero(capital | _begins_word(first))
    _, two, three, _, five = _hashes([codes[at + ahead] for ahead in range(_LONG)])
    can = beginnings.short[three] | beginnings.short[two] | beginnings.long[five]
    can &= capital[at] | beginnings.small[three] | beginnings.small[two]
    starts: list[int] = at[can].tolist()
    return starts


def _begins_word(codes: Any) -> Any:
    """Where no Latin or Cyrillic letter stands before."""
    begins = np.ones(len(codes), bool)
    before = codes[:-1]
    begins[1:] = ~(((before >= 97) & (before <= 122)) | ((before >= 0xC0) & (before < _FIRST_WITHOUT_CAPITALS)))
    return begins


def _within_words(letters: Any, heads: int) -> Any:
    """Where more than `heads` of these letters stand before in one word."""
    if not letters.any():
        return letters
    at = np.arange(len(letters))
    return letters & (at - np.maximum.accumulate(np.where(letters, -1, at)) > heads + 1)


def _table(heads: Iterable[str]) -> Any:
    table = np.zeros(1 << _BITS, bool)
    by_length: dict[int, list[str]] = {}
    for head in heads:
        by_length.setdefault(len(head), []).append(head)
    for length, some in by_length.items():
        if length > 1:
            *_, whole = _hashes(_codes("".join(some)).reshape(-1, length).T)
            table[whole] = True
    return table


def _hashes(letters: Iterable[Any]) -> Iterator[Any]:
    """Of the first letter, the first two and so on; `letters` are columns of code points by their position in the name."""
    mixed: Any = np.uint32(0)
    for number, column in enumerate(letters):
        mixed = (mixed + column) * _FACTORS[number % 2]
        yield (mixed * _MULTIPLIER) >> np.uint32(32 - _BITS)


_FACTORS = (np.uint32(31), np.uint32(1_000_003))


def _codes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
