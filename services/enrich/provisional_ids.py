"""An id for a person whom no gazetteer knows, out of the name: the same for the spellings of papers in Latin and Cyrillic letters.

Spellings are brought to how the name sounds, roughly: Wróblewska and Врублевская, Whitlock and Уитлок, Kvirikadzé and Kwirikadse. Two
names that sound the same share an id; in other scripts similarity proves nothing (FINDINGS, section 4), and there are none here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.enrich.plain_letters import plain

_CYRILLIC = {
    **dict(zip("абвгдезиклмнопрстуфіґўјћђљњ", "abvgdeziklmnoprstufigujcdln", strict=True)),
    **{"ё": "e", "ж": "zh", "й": "i", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": ""},
    **{"э": "e", "ю": "iu", "я": "ia", "є": "e", "ї": "i", "'": ""},
}
_UKRAINIAN = _CYRILLIC | {"и": "i"}
_ENDINGS = (
    # Russian and Ukrainian adjectives as surnames, as Latin letters write them.
    (re.compile(r"(?<=[sc]k)(?:aia|aya|aja)$"), "a"),
    (re.compile(r"(?:ii|ij|iy|yi|yj|iei)$"), "i"),
)
_POLISH = re.compile("[łżźśćńęą]|sz|cz|rz|wsk|wicz|ów")
_SOUNDS: tuple[tuple[str, str], ...] = (
    ("dsch", "j"),
    ("tsch", "ch"),
    ("tch", "ch"),
    ("dzh", "j"),
    ("dj", "j"),
    ("dż", "j"),
    ("shch", "sh"),
    ("sch", "sh"),
    ("ck", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("kh", "h"),
    ("gh", "g"),
    ("wh", "v"),
    ("ou", "u"),
    ("oo", "u"),
    ("ee", "i"),
    ("qui", "ki"),
    ("que", "ke"),
    ("qu", "kv"),
    ("q", "k"),
    ("x", "ks"),
    ("w", "v"),
    ("y", "i"),
    ("ie", "e"),
    ("ia", "a"),
    ("io", "o"),
    ("iu", "u"),
    ("dz", "z"),
    ("ds", "z"),
    ("tz", "ts"),
)
_STRICT = tuple(each for each in _SOUNDS if each[0] not in ("ie", "ia", "io", "iu"))
_FROM_POLISH: tuple[tuple[str, str], ...] = (
    ("szcz", "sh"),
    ("sz", "sh"),
    ("cz", "ch"),
    ("rz", "zh"),
    ("ż", "zh"),
    ("ó", "u"),
    ("ł", "l"),
    ("ch", "h"),
    ("w", "v"),
    ("j", "i"),
    ("c", "ts"),
)
_DOUBLED = re.compile(r"([a-z])\1+")
_LABIAL = re.compile(r"(?<![a-z])u(?=[aeio])")
_SILENT = re.compile(r"(?<=[aeiou])h(?=[^aeiou]|$)|(?<=[a-z])h(?=[lmnrv])")
_SLAVIC_H = re.compile("(?<![cszk])h(?=[rl])")
"""Hrabarchuk and Грабарчук."""
_GLIDE = re.compile("(?<=[aeiou])j(?![aeiou])")


def provisional_id(name: str, language: str, *, strict: bool = False) -> str:
    """`?` and lower-case ASCII words joined with hyphens; `?` alone for a name in other letters. `name` is in the nominative. `strict`:
    vowels that papers put in or leave out count (Luca, Lucia)."""
    parts = name.lower().replace("-", " ").split()
    return "?" + "-".join(word for part in parts if (word := _sounds(part, language, _STRICT if strict else _SOUNDS)))


def _sounds(word: str, language: str, sounds: Sequence[tuple[str, str]]) -> str:
    word = word.strip(".'’")
    if any("\u0400" <= char <= "\u04ff" for char in word):
        table: Mapping[str, str] = _UKRAINIAN if language == "uk" else _CYRILLIC
        word = "".join(table.get(char, char) for char in word)
        word = _LABIAL.sub("v", word)
    elif _POLISH.search(word) and language != "hu":
        for written, sound in _FROM_POLISH:
            word = word.replace(written, sound)
    word = plain(word)
    for ending, sound in _ENDINGS:
        word = ending.sub(sound, word)
    for written, sound in sounds:
        word = word.replace(written, sound)
    word = _SLAVIC_H.sub("g", _GLIDE.sub("i", word))
    word = _SILENT.sub("", _DOUBLED.sub(r"\1", word))
    word = word.replace("ks", "x") if word.startswith("ks") else word
    word = re.sub("c(?=[ei])", "s", word) if "ch" not in word else word
    word = re.sub("c(?!h)", "k", word)
    return "".join(char for char in word if char.isascii() and char.isalnum())
