"""Where in a text an imported name can begin: at a capital, where the script has them, and only where the next letters are those of some
name. Whether a word begins there, and ends where the name does, `boundaries` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

_BITS = 20
_MULTIPLIER = np.uint32(2654435761)
_FIRST_WITHOUT_CAPITALS = 0x590
"""Code points from here on are taken to have no capitals (Hebrew, Arabic, Indic, Han, …)."""

Beginnings = Any
"""A table of 2**20 truths by the hash of three letters."""


def beginnings(forms: Iterable[str]) -> Beginnings:
    """Of the first three letters of all names; a name of two letters may go on with any."""
    heads = {form[:3] for form in forms}
    table = np.zeros(1 << _BITS, bool)
    long = _codes("".join(head for head in heads if len(head) == 3)).reshape(-1, 3)
    table[_hash(long[:, 0], long[:, 1], long[:, 2])] = True
    short = _codes("".join(head for head in heads if len(head) == 2)).reshape(-1, 2)
    table[_hash(short[:, 0], short[:, 1], np.uint32(0))] = True
    return table


def name_starts(text: str, lowered: str, beginnings: Beginnings) -> list[int]:
    """Offsets in order; a few at which no name begins are among them."""
    codes = _codes(lowered + "\0\0")
    first, second, third = codes[:-2], codes[1:-1], codes[2:]
    can = beginnings[_hash(first, second, third)] | beginnings[_hash(first, second, np.uint32(0))]
    capital = (_codes(text) != first) | (first >= _FIRST_WITHOUT_CAPITALS) | ((first >= 48) & (first <= 57))
    starts: list[int] = np.flatnonzero(can & capital).tolist()
    return starts


def _hash(first: Any, second: Any, third: Any) -> Any:
    mixed = (first * np.uint32(31) + second) * np.uint32(1_000_003) + third
    return (mixed * _MULTIPLIER) >> np.uint32(32 - _BITS)


def _codes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
