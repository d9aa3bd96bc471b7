"""Names that stand in an oblique case, brought back to the nominative by the given name: Иваном Петровым is Иван Петров."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from services.enrich import russian_cases, ukrainian_cases
from services.enrich.person_words import shared_words

_DECLENSIONS: Mapping[str, Callable[..., tuple[tuple[str, ...], ...]]] = {
    "ru": russian_cases.decline,
    "uk": ukrainian_cases.decline,
}
# What a surname's oblique ending may stand for, men's and women's.
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "ru": ("", "а", "й", "ий", "ой", "ый", "ая", "ь", "я"),
    "uk": ("", "а", "й", "ий", "ой", "о", "ь", "я"),
}
_MAX_ENDING = 3


def nominative(given: str, family: str, language: str) -> tuple[str, str] | None:
    """(given, family) in lower case; None where the given name is none in an oblique case, or the family name does not agree."""
    decline = _DECLENSIONS.get(language)
    if decline is None:
        return None
    for name, case in _oblique(language).get(given, ()):
        found = _family(family, case, language, woman=name[-1] in "ая")
        if found is not None:
            return name, found
    return None


def _family(written: str, case: int, language: str, *, woman: bool) -> str | None:
    decline = _DECLENSIONS[language]
    endings = _ENDINGS[language]
    for cut in range(min(_MAX_ENDING, len(written) - 2) + 1):
        stem = written[: len(written) - cut]
        for ending in endings:
            candidate = stem + ending
            feminine = candidate.endswith(("а", "ая"))
            if feminine != woman and not (feminine and candidate.endswith(("да", "ха", "га"))):
                continue
            cases = decline(candidate, person=True)
            if case < len(cases) and written in cases[case]:
                return candidate
    # A woman's name that ends in a consonant keeps it: Эммы Стоун.
    return written if woman and written[-1] not in "аяыиуюейоіїє" else None


@cache
def _oblique(language: str) -> Mapping[str, tuple[tuple[str, int], ...]]:
    """An oblique form of a given name → the names and cases that it can be of; forms that are nominatives themselves left out."""
    decline = _DECLENSIONS[language]
    names = sorted(name for name in shared_words().given if "а" <= name[:1] <= "ґ")
    forms: dict[str, list[tuple[str, int]]] = {}
    for name in names:
        for case, written in enumerate(decline(name, person=True)):
            for form in written:
                if form not in shared_words().given:
                    forms.setdefault(form, []).append((name, case))
    return {form: tuple(found) for form, found in forms.items()}
