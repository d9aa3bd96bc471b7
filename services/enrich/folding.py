"""One spelling for what papers print in several: the string that names are matched in, with a way back to the body.

Folded are typographic variants (apostrophes, hyphens, no-break spaces, middle dots), spellings that papers use
indiscriminately (Russian ё, Ukrainian ґ, Arabic alef, ya and ta marbuta forms, Persian ya and kaf) and marks that are written or
left out (stress, harakat, niqqud, tatweel). Letters with diacritics stay: `Mali` is not `Malí`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_CACHED_NAMES = 32_768
MIDDLE_DOT = "·"
"""Between the parts of a foreign name in Chinese and Japanese, whichever dot was written."""

_ONE_TO_ONE = {
    "'": "’ʼ‘ʹ′＇׳`´",
    '"': "״",
    # A hyphen joins or parts the same names: Kim Jong-un and Kim Jong Un, al-Sisi and al Sisi.
    " ": "-‐‑‒–־\u00a0\u202f\u2009\u3000\u200c",
    MIDDLE_DOT: "・･•‧∙⋅•",
    "е": "ё",
    "Е": "Ё",
    "г": "ґ",
    "Г": "Ґ",
    "ا": "أإآٱ",
    "ي": "ىیې",
    "ه": "ةەۀ",
    "ك": "کڪ",
    # `"İ".lower()` has two characters and would shift every offset behind it.
    "I": "İ",
    "σ": "ς",
}
_PLAIN = {variant: plain for plain, variants in _ONE_TO_ONE.items() for variant in variants}
# Four times as fast as `str.translate` on text that is not ASCII.
_VARIANT = re.compile(f"[{re.escape(''.join(_PLAIN))}]")
_MARKS = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u200b\u200d-\u200f\u2060\ufe0f"
)
_HYPHEN = re.compile("[-‐‑‒–]")
_MARK = re.compile(f"[{_MARKS}]")
_MARK_RUN = re.compile(f"[{_MARKS}]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` keeps the case, `lowered` does not, `joined` keeps hyphens too; all have the same length. `origins[i]` is where character i
    stands in the body, one more for the end; None where nothing was left out."""

    text: str
    lowered: str
    joined: str
    origins: Sequence[int] | None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the body of `text[start:end]`; marks that belong to its last letter included."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end]


def fold(body: str) -> Folded:
    kept, origins = _without_marks(body) if _MARK.search(body) else (body, None)
    text = _plain(kept)
    return Folded(text, _lower(text), _joined(kept, text), origins)


@lru_cache(_CACHED_NAMES)
def fold_name(name: str) -> str:
    """A name as it is matched: folded, in lower case."""
    if name.isascii():
        return name.lower() if name.isalpha() else _lower(_plain(name))
    return _lower(_plain(_MARK.sub("", name)))


def _plain(text: str) -> str:
    return _VARIANT.sub(lambda found: _PLAIN[found[0]], text)


def _joined(kept: str, text: str) -> str:
    """The folded text with the hyphens of the body: `Jean-Claude` is one name, `Jean Claude` may be two."""
    at = [found.start() for found in _HYPHEN.finditer(kept)]
    if not at:
        return text
    pieces, last = [], 0
    for each in at:
        pieces += [text[last:each], "-"]
        last = each + 1
    return "".join([*pieces, text[last:]])


def _lower(text: str) -> str:
    # Lower-casing makes a final sigma of its own accord.
    return text.lower().replace("ς", "σ")


def _without_marks(body: str) -> tuple[str, list[int]]:
    pieces: list[str] = []
    origins: list[int] = []
    at = 0
    for run in _MARK_RUN.finditer(body):
        pieces.append(body[at : run.start()])
        origins.extend(range(at, run.start()))
        at = run.end()
    pieces.append(body[at:])
    origins.extend(range(at, len(body) + 1))
    return "".join(pieces), origins
