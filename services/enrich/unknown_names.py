"""Persons that the gazetteer does not know: capitalised names next to words that only persons have beside them.

After the way of the Europe Media Monitor (FINDINGS, section 4), precise rather than complete. Latin and Cyrillic letters only, in
the languages of `trigger_words`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.enrich.common_words import common_words
from services.enrich.gazetteer import Gazetteer
from services.enrich.honorifics import WORDS as HONORIFICS
from services.enrich.layout import Layout
from services.enrich.name_sequences import NameSequence, name_sequences
from services.enrich.person_triggers import is_person
from services.enrich.plain_letters import slug
from services.enrich.trigger_words import ROLES

MAX_PERSONS = 40
MAX_MENTIONS = 200
"""Of one name in one article."""
_MAX_WORD = 24

Spans = Sequence[tuple[int, int]]
"""(start, end) in the folded text, in order, without overlaps."""


@dataclass(frozen=True, slots=True)
class Person:
    """`full`: where the name stands with all its words, the first time; `mentions`: everywhere, bare surnames included. Offsets in
    the folded text."""

    id: str
    full: tuple[int, int]
    mentions: tuple[tuple[int, int], ...]


def find_persons(layout: Layout, gazetteer: Gazetteer, taken: Spans, borne: frozenset[str]) -> tuple[Person, ...]:
    """At most `MAX_PERSONS`, in the order of their full names.

    `taken` are spans that name somebody already; `borne` the surnames (folded, lower case) of other persons of the article: bare,
    these are nobody's.
    """
    if layout.language not in ROLES:
        return ()
    accepted: dict[str, list[NameSequence]] = {}
    for sequence in name_sequences(layout, taken):
        if not is_person(sequence, layout, gazetteer):
            continue
        id_ = slug(sequence.name, layout.language)
        if id_ in accepted:
            accepted[id_].append(sequence)
        elif id_ and len(accepted) < MAX_PERSONS:
            accepted[id_] = [sequence]
    return tuple(_with_mentions(accepted, layout, taken, borne)) if accepted else ()


def _with_mentions(
    accepted: dict[str, list[NameSequence]], layout: Layout, taken: Spans, borne: frozenset[str]
) -> Iterator[Person]:
    families = [sequences[0].family.lower() for sequences in accepted.values()]
    occupied = list(taken)
    for id_, sequences in accepted.items():
        first = sequences[0]
        spans = {(each.start, each.end) for each in sequences}
        spans.update(_occurrences(first.name, layout.text))
        family = first.family.lower()
        if families.count(family) == 1 and family not in borne and family not in common_words(layout.language):
            spans.update(_bare(first.family, layout))
        free = _free(sorted(spans, key=lambda span: (span[0], -span[1])), occupied)
        if free:
            occupied = sorted([*occupied, *free])
            yield Person(f"?{id_}", (first.start, first.end), tuple(free[:MAX_MENTIONS]))


def _occurrences(name: str, text: str) -> Iterator[tuple[int, int]]:
    at = text.find(name)
    for _ in range(MAX_MENTIONS):
        if at < 0:
            return
        end = at + len(name)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            yield at, end
        at = text.find(name, end)


def _bare(family: str, layout: Layout) -> Iterator[tuple[int, int]]:
    """Where the surname stands without another name in front that would make it somebody else's."""
    for start, end in _occurrences(family, layout.text):
        words = layout.text[max(start - _MAX_WORD, 0) : start].split(" ")
        before = words[-2] if len(words) > 1 and not words[-1] else ""
        another = before[:1].isupper() and before.lower().rstrip(".") not in HONORIFICS
        if not another or layout.capitals_say_nothing(start - len(before) - 1):
            yield start, end


def _free(spans: Iterable[tuple[int, int]], occupied: Spans) -> list[tuple[int, int]]:
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
