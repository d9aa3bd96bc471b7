"""Every place in a text where a name of the gazetteer can stand, the longest of overlapping ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.enrich.alias import Alias
from services.enrich.automaton import Automaton
from services.enrich.boundaries import stands_alone
from services.enrich.folding import Folded


class Match(NamedTuple):
    """Offsets in the folded text."""

    start: int
    end: int
    aliases: tuple[Alias, ...]


def find_matches(folded: Folded, automaton: Automaton, language: str) -> list[Match]:
    """Leftmost-longest, in order, without overlaps."""
    return list(_longest(_possible(folded, automaton, language)))


def _possible(folded: Folded, automaton: Automaton, language: str) -> Iterator[Match]:
    text = folded.text
    lowered = folded.lowered
    size = len(text)
    for pattern, start, end in automaton.find(lowered):
        # Most hits are pieces of words in plain letters: those are sorted out without a call.
        if start and "a" <= lowered[start - 1] <= "z" and "a" <= lowered[start] <= "z":
            continue
        aliases = automaton.aliases(pattern)
        article = aliases[0].entry.type == "organisation"
        if (start or end < size) and not stands_alone(text, start, end, language, article=article):
            continue
        written = text[start:end]
        accepted = tuple(alias for alias in aliases if alias.speaks(language) and alias.accepts(written))
        if accepted:
            yield Match(start, end, accepted)


def _longest(matches: Iterable[Match]) -> Iterator[Match]:
    taken = 0
    for match in sorted(matches, key=lambda each: (each.start, -each.end)):
        if match.start >= taken:
            taken = match.end
            yield match
