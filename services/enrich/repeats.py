"""Where a form stands again in an article, and which of the spans found are free."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

MAX_MENTIONS = 200
"""Of one name in one article."""

Spans = Sequence[tuple[int, int]]
"""(start, end) in the folded text, in order, without overlaps."""


def occurrences(form: str, text: str) -> Iterator[int]:
    """Offsets of `form`, which do not overlap, at most `MAX_MENTIONS`; pieces of longer words too."""
    at = text.find(form)
    for _ in range(MAX_MENTIONS):
        if at < 0:
            return
        yield at
        at = text.find(form, at + len(form))


def longest_first(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order; of those that begin together the longest first."""
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def is_free(start: int, end: int, taken: Spans) -> bool:
    """Whether [`start`, `end`) overlaps none of the spans."""
    at = bisect_right(taken, (start, end)) - 1
    before = at >= 0 and taken[at][1] > start
    return not before and (at + 1 >= len(taken) or taken[at + 1][0] >= end)


def apart(spans: Iterable[tuple[int, int]], occupied: Spans) -> list[tuple[int, int]]:
    """The spans that overlap none of the occupied ones and no earlier one of their own; both in order."""
    free: list[tuple[int, int]] = []
    at = 0
    last = 0
    for start, end in spans:
        while at < len(occupied) and occupied[at][1] <= start:
            at += 1
        if start >= last and (at == len(occupied) or occupied[at][0] >= end):
            free.append((start, end))
            last = end
    return free
