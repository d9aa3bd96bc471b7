"""All names that can be found in text: a user's own in one automaton, ours and imported ones in tries (`compiled`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from ahocorasick_rs import AhoCorasick

from services.enrich.alias import Alias
from services.enrich.folding import Folded

Occurrence = tuple[int, int, tuple[Alias, ...]]
"""Start and end in the folded text, and the aliases that the form there can be a form of."""


class Names(Protocol):
    """Forms are folded and in lower case."""

    def __len__(self) -> int: ...

    def occurrences(self, folded: Folded) -> Iterable[Occurrence]:
        """In no particular order; pieces of longer words may be among them."""
        ...

    def aliases_of(self, form: str) -> tuple[Alias, ...]: ...


class WrittenNames:
    """Names that are all in memory, in one Aho-Corasick automaton: three times as fast as a trie asked at every word."""

    def __init__(self, forms: Mapping[str, tuple[Alias, ...]]) -> None:
        self._by_form = forms
        self._aliases = list(forms.values())
        # Overlapping, because the built-in leftmost-longest mode picks before word boundaries are known (FINDINGS, section 4).
        self._matcher = AhoCorasick(list(forms), store_patterns=False)

    def __len__(self) -> int:
        return len(self._aliases)

    def occurrences(self, folded: Folded) -> Iterator[Occurrence]:
        lowered = folded.lowered
        aliases = self._aliases
        for pattern, start, end in self._matcher.find_matches_as_indexes(lowered, overlapping=True):
            # Most hits are pieces of words in Latin or Cyrillic letters: those are sorted out at once.
            if start:
                before = lowered[start - 1]
                if "a" <= before <= "z":
                    if "a" <= lowered[start] <= "z":
                        continue
                elif "а" <= before <= "я" and "а" <= lowered[start] <= "я":
                    continue
            yield start, end, aliases[pattern]

    def aliases_of(self, form: str) -> tuple[Alias, ...]:
        return self._by_form.get(form, ())


class Together:
    """The names of two; of a form that both have, the aliases of both."""

    def __init__(self, one: Names, other: Names) -> None:
        self._one = one
        self._other = other

    def __len__(self) -> int:
        return len(self._one) + len(self._other)

    def occurrences(self, folded: Folded) -> list[Occurrence]:
        found = {(start, end): aliases for start, end, aliases in self._one.occurrences(folded)}
        for start, end, aliases in self._other.occurrences(folded):
            found[start, end] = (*found.get((start, end), ()), *aliases)
        return [(start, end, aliases) for (start, end), aliases in found.items()]

    def aliases_of(self, form: str) -> tuple[Alias, ...]:
        return (*self._one.aliases_of(form), *self._other.aliases_of(form))


class FilesFirst:
    """The names of the files and imported ones; of a form that both have, the files know better whose it is."""

    def __init__(self, files: Names, imported: Names) -> None:
        self._files = files
        self._imported = imported

    def __len__(self) -> int:
        return len(self._files) + len(self._imported)

    def occurrences(self, folded: Folded) -> Iterable[Occurrence]:
        imported = list(self._imported.occurrences(folded))
        if not imported:
            return self._files.occurrences(folded)
        files = list(self._files.occurrences(folded))
        known = {(start, end) for start, end, _ in files}
        return files + [each for each in imported if each[:2] not in known]

    def aliases_of(self, form: str) -> tuple[Alias, ...]:
        return self._files.aliases_of(form) or self._imported.aliases_of(form)
