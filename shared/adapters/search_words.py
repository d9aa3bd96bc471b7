"""Folding text for full-text search: a word is found without its diacritics, in any script, and CJK without word boundaries."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose but that people type without their stroke, and Arabic letters that are written for
# one another. The targets are lower case.
_LETTERS = str.maketrans(
    {
        **dict(zip("łøđðħıŧŋ", "lodðhitn", strict=True)),
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ـ": None,
        "’": "'",
    }
)

# Han, kana, Hangul, Thai, Lao, Khmer, Burmese: one character, one token; a query word of several becomes a phrase.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_MARKS = re.compile(
    f"[{''.join(chr(point) for point in range(0x300, 0x10000) if unicodedata.category(chr(point)) == 'Mn')}]+"
)
_TOKEN = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case, without diacritics, unspaced scripts one character a token. What is indexed and what is asked for both go
    through here, so they meet."""
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    if not bare.isascii():
        bare = unicodedata.normalize("NFC", bare.translate(_LETTERS))
    return _UNSPACED.sub(lambda run: f" {' '.join(run[0])} ", bare)


def tokens(text: str) -> list[str]:
    """The words that are indexed. An underscore joins nothing; what folding made of a symbol (℡) may have capitals again."""
    return _TOKEN.findall(fold(text).lower())


def phrases(words: str) -> list[tuple[str, ...]]:
    """What must occur, all of it, each within title or text: a word of an unspaced script, or one joined by punctuation, is
    several tokens in a row. Empty where there is nothing to look for; without repetitions."""
    found = {tuple(tokens(word)): None for word in words.split()}
    found.pop((), None)
    return list(found)


def occur(wanted: list[tuple[str, ...]], *texts: str) -> bool:
    """Whether every phrase stands in one of the texts: what an index promises, in plain words."""
    read = [f" {' '.join(tokens(text))} " for text in texts]
    return all(any(f" {' '.join(phrase)} " in text for text in read) for phrase in wanted)


def match_expression(words: str) -> str | None:
    """`phrases` as an FTS5 query; None where there is nothing to look for."""
    return " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases(words)) or None
