"""How much of one article's anchors stand in another's, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def aligned(one: Sequence[str], other: Sequence[str], weight: Callable[[str], float]) -> float:
    """The weight of the heaviest common subsequence. Quadratic in the lengths."""
    best = [0.0] * (len(other) + 1)
    for key in one:
        gain = weight(key)
        diagonal = 0.0
        for place, candidate in enumerate(other, 1):
            above = best[place]
            if key == candidate:
                best[place] = diagonal + gain
            elif best[place - 1] > above:
                best[place] = best[place - 1]
            diagonal = above
    return best[-1]
