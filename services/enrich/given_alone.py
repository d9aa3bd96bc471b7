"""A person of the article who is named by the given name: `"Marina counts every tree," he said`.

Only persons whose full name stands in the article, only where nobody and nothing else of it has that name, and only where people are called
so: in somebody's words, in sport, in countries whose names begin with one's own. Storms, saints and kings have given names, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from services.enrich import confidence
from services.enrich.boundaries import stands_alone
from services.enrich.common_words import common_words
from services.enrich.cues import place_cue
from services.enrich.entry import Entry
from services.enrich.family_names import family_first
from services.enrich.folding import MIDDLE_DOT, Folded
from services.enrich.gazetteer import Gazetteer
from services.enrich.inflection import surface_forms
from services.enrich.layout import Layout
from services.enrich.patterns import DOTS
from services.enrich.recognise import Found
from services.enrich.repeats import is_free, occurrences

_MIN_CHARS = 4
"""Shorter given names are words of some language."""
_MIN_UNCASED = {"zh": 3, "ja": 3, "ko": 3, "ar": 5, "fa": 5, "he": 4, "hi": 5}
"""In scripts where no capital tells."""
_OWN_NAME_FIRST = frozenset({"ET", "ER"})
_SOMEBODY_ELSE = re.compile(
    r",? ?\(?\d|, (?:an?|the|un|une|ein|eine|der|die|el|la|il) | [IVX]+\b|大帝|港|市|州|岛|島|湖"
)


def with_given_names(
    mentions: Sequence[Found],
    folded: Folded,
    layout: Layout,
    gazetteer: Gazetteer,
    others: Iterable[str],
    taken: Sequence[tuple[int, int]],
) -> tuple[Found, ...]:
    """`mentions` in order and those by given name; `others` are names, in lower case, that the article gives to somebody or something
    else; `taken` are the spans of new faces."""
    bearers = _bearers(mentions, folded, layout.language)
    if not bearers:
        return tuple(mentions)
    strange = {word for name in others for word in name.split(" ")}
    ids = frozenset(each.entry.id for each in mentions)
    spans = sorted([*((each.start, each.end) for each in mentions), *taken])
    more: list[Found] = []
    for form, (entry, *rest) in bearers.items():
        if rest or form in strange or not _is_name(form, layout.language, gazetteer, ids - {entry.id}):
            continue
        called_so = entry.kind == "sport" or entry.country in _OWN_NAME_FIRST
        alone = [span for span in _standing(form, folded, layout) if is_free(*span, spans)]
        if all(_by_itself(span, layout) for span in alone):
            more.extend(
                Found(start, end, entry, confidence.GIVEN_NAME)
                for start, end in alone
                if called_so or _in_quotation(start, layout.text)
            )
    return tuple(sorted([*mentions, *more], key=lambda each: each.start)) if more else tuple(mentions)


def _bearers(mentions: Sequence[Found], folded: Folded, language: str) -> dict[str, list[Entry]]:
    """By form of a given name: the persons of the article that have it, where one is named in full."""
    bearers: dict[str, list[Entry]] = defaultdict(list)
    between = MIDDLE_DOT if language in DOTS else " "
    persons = {each.entry.id: each.entry for each in mentions if each.entry.type == "person"}
    in_full = {
        folded.lowered[each.start : each.end].partition(between)[0]
        for each in mentions
        if each.entry.type == "person" and between in folded.lowered[each.start : each.end]
    }
    if not in_full:
        return {}
    for entry in persons.values():
        for forms in _given_names(entry, language):
            for form in forms if in_full.intersection(forms) else ():
                if entry not in bearers[form]:
                    bearers[form].append(entry)
    return bearers


def _given_names(entry: Entry, language: str) -> Iterator[tuple[str, ...]]:
    """The given names that an entry has in a language, each in all its cases."""
    if family_first(entry.name, entry.country):
        return
    dot = DOTS.get(language, " ")
    firsts = dict.fromkeys(
        name.partition(dot)[0]
        for names in (entry.aliases.get(language, ()), () if language in _MIN_UNCASED else entry.aliases.get("en", ()))
        for name in names
        if dot in name
    )
    for first in firsts:
        yield surface_forms(first, language, "person")


def _is_name(form: str, language: str, gazetteer: Gazetteer, others: frozenset[str]) -> bool:
    """Whether it is nothing but a given name: no word, no place or body, no name of `others`, whom the article names too (Ronaldo)."""
    if len(form) < _MIN_UNCASED.get(language, _MIN_CHARS) or form in common_words(language):
        return False
    return not any(
        alias.entry.type != "person" or alias.entry.id in others for alias in gazetteer.names.aliases_of(form)
    )


def _standing(form: str, folded: Folded, layout: Layout) -> Iterator[tuple[int, int]]:
    """Where it stands as a word, with a capital where there are any."""
    text = layout.text
    for start in occurrences(form, folded.lowered):
        end = start + len(form)
        cased = layout.language not in _MIN_UNCASED
        if stands_alone(text, start, end, layout.language) and (not cased or text[start].isupper()):
            yield start, end


def _by_itself(span: tuple[int, int], layout: Layout) -> bool:
    """Without another name beside it, an age or a description behind, or what only places have: one such place in the article, and the
    name is somebody else's."""
    start, end = span
    text = layout.text
    if place_cue(start, end, layout) or _SOMEBODY_ELSE.match(text, end):
        return False
    if layout.language in _MIN_UNCASED:
        return MIDDLE_DOT not in (text[end : end + 1], text[start - 1 : start])
    return not _beside_a_name(text, start, end, layout)


def _in_quotation(start: int, text: str) -> bool:
    line = text[text.rfind("\n", 0, start) + 1 : start]
    opened = max(line.rfind(mark) for mark in "«“„「『")
    return opened > max(line.rfind(mark) for mark in "»”」』") or line.count('"') % 2 == 1


def _beside_a_name(text: str, start: int, end: int, layout: Layout) -> bool:
    if text[end : end + 1] in (" ", "-") and text[end + 1 : end + 2].isupper():
        return True
    if text[start - 1 : start] not in (" ", "-"):
        return False
    at = start - 1
    while at > 0 and text[at - 1].isalpha():
        at -= 1
    return text[at : at + 1].isupper() and not layout.capitals_say_nothing(at)
