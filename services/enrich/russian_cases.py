"""Oblique cases of Russian names, by the ending of the nominative.

Each declension gives five cases (genitive, dative, accusative, instrumental, prepositional), each with the forms that papers use;
where the ending does not tell gender or stress, both. Rules after Zaliznyak, Grammatical Dictionary of the Russian Language, for
proper names; all in lower case with ё as е.
"""

from __future__ import annotations

Cases = tuple[tuple[str, ...], ...]

_VOWELS = "аеиоуыэюя"
_HUSHING = "жшчщ"
_FLEETING = {"павел": "павл", "лев": "льв", "петр": "петр", "египет": "египт", "орел": "орл"}
_NEUTER = frozenset({"озеро", "море", "поле", "побережье"})
# Nouns in spite of their ending.
_NOUNS = frozenset({"георгий", "сергий", "цой", "чой", "ной"})


def decline(word: str, *, person: bool) -> Cases:
    """Empty for a word that has no cases."""
    if len(word) < 2 or (len(word) == 2 and word[-1] in _VOWELS + "ьй"):
        return ()
    return _adjective(word, person) or _noun(word, person)


def _adjective(word: str, person: bool) -> Cases:
    stem, ending = word[:-2], word[-2:]
    if word in _NOUNS or len(word) < 3:
        return ()
    soft = stem[-1] in _HUSHING
    if ending == "ый" or (ending == "ой" and len(word) > 4) or (ending == "ий" and stem[-1] in "кгх"):
        instrumental = stem + ("ым" if stem[-1] not in "кгх" else "им")
        return (stem + "ого",), (stem + "ому",), (stem + "ого",), (instrumental,), (stem + "ом",)
    if ending == "ий" and not person and (soft or stem[-1] == "н"):
        return (stem + "его",), (stem + "ему",), (stem + "его",), (stem + "им",), (stem + "ем",)
    if ending == "ая":
        oblique = stem + ("ей" if soft else "ой")
        return (oblique,), (oblique,), (stem + "ую",), (oblique,), (oblique,)
    if ending == "яя":
        return (stem + "ей",), (stem + "ей",), (stem + "юю",), (stem + "ей",), (stem + "ей",)
    if person:
        return ()
    if ending == "ое":
        instrumental = stem + ("им" if stem[-1] in "кгх" else "ым")
        return (stem + "ого",), (stem + "ому",), (word,), (instrumental,), (stem + "ом",)
    if ending == "ее":
        return (stem + "его",), (stem + "ему",), (word,), (stem + "им",), (stem + "ем",)
    if (ending in ("ые", "ие") and stem[-1] not in "нт" + _VOWELS) or ending == "ые":
        vowel = ending[0]
        return (stem + vowel + "х",), (stem + vowel + "м",), (word,), (stem + vowel + "ми",), (stem + vowel + "х",)
    return ()


def _noun(word: str, person: bool) -> Cases:
    last, stem = word[-1], word[:-1]
    if word.endswith("ия"):
        return (stem + "и",), (stem + "и",), (stem + "ю",), (stem + "ей",), (stem + "и",)
    if last == "а":
        return _in_a(word, stem, person)
    if last == "я":
        return (stem + "и",), (stem + "е",), (stem + "ю",), (stem + "ей",), (stem + "е",)
    if last == "ь":
        return (
            (stem + "я", stem + "и"),
            (stem + "ю", stem + "и"),
            (stem + "я", word),
            (stem + "ем", word + "ю"),
            (stem + "е", stem + "и"),
        )
    if last == "й":
        place = "и" if word.endswith("ий") else "е"
        return (stem + "я",), (stem + "ю",), (stem + "я",), (stem + "ем",), (stem + place,)
    if last == "ы" and not person:
        return (stem + "ов", stem), (stem + "ам",), (word,), (stem + "ами",), (stem + "ах",)
    if not person and (word in _NEUTER or word.endswith(("ство", "ние", "тие"))):
        soft = last == "е"
        return (
            (stem + ("я" if soft else "а"),),
            (stem + ("ю" if soft else "у"),),
            (word,),
            (stem + ("ем" if soft else "ом"),),
            (stem + ("и" if soft else "е"),),
        )
    if last in _VOWELS or not last.isalpha():
        return ()
    return _in_consonant(word, person)


def _in_a(word: str, stem: str, person: bool) -> Cases:
    hushing = stem[-1] in _HUSHING
    genitive = stem + ("и" if hushing or stem[-1] in "кгх" else "ы")
    instrumental = stem + ("ей" if hushing or stem[-1] == "ц" else "ой")
    if person and word.endswith(("ова", "ева", "ина", "ына")):
        # A woman's surname (Набиуллина) or a first name (Марина).
        own = stem + "ой"
        return (own, genitive), (own, stem + "е"), (stem + "у",), (own,), (own, stem + "е")
    return (genitive,), (stem + "е",), (stem + "у",), (instrumental,), (stem + "е",)


def _in_consonant(word: str, person: bool) -> Cases:
    stem = _FLEETING.get(word, word)
    if word.endswith("ец") and len(word) > 4:
        stem = word[:-2] + "ц"
    instrumental = [stem + ("ем" if stem[-1] in _HUSHING + "ц" else "ом")]
    if person and word.endswith(("ов", "ев", "ин", "ын")):
        instrumental.append(stem + "ым")
    return (stem + "а",), (stem + "у",), (stem + "а",), tuple(instrumental), (stem + "е",)
