"""Persons that the gazetteer does not know, in scripts without capitals: Chinese, Japanese, Korean, Arabic, Persian, Hebrew, Hindi.

A full name must stand beside a word that says what the person is or does. Nobody is guessed to be somebody else: later mentions are exact
repeats of the name or of its family name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from services.enrich.chinese_names import ChineseNames
from services.enrich.folding import fold_name
from services.enrich.gazetteer import Gazetteer
from services.enrich.japanese_names import JapaneseNames
from services.enrich.korean_names import KoreanNames
from services.enrich.layout import Layout
from services.enrich.repeats import MAX_MENTIONS, Spans, apart, is_free, longest_first, occurrences
from services.enrich.spaced_names import SpacedNames
from services.enrich.unknown_names import MAX_PERSONS, Person
from services.enrich.written_names import Finder, Written, letters_id

LANGUAGES = frozenset({"zh", "ja", "ko", "ar", "fa", "he", "hi"})
MAX_NAMES = 400
"""Full names of one article that are weighed."""


def find_uncased_persons(
    layout: Layout, gazetteer: Gazetteer, taken: Spans, borne: frozenset[str]
) -> tuple[Person, ...]:
    """At most `MAX_PERSONS`, in the order of their full names; none in a language of other scripts. `taken` are spans that name somebody
    already, `borne` surnames (folded, in lower case) that belong to known persons of the article."""
    return tuple(uncased_mentions(uncased_names(layout, gazetteer, taken), layout, taken, borne))


def uncased_names(layout: Layout, gazetteer: Gazetteer, taken: Spans) -> tuple[Written, ...]:
    """The full names of new persons, each where it stands first. Known actors within them (the Washington of a Dennis Washington) are
    no actors: who resolves those afterwards may drop them."""
    finder = _finder(layout.language)
    if finder is None:
        return ()
    names: dict[str, Written] = {}
    for written in islice(finder.full_names(layout.text, gazetteer.given_names), MAX_NAMES):
        if len(names) == MAX_PERSONS:
            break
        if is_free(written.start, written.end, taken) and not gazetteer.lookup(written.name):
            names.setdefault(letters_id(written.name), written)
    return tuple(names.values())


def uncased_mentions(names: Sequence[Written], layout: Layout, taken: Spans, borne: frozenset[str]) -> Iterator[Person]:
    """Everywhere that they are named, in what `taken` leaves. A family name of two, or one in `borne`, is nobody's."""
    finder = _finder(layout.language)
    if finder is None:
        return
    owners = Counter(fold_name(written.family) for written in names)
    occupied: Spans = taken
    for written in names:
        spans = {(written.start, written.end)} if is_free(written.start, written.end, occupied) else set()
        for start in occurrences(written.name, layout.text):
            if finder.mentions(layout.text, start, start + len(written.name), family=False, titled=False):
                spans.add((start, start + len(written.name)))
        family = written.family
        if family and owners[fold_name(family)] == 1 and fold_name(family) not in borne:
            for start in occurrences(family, layout.text):
                if finder.mentions(layout.text, start, start + len(family), family=True, titled=written.titled):
                    spans.add((start, start + len(family)))
        mentions = apart(longest_first(spans), occupied)
        if mentions:
            occupied = sorted([*occupied, *mentions])
            full = next((span for span in mentions if span[1] - span[0] >= len(written.name)), None)
            if full is not None:
                yield Person(letters_id(written.name), full, tuple(mentions[:MAX_MENTIONS]))


@cache
def _finder(language: str) -> Finder | None:
    match language:
        case "zh":
            return ChineseNames()
        case "ja":
            return JapaneseNames()
        case "ko":
            return KoreanNames()
        case "ar" | "fa" | "he" | "hi":
            return SpacedNames(language)
    return None
