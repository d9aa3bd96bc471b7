"""Which of the gazetteer's languages a name is given under that comes without one: by its letters."""

from __future__ import annotations

import re

_SCRIPTS = (
    (re.compile("[\u3041-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7a3]"), "ko"),
    (re.compile("[\u3400-\u9fff]"), "zh"),
    (re.compile("[іїєґІЇЄҐ]"), "uk"),
    (re.compile("[\u0400-\u04ff]"), "ru"),
    (re.compile("[پچژگکی]"), "fa"),
    (re.compile("[\u0600-\u06ff]"), "ar"),
    (re.compile("[\u0590-\u05ff]"), "he"),
    (re.compile("[\u0900-\u097f]"), "hi"),
)


def language_by_letters(name: str) -> str:
    """Latin letters are English's, which all the languages that write them share."""
    if name.isascii():
        return "en"
    return next((language for letters, language in _SCRIPTS if letters.search(name)), "en")


def by_letters(names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(language_by_letters(name), []).append(name)
    return found
