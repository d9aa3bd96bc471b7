"""From an entry to the forms that are looked for in text, each with what it says about the entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.enrich import polish_cases
from services.enrich.alias import MAX_ACRONYM, Alias, Strength
from services.enrich.descriptions import descriptions_of
from services.enrich.entry import Entry, Names
from services.enrich.family_names import family_first, family_name
from services.enrich.folding import fold_name
from services.enrich.inflection import surface_forms
from services.enrich.place_names import LOCALES, territory_names
from services.enrich.plain_letters import plain
from services.enrich.roles import SOURCE_KINDS
from services.enrich.word_lists import words

MIN_CHARS = 2
_GATED_ACRONYM = 4
"""Acronyms up to this length mean different things in different languages (EI: État islamique, and a German egg)."""
_KOREAN_TITLES = (
    *("대통령", "총리", "위원장", "장관", "대표", "의원", "의장", "회장", "총재", "주석"),
    *("국왕", "교황", "총서기", "왕세자", "총장", "총통", "지사", "시장", "여왕", "대사", "감독", "박사"),
)
_MIN_PLAIN = 5
DOTS = {"zh": "·", "ja": "・"}
"""Between the parts of a foreign name in scripts without spaces."""
_BARE_HAN = 2
"""Han or Hangul characters up to which a person's name is a family name only; Chinese and Korean full names mostly have three."""

_ARTICLES = words("the la le l les der die das dem den des il lo gli i el los las o a os as all dell nell  dall sull d")
_LONGEST_ARTICLE = 4

_BEHIND_COUNTRIES = frozenset({"ministry", "military", "court"})
_POSSESSIVE = re.compile("['’]s |s | |(?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3])")

Pattern = tuple[str, Alias]


def patterns_of(entry: Entry, *, foreign_cases: bool = True) -> Iterator[Pattern]:
    """Folded forms with the alias each is a form of; of an alias and a short form that read the same, the alias only.

    `foreign_cases`: English names with the endings of Slavic languages too, for articles in these.
    """
    names = _with_territories(entry)
    # One way of writing a form counts once: capitals only (NASA) and a capital first (Nasa) are two.
    seen: set[tuple[str, bool, tuple[bool, ...]]] = set()
    for language, aliases in names.items():
        for text in aliases:
            for form, alias in _forms(entry, text, language, None, foreign_cases):
                written = form, alias.acronym, alias.capitals
                if written not in seen:
                    if alias.only is None and not alias.unless:
                        seen.add(written)
                    yield form, alias
    for language, text in _short_forms(entry):
        for form, alias in _forms(entry, text, language, "short", foreign_cases):
            written = form, alias.acronym, alias.capitals
            if written not in seen:
                if alias.only is None and not alias.unless:
                    seen.add(written)
                yield form, alias


def _with_territories(entry: Entry) -> Names:
    """The entry's names and, for a country, CLDR's."""
    if not _is_country(entry) or entry.country is None:
        return entry.aliases
    names = dict(entry.aliases)
    for language in LOCALES:
        territory = territory_names(language).get(entry.country, ())
        if territory:
            names[language] = tuple(dict.fromkeys((*names.get(language, ()), *territory)))
    return names


def _is_country(entry: Entry) -> bool:
    return entry.type == "place" and entry.kind == "country"


def _short_forms(entry: Entry) -> Iterator[tuple[str, str]]:
    """(language, name): those that the entry lists, and what papers print of a person after the first mention."""
    for language, texts in entry.short.items():
        for text in texts:
            yield language, text
    yield from descriptions_of(entry)
    if "(" not in entry.name and not any(entry.name in texts for texts in entry.aliases.values()):
        yield "en", entry.name
    if entry.type != "person":
        return
    first = family_first(entry.name, entry.country)
    for language, aliases in entry.aliases.items():
        if language == "ko" and first:
            for syllable in dict.fromkeys(text[0] for text in aliases if len(text) == 3):
                for title in _KOREAN_TITLES:
                    yield language, f"{syllable} {title}"
        dot = DOTS.get(language)
        for text in aliases:
            if " of " in text or text.rpartition(" ")[2] in _KOREAN_TITLES:
                # A title, not a name: King Abdullah II of Jordan, 룰라 대통령.
                continue
            family: str | None = family_name(text, first=first) if dot is None else text.rpartition(dot)[2]
            if family and family != text and len(family) >= MIN_CHARS and not _small(family):
                yield language, family


def _small(family: str) -> bool:
    """Nga Wai Hono i te pō: the last word is no surname."""
    return " " not in family and family[0].islower()


def _forms(entry: Entry, text: str, language: str, strength: Strength | None, foreign_cases: bool) -> Iterator[Pattern]:
    alias = _alias(entry, text, language, strength)
    own, *others = surface_forms(text, language, entry.type)
    if len(own) < MIN_CHARS:
        return
    yield own, alias
    if entry.type != "person":
        for form in others:
            yield form, alias
        return
    if language == "pl" or (language == "en" and foreign_cases):
        slavic = _alias(entry, text, language, strength, polish_cases.LANGUAGES)
        for form in others if language == "pl" else surface_forms(text, "pl", "person")[1:]:
            yield form, slavic
    else:
        for form in others:
            yield form, alias
    if len(text) >= _MIN_PLAIN and not text.isascii():
        without = fold_name(plain(text))
        if without != own:
            yield without, alias


def _alias(
    entry: Entry, text: str, language: str, strength: Strength | None, only: frozenset[str] | None = None
) -> Alias:
    cased = text.upper() != text.lower()
    acronym = cased and text.isupper() and sum(map(str.isalpha, text)) <= MAX_ACRONYM
    surname = entry.type == "person" and _single(text, language, strength)
    unless: frozenset[str] = frozenset()
    if only is None:
        if entry.type == "place":
            only, unless = _languages_of_place(entry, language)
        elif acronym and len(text) <= _GATED_ACRONYM and language != "en":
            only = frozenset({language})
    return Alias(
        entry=entry,
        text=text,
        strength=strength or ("bare" if surname else "full"),
        acronym=acronym,
        surname=surname,
        capitals=_capitals(text, every_word=entry.type != "organisation" or entry.kind in SOURCE_KINDS)
        if cased
        else (),
        head=_head(text, language, entry),
        tail=_tail(text, language, entry),
        only=only,
        unless=unless,
    )


def _tail(text: str, language: str, entry: Entry) -> int:
    """Length of what stands behind a name only to tell it from another: a possessive, a Korean title."""
    if entry.type == "person":
        last = text.rpartition(" ")[2]
        return len(last) + 1 if language == "ko" and last in _KOREAN_TITLES and last != text else 0
    if entry.type == "place" and ", " in text:
        # Belém, Brazil
        return len(text) - text.index(", ")
    return 2 if text.endswith(("'s", "’s")) else 0


def _head(text: str, language: str, entry: Entry) -> int:
    """Length of what stands in front of a name only to tell it from another: an article; the country of a ministry or of a person
    (约旦国王阿卜杜拉二世), not of NASA (美国宇航局)."""
    fits = entry.type != "organisation" or entry.kind in _BEHIND_COUNTRIES
    if entry.country is not None and fits and not _is_country(entry):
        for country in territory_names(language).get(entry.country, ()):
            behind = text[len(country) :]
            if text.startswith(country) and (found := _POSSESSIVE.match(behind)) and len(behind) > found.end() + 1:
                return len(country) + found.end()
    return _article(text) if entry.type != "person" else 0


def _article(text: str) -> int:
    """Length of a small article in front: `die Nato`, `l'Onu`, not `El País`."""
    for at in (text.find(" "), text.find("'"), text.find("’")):
        if 0 < at <= _LONGEST_ARTICLE and text[:at] in _ARTICLES and text[at + 1 : at + 2].isupper():
            return at + 1
    return 0


def _single(text: str, language: str, strength: Strength | None) -> bool:
    """Whether a person's name is a family name only, not a full one."""
    if language in ("zh", "ko"):
        return strength == "short" or len(text) <= _BARE_HAN
    return " " not in text and DOTS.get(language, " ") not in text and text.count("-") < 2


def _capitals(text: str, *, every_word: bool) -> tuple[bool, ...]:
    """Bodies are written United Nations and Nations unies, with or without: only their first word tells."""
    parts = text.replace("-", " ").split(" ")
    return tuple(part[:1].isupper() and (every_word or number == 0) for number, part in enumerate(parts))


def _languages_of_place(entry: Entry, language: str) -> tuple[frozenset[str] | None, frozenset[str]]:
    """(only, unless): a place's name counts in its language and the English one in all, but a country's name only where CLDR
    does not know better: Georgia is a country in English and Italian, and no word of French."""
    if language != "en":
        return frozenset({language}), frozenset()
    return None, _NOT_ENGLISH if _is_country(entry) else frozenset()


_NOT_ENGLISH: frozenset[str] = frozenset(LOCALES) - {"en"}
