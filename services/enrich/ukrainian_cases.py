"""Oblique cases of Ukrainian names, by the ending of the nominative; the same shape as `russian_cases`.

Rules after the Ukrainian Orthography of 2019, sections 70 to 102, for proper names; all in lower case with ґ as г.
"""

from __future__ import annotations

Cases = tuple[tuple[str, ...], ...]

_VOWELS = "аеєиіїоуюя"
_HUSHING = "жшчщ"
_SOFTENED = {"к": "ц", "г": "з", "х": "с"}
_FLEETING = {"єгипет": "єгипт", "орел": "орл"}
_SOFT_NEUTER = frozenset({"море", "поле"})
_NEUTER = frozenset({"озеро", "місто"})
_IN_O = frozenset({"петро", "павло", "дмитро", "марко", "данило", "михайло", "кирило", "дніпро"})


def decline(word: str, *, person: bool) -> Cases:
    """Empty for a word that has no cases."""
    if len(word) < 2 or (len(word) == 2 and word[-1] in _VOWELS + "ьй"):
        return ()
    last, stem = word[-1], word[:-1]
    if word.endswith("ий"):
        root = word[:-2]
        return (root + "ого",), (root + "ому",), (root + "ого",), (root + "им",), (root + "ому", root + "ім")
    if last == "й":
        return (
            (stem + "я",),
            (stem + "ю", stem + "єві"),
            (stem + "я",),
            (stem + "єм",),
            (stem + "ї", stem + "ю", stem + "єві"),
        )
    if last == "а":
        return _in_a(stem)
    if last == "я":
        return _in_ya(word, stem)
    if word in _IN_O or word.endswith(("енко", "чко", "шко", "йко")):
        return (stem + "а",), (stem + "у", stem + "ові"), (stem + "а",), (stem + "ом",), (stem + "у", stem + "ові")
    if last == "ь":
        return (
            (stem + "я", stem + "і"),
            (stem + "ю", stem + "і"),
            (stem + "я", word),
            (stem + "ем", word + "ю"),
            (stem + "і", stem + "ю"),
        )
    if not person:
        return _thing(word, stem, last)
    return _in_consonant(word, person) if last not in _VOWELS and last.isalpha() else ()


def _in_a(stem: str) -> Cases:
    """A noun (Камала) or an adjective, women's surnames included (Північна, Лагарда, Зеленська)."""
    soft = stem[:-1] + _SOFTENED.get(stem[-1], stem[-1])
    instrumental = stem + ("ею" if stem[-1] in _HUSHING else "ою")
    genitive = stem + ("і" if stem[-1] in _HUSHING else "и")
    return (genitive, stem + "ої"), (soft + "і", stem + "ій"), (stem + "у",), (instrumental,), (soft + "і", stem + "ій")


def _in_ya(word: str, stem: str) -> Cases:
    after_vowel = stem[-1] in _VOWELS
    i = "ї" if after_vowel else "і"
    instrumental = stem + ("єю" if after_vowel else "ею")
    return (stem + i,), (stem + i,), (stem + "ю",), (instrumental,), (stem + i,)


def _thing(word: str, stem: str, last: str) -> Cases:
    if word.endswith("ство"):
        return (stem + "а",), (stem + "у",), (word,), (stem + "ом",), (stem + "і",)
    if last == "я" or word.endswith(("ння", "ття")):
        return (stem + "я",), (stem + "ю",), (word,), (stem + "ям",), (stem + "і",)
    if last == "и":
        return (stem + "ів",), (stem + "ам",), (word,), (stem + "ами",), (stem + "ах",)
    if last == "і":
        return (stem + "их",), (stem + "им",), (word,), (stem + "ими",), (stem + "их",)
    if word in _SOFT_NEUTER:
        return (stem + "я",), (stem + "ю",), (word,), (stem + "ем",), (stem + "і",)
    if word in _NEUTER:
        return (stem + "а",), (stem + "у",), (word,), (stem + "ом",), (stem + "і",)
    if last == "е":
        return (stem + "ого",), (stem + "ому",), (word,), (stem + "им",), (stem + "ому",)
    return _in_consonant(word, False) if last not in _VOWELS and last.isalpha() else ()


def _in_consonant(word: str, person: bool) -> Cases:
    stem = _FLEETING.get(word, word)
    if not person and word.endswith(("ів", "їв")) and len(word) > 3:
        # Львів, Львова; Київ, Києва.
        stem = word[:-2] + ("ов" if word.endswith("ів") else "єв")
    elif word.endswith("ець") or (word.endswith("ец") and len(word) > 4):
        stem = word[:-2] + "ц"
    instrumental = [stem + ("ем" if stem[-1] in _HUSHING + "ц" else "ом")]
    if person and word.endswith(("ов", "ев", "єв", "ів", "ін", "їн")):
        instrumental.append(stem + "им")
    genitive = (stem + "а",) if person else (stem + "а", stem + "у")
    return (
        genitive,
        (stem + "у", stem + "ові"),
        (stem + "а",),
        tuple(instrumental),
        (stem + "і", stem + "ові", stem + "у"),
    )
