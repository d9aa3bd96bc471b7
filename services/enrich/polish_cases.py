"""Oblique cases of names in Polish and its neighbours that write Latin letters, by the ending of the nominative.

Only what an ending tells without changing the stem: Donald Tusk, Donalda Tuska, Donaldowi Tuskowi, Donaldem Tuskiem. The shape is
that of `russian_cases`, without the locative, which changes stems.
"""

from __future__ import annotations

Cases = tuple[tuple[str, ...], ...]

LANGUAGES = frozenset({"pl", "cs", "sk", "hr", "sl", "bs", "sr", "sh"})
_VOWELS = "aeiouyąęóáéíúý"


def decline(word: str, *, person: bool) -> Cases:
    """Genitive, dative, accusative, instrumental; empty for a word that has no simple cases."""
    if len(word) < 3 or not word.isalpha():
        return ()
    stem = word[:-1]
    if word.endswith(("ski", "cki", "ský", "cký")):
        return (
            (stem + "iego", stem + "ého"),
            (stem + "iemu", stem + "ému"),
            (stem + "iego", stem + "ého"),
            (stem + "im", stem + "ým"),
        )
    if person and word.endswith(("ska", "cka")):
        return (stem + "iej",), (stem + "iej",), (stem + "ą",), (stem + "ą",)
    if word.endswith("a"):
        genitive = stem + ("i" if stem[-1] in "kglj" else "y")
        return (genitive,), (), (stem + "ę", stem + "u"), (stem + "ą", stem + "ou")
    if word[-1] in _VOWELS:
        return ()
    fleeting = word.endswith(("ek", "eł", "ec", "el")) and len(word) > 4
    stem = word[:-2] + word[-1] if fleeting else word
    instrumental = stem + ("iem" if stem[-1] in "kg" else "em")
    return (stem + "a",), (stem + "owi", stem + "ovi", stem + "u"), (stem + "a",), (instrumental, stem + "em")
