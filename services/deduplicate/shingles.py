"""Sampled shingles: a text as a small set of numbers whose overlap tells how much of one text stands in another.

A shingle is three consecutive words, or four characters where words are not separated by spaces. Of all shingles those are kept
whose hash lies below a threshold, so two texts keep the *same* shingles of what they share, whatever their lengths; the
threshold is halved for every doubling of the length, down to 1/8 (Broder 1997, "mod-m" sketches).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

Hashes = npt.NDArray[np.uint64]

WORDS_PER_SHINGLE = 3
CHARACTERS_PER_SHINGLE = 4
AIM = 64
"""Shingles to keep of a text, while the coarsest threshold allows: enough for a containment estimate within a few percent."""
COARSEST = 3
"""Halvings of the threshold at most: 1/8."""
MAX_CHARACTERS = 100_000
"""What lies beyond does not change whether two articles are copies."""

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MIX = tuple(
    np.uint64(constant) for constant in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5)
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """`hashes`: the kept shingles, sorted, unique; `halvings`: how often the threshold was halved; `size`: distinct shingles."""

    hashes: Hashes
    halvings: int
    size: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """`of_first` is the share of the first sketch that stands in the second; `shared` the shingles that say so."""

    of_first: float
    of_second: float
    shared: int


def sketch(text: str) -> Sketch:
    """The sketch of a text, lower-cased and without punctuation. An empty text has an empty sketch."""
    folded = text[:MAX_CHARACTERS].casefold()
    hashes = np.unique(_character_shingles(folded) if _is_unspaced(folded) else _word_shingles(folded))
    halvings = 0
    while halvings < COARSEST and (hashes.size >> halvings) > 2 * AIM:
        halvings += 1
    return Sketch(hashes[hashes < _threshold(halvings)] if halvings else hashes, halvings, int(hashes.size))


def overlap(first: Sketch, second: Sketch) -> Overlap:
    """Compared at the coarser of the two thresholds, below which both kept everything."""
    halvings = max(first.halvings, second.halvings)
    one, other = _coarsened(first, halvings), _coarsened(second, halvings)
    if not one.size or not other.size:
        return Overlap(0.0, 0.0, 0)
    shared = int(np.intersect1d(one, other, assume_unique=True).size)
    return Overlap(shared / one.size, shared / other.size, shared)


def _coarsened(of: Sketch, halvings: int) -> Hashes:
    return of.hashes if halvings == of.halvings else of.hashes[: np.searchsorted(of.hashes, _threshold(halvings))]


def _threshold(halvings: int) -> np.uint64:
    return np.uint64((1 << (64 - halvings)) - 1)


def _is_unspaced(text: str) -> bool:
    sample = text[:400]
    return len(_UNSPACED.findall(sample)) * 3 > len(sample)


def _word_shingles(text: str) -> Hashes:
    words = [word.encode("utf-8", "replace") for word in _WORD.findall(text)]
    return _shingles(np.fromiter(map(xxh3_64_intdigest, words), np.uint64, len(words)), WORDS_PER_SHINGLE)


def _character_shingles(text: str) -> Hashes:
    letters = "".join(_WORD.findall(text))
    points = np.frombuffer(letters.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    return _shingles(points, CHARACTERS_PER_SHINGLE)


def _shingles(units: Hashes, length: int) -> Hashes:
    """Hashes of every `length` consecutive units; a shorter text is one shingle."""
    if not units.size:
        return units
    length = min(length, units.size)
    count = units.size - length + 1
    mixed = np.zeros(count, np.uint64)
    for place in range(length):
        mixed = (mixed ^ units[place : place + count]) * _MIX[place]
        mixed ^= mixed >> np.uint64(29)
    return (mixed * _MIX[0]) ^ (mixed >> np.uint64(32))
