"""All names in one Aho-Corasick automaton: every occurrence of every name, overlapping, in one pass."""

from __future__ import annotations

from collections.abc import Mapping

from ahocorasick_rs import AhoCorasick

from services.enrich.alias import Alias


class Automaton:
    """`patterns`: folded, lower-cased forms, each with the aliases that it can be a form of."""

    def __init__(self, patterns: Mapping[str, tuple[Alias, ...]]) -> None:
        self._by_form = patterns
        self._aliases = list(patterns.values())
        # Overlapping, because the built-in leftmost-longest mode picks before word boundaries are known (FINDINGS, section 4).
        self._matcher = AhoCorasick(list(patterns), store_patterns=False)

    def __len__(self) -> int:
        return len(self._aliases)

    def find(self, lowered: str) -> list[tuple[int, int, int]]:
        """(pattern, start, end) of every occurrence, in no particular order; offsets in code points."""
        return self._matcher.find_matches_as_indexes(lowered, overlapping=True)

    def aliases(self, pattern: int) -> tuple[Alias, ...]:
        return self._aliases[pattern]

    def aliases_of(self, form: str) -> tuple[Alias, ...]:
        return self._by_form.get(form, ())
