"""A name of an entry as the matcher keeps it: what text it accepts and how much it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.enrich.entry import Entry
from services.enrich.word_lists import words

Strength = Literal["full", "bare", "short", "alike"]
"""`full` names the actor; `bare` is a surname that is safe alone; `short` needs a full or bare one in the same article; `alike` is a full
name in a spelling of its own."""

MAX_ACRONYM = 6
"""Letters; longer capitals are brands, which papers also write with one capital."""

GAZETTEER_LANGUAGES = words("en fr de es pt it pl ru uk ar fa he tr zh ja ko hi")
"""Languages that entries are written in: silence of an entry means something in these only."""


@dataclass(frozen=True, slots=True)
class Alias:
    """`only`: languages of articles in which it counts, None for all; `acronym`: capitals only; `surname`: belongs to a person and
    has a family name only; `capitals`: for each word, whether it must begin with a capital."""

    entry: Entry
    text: str
    strength: Strength
    acronym: bool
    surname: bool
    capitals: tuple[bool, ...]
    head: int = 0
    tail: int = 0
    """Characters at the ends that are no part of the name but tell it from an ordinary word: `die Nato`, `Nato's`."""
    only: frozenset[str] | None = None
    unless: frozenset[str] = frozenset()

    @property
    def may_be_small(self) -> bool:
        """Whether it can begin with a small letter in a script that has capitals: `dpa`, `von der Leyen`."""
        return bool(self.capitals) and not self.capitals[0] and not self.acronym

    def speaks(self, language: str) -> bool:
        return (
            self.only is None or language in self.only or language not in GAZETTEER_LANGUAGES
        ) and language not in self.unless

    def accepts(self, written: str) -> bool:
        """Whether `written`, folded with its case kept, has the capitals that this name needs; capitals throughout always do."""
        if self.acronym:
            return written.isupper()
        if not self.capitals:
            return True
        words = written.split(" ")
        return len(words) != len(self.capitals) or all(
            not wanted or word[:1].isupper() for word, wanted in zip(words, self.capitals, strict=True)
        )
