"""The words beside and inside names in scripts without capitals, by language: `uncased_words/<language>.yaml`.

Every key holds running text: words parted by blanks, `_` is a blank within one. What the keys mean stands in the files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

from services.enrich.folding import fold_name

_FOLDER = Path(__file__).with_name("uncased_words")


@cache
def uncased_words(language: str) -> Mapping[str, frozenset[str]]:
    """All folded and in lower case, by key. Of an ISO 639-1 language that has a file."""
    raw = yaml.load((_FOLDER / f"{language}.yaml").read_text("utf-8"), yaml.CBaseLoader)
    return {key: frozenset(map(_folded, text.split())) for key, text in raw.items()}


def _folded(word: str) -> str:
    return fold_name(unicodedata.normalize("NFC", word)).replace("_", " ")


def either(listed: Iterable[str]) -> str:
    """A regular expression that matches any of them, the longest first; it gives nothing back."""
    return f"(?>{'|'.join(re.escape(word) for word in sorted(listed, key=lambda each: (-len(each), each)))})"
