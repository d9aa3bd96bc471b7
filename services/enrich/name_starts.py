"""Where in a text a compiled name can begin: where the next letters are those of some name, at a capital where the script has them, or at
a word that some names begin with small. Whether a word begins there, and ends where the name does, `boundaries` says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_BITS = 20
_MULTIPLIER = np.uint32(2654435761)
_FIRST_WITHOUT_CAPITALS = 0x590
"""Code points from here on are taken to have no capitals (Hebrew, Arabic, Indic, Han, …)."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """Tables of 2**20 truths by the hash of three letters: of all names, and of those that may begin with a small letter."""

    letters: Any
    small: Any

    @classmethod
    def of(cls, forms: Iterable[str], small: Iterable[str]) -> Beginnings:
        """Of the first three letters; a name of two letters may go on with any."""
        return cls(_table(forms), _table(small))

    def save(self, path: Path) -> None:
        np.concatenate([np.packbits(self.letters), np.packbits(self.small)]).tofile(path)

    @classmethod
    def load(cls, path: Path) -> Beginnings:
        both = np.unpackbits(np.fromfile(path, np.uint8)).astype(bool)
        return cls(*both.reshape(2, 1 << _BITS))


def name_starts(text: str, lowered: str, beginnings: Beginnings) -> list[int]:
    """Offsets in order; a few at which no name begins are among them."""
    codes = _codes(lowered + "\0\0")
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    three, two = _hash(first, second, third), _hash(first, second, np.uint32(0))
    can = beginnings.letters[three] | beginnings.letters[two]
    capital = (_codes(text) != first) | (first >= _FIRST_WITHOUT_CAPITALS) | ((first >= 48) & (first <= 57))
    can &= capital | _begins_small(first, beginnings.small[three] | beginnings.small[two])
    starts: list[int] = np.flatnonzero(can).tolist()
    return starts


def _begins_small(codes: Any, small: Any) -> Any:
    """Where `small` holds and no letter stands before."""
    if not small.any():
        return small
    free = np.ones(len(codes), bool)
    before = codes[:-1]
    free[1:] = ~(((before >= 97) & (before <= 122)) | ((before >= 0xC0) & (before < _FIRST_WITHOUT_CAPITALS)))
    return small & free


def _table(forms: Iterable[str]) -> Any:
    heads = {form[:3] for form in forms}
    table = np.zeros(1 << _BITS, bool)
    long = _codes("".join(head for head in heads if len(head) == 3)).reshape(-1, 3)
    table[_hash(long[:, 0], long[:, 1], long[:, 2])] = True
    short = _codes("".join(head for head in heads if len(head) == 2)).reshape(-1, 2)
    table[_hash(short[:, 0], short[:, 1], np.uint32(0))] = True
    return table


def _hash(first: Any, second: Any, third: Any) -> Any:
    mixed = (first * np.uint32(31) + second) * np.uint32(1_000_003) + third
    return (mixed * _MULTIPLIER) >> np.uint32(32 - _BITS)


def _codes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
