"""Names of countries in the languages of the news, from CLDR (Unicode Common Locale Data Repository, `territories`).

Nouns only: a country's adjective (Polish, russe) names no place.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

LOCALES: Mapping[str, tuple[str, ...]] = {
    **{
        language: (language,)
        for language in (
            [
                "en",
                "fr",
                "de",
                "es",
                "it",
                "pt",
                "ru",
                "uk",
                "ar",
                "fa",
                "he",
                "tr",
                "ja",
                "ko",
                "hi",
                "pl",
                "nl",
                "sv",
                "da",
                "no",
                "fi",
                "cs",
                "sk",
                "hu",
                "ro",
                "el",
                "bg",
                "sr",
                "hr",
                "id",
                "vi",
                "th",
                "ca",
                "bn",
                "ur",
            ]
        )
    },
    "nb": ("no",),
    "zh": ("zh", "zh_Hant"),
}
"""Language of an article → locales of its names."""

_IN_BRACKETS = re.compile(r"\s*[(（\[].*?[)）\]]")
_MIN_CHARS = 2


@cache
def territory_names(language: str) -> Mapping[str, tuple[str, ...]]:
    """ISO 3166 alpha-2 → names in `language`; empty for a language that is not in `LOCALES`."""
    names: dict[str, tuple[str, ...]] = {}
    for locale in LOCALES.get(language, ()):
        for code, written in _unmerged(locale)["territories"].items():
            if len(code) == 2 and code.isalpha():
                # "Myanmar (Birmanie)": what stands in brackets explains and is not printed.
                name = _IN_BRACKETS.sub("", written).strip()
                if len(name) >= _MIN_CHARS and name.upper() != code:
                    names[code] = tuple(dict.fromkeys((*names.get(code, ()), name)))
    return names


def _unmerged(locale: str) -> Any:
    """The locale's own data. Not `Locale.territories`: merging a locale with its ancestors costs four times as much as reading it.
    Nor `localedata.load(merge_inherited=False)`: babel would keep the unmerged data in its cache, for everybody."""
    # Imported here: every process that only decodes messages would pay for it.
    from babel.localedata import resolve_locale_filename

    with open(resolve_locale_filename(locale), "rb") as packed:
        return pickle.load(packed)
