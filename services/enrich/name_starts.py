"""Where in a text a name can begin: at the first letter of a run of letters that join, behind what an Arabic or Hebrew word may carry in
front, and at every character of the scripts without spaces; and only where the next letters are those of some name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.enrich.affixes import ARABIC_HEAD, HEBREW_HEAD

_LETTERS = 3
# Runs of letters that join (see `boundaries.Kind`). Marks belong to the letters before them.
_RUN = re.compile(
    r"[0-9A-Za-zÀ-ÖØ-öø-\u058f]+"
    r"|(?P<unspaced>[\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uf900-\ufaff"
    r"\U00020000-\U000323af]+)"
    r"|(?P<arabic>[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefe]+)"
    r"|(?P<hebrew>[\u0590-\u05ff]+)"
    r"|[\u1100-\u11ff\uac00-\ud7a3]+|[\u30a1-\u30fa\u30fc-\u30ff]+|[\u0900-\u0dff]+|[^\W_]+"
)
_HEADS = {"arabic": ARABIC_HEAD, "hebrew": HEBREW_HEAD}


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The first letters of all names: three of each, or both where a name has two; `small`: of names that can begin with a small letter
    in a script that has capitals."""

    letters: frozenset[str]
    small: frozenset[str]

    @classmethod
    def of(cls, forms: Iterable[str], small: Iterable[str]) -> Beginnings:
        return cls(frozenset(form[:_LETTERS] for form in forms), frozenset(form[:_LETTERS] for form in small))

    def __or__(self, other: Beginnings) -> Beginnings:
        return Beginnings(self.letters | other.letters, self.small | other.small)


def name_starts(text: str, lowered: str, beginnings: Beginnings) -> Iterator[int]:
    """Offsets in order. Whether a name stands there alone, `boundaries` says."""
    letters = beginnings.letters
    small = beginnings.small
    for found in _RUN.finditer(text):
        start = found.start()
        group = found.lastgroup
        if group is None:
            wanted = small if text[start].islower() else letters
            if lowered[start : start + 3] in wanted or lowered[start : start + 2] in wanted:
                yield start
            continue
        if group == "unspaced":
            end = found.end()
        else:
            # A head of fewer letters may be meant: وال can be `and the`, or `and` before a name that begins with the article.
            head = _HEADS[group].match(text, start)
            end = min(head.end() + 1 if head else start + 1, found.end())
        for at in range(start, end):
            if lowered[at : at + 3] in letters or lowered[at : at + 2] in letters:
                yield at
