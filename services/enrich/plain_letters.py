"""Latin letters without their diacritics, and Cyrillic ones in Latin: for ids and for spellings that leave diacritics out."""

from __future__ import annotations

import re
import unicodedata

_MARKED = re.compile("[À-ͯḀ-ỹ]")
_STROKES = str.maketrans(
    {
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
    }
)

_CYRILLIC = {
    **dict(
        zip(
            "абвгдезиклмнопрстуфіґўјћђљњ",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "z",
                "i",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "i",
                "g",
                "u",
                "j",
                "c",
                "d",
                "lj",
                "nj",
            ],
            strict=True,
        )
    ),
    **{
        "ё": "e",
        "ж": "zh",
        "й": "i",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ъ": "",
        "ы": "y",
        "ь": "",
    },
    **{"э": "e", "ю": "yu", "я": "ya", "є": "ye", "ї": "i", "’": "", "'": ""},
}
_UKRAINIAN = _CYRILLIC | {"г": "h", "и": "y"}


def plain(text: str) -> str:
    """`Erdogan` of `Erdoğan`; other scripts stay, their marks too where they are letters of their own (й)."""
    if not _MARKED.search(text):
        return text
    stripped = "".join(_base(char) for char in text)
    return stripped.translate(_STROKES)


def _base(char: str) -> str:
    if not "À" <= char <= "ỹ" or "Ͱ" <= char < "Ḁ":
        return char
    return "".join(part for part in unicodedata.normalize("NFD", char) if not unicodedata.combining(part))


def slug(name: str, language: str) -> str:
    """Lower-case ASCII words joined with hyphens, the same for Latin and Cyrillic spellings where romanisation is simple.

    Empty for a name in other letters.
    """
    table = _UKRAINIAN if language == "uk" else _CYRILLIC
    lowered = plain(name.lower())
    latin = "".join(table.get(char, char) for char in lowered)
    # Дмитрий, Dmitry: the adjectival ending is written y.
    words = [
        word[:-2] + "y" if word.endswith(("ii", "yi")) else word
        for word in "".join(char if char.isascii() and char.isalnum() else " " for char in latin).split()
    ]
    return "-".join(words)
