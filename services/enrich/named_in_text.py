"""The actors of one article by where they are named, for looking up who stands around a place in the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared.contracts.enrichment import Actor

Kind = Literal["person", "organisation", "place", "source"]


@dataclass(frozen=True, slots=True)
class Named:
    """One mention."""

    start: int
    end: int
    actor: str
    kind: Kind


class NamedInText:
    """All mentions outside of `quoted`: who is named within somebody's words does not say them.

    `quoted` are (start, end) in order.
    """

    def __init__(self, actors: Sequence[Actor], quoted: Sequence[tuple[int, int]]) -> None:
        found: list[Named] = []
        for actor in actors:
            kind: Kind = "source" if actor.role == "source" else actor.type
            found.extend(Named(mention.start, mention.end, actor.id, kind) for mention in actor.mentions)
        found.sort(key=lambda named: (named.start, -named.end))
        self._all = _outside(found, quoted)
        self._starts = [named.start for named in self._all]

    def between(self, start: int, end: int) -> list[Named]:
        """The mentions that begin in [`start`, `end`), in order."""
        return self._all[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def ending_at(self, at: int) -> Named | None:
        """The mention whose last character stands before `at`."""
        index = bisect_left(self._starts, at) - 1
        if index >= 0 and self._all[index].end == at:
            return self._all[index]
        return None


def _outside(found: Sequence[Named], quoted: Sequence[tuple[int, int]]) -> list[Named]:
    kept = []
    upcoming = iter(quoted)
    start, end = next(upcoming, (-1, -1))
    for named in found:
        while end >= 0 and end <= named.start:
            start, end = next(upcoming, (-1, -1))
        if end < 0 or named.start < start:
            kept.append(named)
    return kept
