"""What the finders of names in scripts without capitals have in common: what they find, and how a name becomes an id."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from services.enrich.folding import fold_name

_BETWEEN = re.compile(r"[\s·.'\"=-]+")
_HAN_ONLY = re.compile("[\u3400-\u9fff々 ]+")


@dataclass(frozen=True, slots=True)
class Written:
    """A full name as the article has it; offsets in the folded text. `family` is what may name the person later; with `titled` only
    beside a title, since by itself it is a common word or anybody's name."""

    start: int
    end: int
    name: str
    family: str
    titled: bool = False


class Finder(Protocol):
    """Names of one language. Both take the folded text."""

    def full_names(self, text: str, given_names: Collection[str]) -> Iterator[Written]:
        """In order, without overlaps; only where something beside them says that they are persons. `given_names` are the gazetteer's."""

    def mentions(self, text: str, start: int, end: int, *, family: bool, titled: bool) -> bool:
        """Whether an accepted name, or its family name, stands at `start`: it is no piece of another word."""


def letters_id(name: str) -> str:
    """`?` and the folded words of the name in its own letters, joined with hyphens: `?丹尼斯-华盛顿`. A blank within a name in Han, which
    papers print or leave out, parts nothing."""
    folded = fold_name(name)
    if _HAN_ONLY.fullmatch(folded):
        folded = folded.replace(" ", "")
    return "?" + "-".join(filter(None, _BETWEEN.split(folded)))
