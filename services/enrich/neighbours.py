"""What the words beside a name say against it: another given name in front, a given name behind."""

from __future__ import annotations

from enum import Enum

from services.enrich.alias import Alias
from services.enrich.common_words import CALENDAR, common_words
from services.enrich.cues import kind_of_place
from services.enrich.family_names import family_first
from services.enrich.folding import MIDDLE_DOT, fold_name
from services.enrich.gazetteer import Gazetteer
from services.enrich.honorifics import WORDS as HONORIFICS
from services.enrich.layout import Layout, Style
from services.enrich.scripts import of_two_scripts
from services.enrich.word_lists import words as words_of

_MAX_WORD = 24
_OF_NAMES = frozenset({"bin", "ibn", "von", "van", "abu", "бин", "фон"})
"""Particles that nothing but a name has: `bin Salman` is a name of its own, `de Kim` is French for `of Kim`."""
_BEFORE_PLACES = words_of(
    "north south east west northern southern eastern western central northeast northwest southeast southwest upper lower greater "
    "downtown mainland modern ancient imperial soviet nazi post pre mid occupied rural inner outer "
    "nord sud est ouest norte sur este oeste sul leste ovest república république republik republic "
    "северная южная восточная западная северной южной восточной западной"
)
"""Capitals before a place that are no part of another name."""
_MAY_IS_A_MONTH = frozenset({"en"})
_BEFORE_MONTHS = words_of(
    "in of on since last next this early late mid by until till through from before after during every each and to between until"
)


class Standing(Enum):
    """What a name's neighbours leave of it."""

    SURE = "sure"
    WEAK = "weak"
    """An ordinary word may be meant: counts beside another mention of the same actor."""
    OTHER = "other"
    """Somebody else of this surname is meant, or something that has the place's name in its own."""
    NO = "no"
    """No name of this actor, and perhaps no name at all."""


def standing(
    alias: Alias, start: int, end: int, layout: Layout, gazetteer: Gazetteer, edges: frozenset[int]
) -> Standing:
    """Of the alias at `layout.text[start:end]`; only names of one word can stand otherwise than sure. `edges` are where names end."""
    if " " in layout.text[start:end]:
        return Standing.SURE
    if alias.acronym:
        return _acronym(start, end, layout)
    if not alias.capitals:
        return _without_case(alias, start, end, layout, gazetteer)
    word = layout.text[start:end].lower()
    if word in CALENDAR and alias.surname and layout.language in _MAY_IS_A_MONTH:
        return _Words(layout, start, end).beside_a_month()
    verdict = _beside(alias, _Words(layout, start, end), gazetteer, edges)
    if verdict is Standing.SURE and word in common_words(layout.language):
        proven = not layout.begins_sentence(start) and layout.style(start) is Style.PLAIN
        return Standing.SURE if proven else Standing.WEAK
    return verdict


def _acronym(start: int, end: int, layout: Layout) -> Standing:
    """`WHO WILL WIN` is not about health."""
    if layout.style(start) is Style.CAPITALS and layout.text[start:end].lower() in common_words(layout.language):
        return Standing.WEAK
    return Standing.SURE


class _Words:
    """The word before and the word behind, if only a blank or hyphen stands between."""

    def __init__(self, layout: Layout, start: int, end: int) -> None:
        self.layout = layout
        self.start = start
        self.end = end
        text = layout.text
        self.before = ""
        self.before_at = start
        if start > 1 and text[start - 1] == " ":
            at = start - 1
            while at > 0 and start - at < _MAX_WORD and (text[at - 1].isalpha() or text[at - 1] in "'."):
                at -= 1
            self.before, self.before_at = text[at : start - 1], at
        self.after = ""
        if end + 1 < len(text) and text[end] == " ":
            at = end + 1
            while at < len(text) and at - end < _MAX_WORD and text[at].isalpha():
                at += 1
            self.after = text[end + 1 : at]

    def beside_a_month(self) -> Standing:
        """Of a surname that is a month, too: a person behind an honorific, nobody behind a preposition or beside a figure."""
        before = self.before.lower().rstrip(".")
        if before in HONORIFICS:
            return Standing.SURE
        text = self.layout.text
        figure = text[max(self.before_at - 1, 0) : self.before_at + 3].strip()[:1].isdigit() or self.after_figure()
        return Standing.NO if figure or before in _BEFORE_MONTHS or not before else Standing.WEAK

    def after_figure(self) -> bool:
        return self.layout.text[self.end : self.end + 4].strip(" ,")[:1].isdigit()


def _beside(alias: Alias, words: _Words, gazetteer: Gazetteer, edges: frozenset[int]) -> Standing:
    layout = words.layout
    before = words.before.rpartition("'")[2]
    plain_style = layout.style(words.before_at) is Style.PLAIN
    if alias.entry.type == "person" and of_two_scripts(before):
        # Letters that only look alike: whoever this is, it is not the one whose name it imitates.
        return Standing.NO
    if before[:1].isupper():
        lowered = before.lower()
        given = lowered in gazetteer.given_names and lowered not in HONORIFICS
        if before.endswith("."):
            # J. Smith; a sentence that ended in front of the name would have been cut.
            if len(before) == 2 and alias.surname and not (before == "M." and layout.language == "fr"):
                return Standing.SURE if _own_initial(alias, lowered[0]) else Standing.OTHER
        elif given and not _own_name(alias, lowered):
            if alias.entry.type == "person":
                return Standing.OTHER
            # `Will China …`: some given names are words.
            return Standing.NO if plain_style and lowered not in common_words(layout.language) else Standing.WEAK
        elif alias.surname:
            # `президент России Путин`: the name of a country ends there.
            named = words.before_at + len(words.before) in edges
            if not named and _unexplained(lowered, words) and not _own_name(alias, lowered):
                return Standing.NO
        elif alias.entry.type == "place" and _part_of_a_name(before, words, edges):
            return Standing.OTHER
    elif alias.surname and before in _OF_NAMES and not _own_name(alias, before):
        return Standing.NO
    if words.after[:1].isupper() and plain_style and _goes_on(alias, words, gazetteer):
        return Standing.OTHER if alias.entry.type == "person" else Standing.NO
    return Standing.SURE


def _unexplained(before: str, words: _Words) -> bool:
    """A capital inside a sentence that neither a title nor the language explains: some given name we have never heard."""
    layout = words.layout
    if before in HONORIFICS or before in CALENDAR or len(before) < 3:
        return False
    return not layout.capitals_say_nothing(words.before_at)


def _part_of_a_name(before: str, words: _Words, edges: frozenset[int]) -> bool:
    """`Real Madrid`, `Port Sudan`, `Queen's University Belfast` are no mentions of the city or country."""
    lowered = before.lower()
    if words.before_at + len(before) in edges or lowered in _BEFORE_PLACES or before.isupper():
        return False
    return _unexplained(lowered, words)


def _goes_on(alias: Alias, words: _Words, gazetteer: Gazetteer) -> bool:
    """`Kim` before `Jong-nam` and `Chad` before `Smith` are the first half of another name; `губернатор Джорджии` before one is not."""
    word = alias.text.lower()
    after = words.after.lower()
    if alias.entry.type == "place":
        given = word in gazetteer.given_names and after not in gazetteer.given_names
        return given and kind_of_place(words.start, words.layout) is None
    if not alias.surname:
        return False
    if family_first(alias.entry.name, alias.entry.country):
        return after not in HONORIFICS
    return word in gazetteer.given_names and after not in HONORIFICS


def _without_case(alias: Alias, start: int, end: int, layout: Layout, gazetteer: Gazetteer) -> Standing:
    text = layout.text
    dotted = start > 1 and text[start - 1] == MIDDLE_DOT and text[start - 2].isalpha()
    if dotted and alias.entry.type == "place":
        # 丹泽尔·华盛顿 is a person.
        return Standing.OTHER
    if alias.surname:
        if dotted:
            return Standing.OTHER
        before = _Words(layout, start, end).before
        if before in gazetteer.given_names and not _own_name(alias, before):
            return Standing.OTHER
    return Standing.WEAK if text[start:end] in common_words(layout.language) else Standing.SURE


def _own_name(alias: Alias, word: str) -> bool:
    """Whether `word` is a part of one of the actor's names."""
    return any(word in fold_name(name).split(" ") for names in alias.entry.aliases.values() for name in names)


def _own_initial(alias: Alias, letter: str) -> bool:
    return any(
        part.startswith(letter)
        for names in alias.entry.aliases.values()
        for name in names
        for part in fold_name(name).split(" ")[:-1]
    )
