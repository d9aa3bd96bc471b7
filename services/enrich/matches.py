"""Every place in a text where a name of the gazetteer stands, the longest of overlapping ones."""

from __future__ import annotations

from typing import NamedTuple

from services.enrich.alias import Alias
from services.enrich.boundaries import stands_alone
from services.enrich.folding import Folded
from services.enrich.names import Names

_AROUND = frozenset(" \n.,;:!?()[]\"'«»“”„…/–—，。、：；！？（）《》「」")
"""What joins with nothing: most names have one of these on either side."""


MAX_MATCHES = 20_000
"""Names that are looked at in one text, the first ones: a book has fewer, and each costs what it costs to ask what stands beside it."""


class Match(NamedTuple):
    """Offsets in the folded text."""

    start: int
    end: int
    aliases: tuple[Alias, ...]


def find_matches(folded: Folded, names: Names, language: str) -> list[Match]:
    """Leftmost-longest, in order, without overlaps; at most `MAX_MATCHES`."""
    text = folded.text
    size = len(text)
    matches: list[Match] = []
    taken = 0
    for start, end, aliases in sorted(names.occurrences(folded), key=_leftmost_longest):
        # The country in front of a body or city is a name of its own: 韩国 in 韩国联合参谋本部.
        leads = matches and matches[-1].start == start and end <= start + matches[-1].aliases[0].head
        if start < taken and not leads:
            continue
        free = (not start or text[start - 1] in _AROUND) and (end == size or text[end] in _AROUND)
        if not free:
            article = aliases[0].entry.type == "organisation"
            if not stands_alone(text, start, end, language, article=article):
                continue
        written = text[start:end]
        accepted = tuple(alias for alias in aliases if alias.speaks(language) and alias.accepts(written))
        if accepted and leads:
            matches.insert(-1, Match(start, end, accepted))
        elif accepted:
            matches.append(Match(start, end, accepted))
            taken = end - accepted[0].tail
            if len(matches) >= MAX_MATCHES:
                break
    return matches


def _leftmost_longest(occurrence: tuple[int, int, tuple[Alias, ...]]) -> tuple[int, int]:
    return occurrence[0], -occurrence[1]
