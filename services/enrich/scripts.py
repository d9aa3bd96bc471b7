"""Letters of two alphabets in one word or name, as those have them that want to be taken for others (homoglyphs)."""

from __future__ import annotations

import re

_LATIN = "[A-Za-zÀ-ɏ]"
_OTHER = "[Ͱ-ϿЀ-ӿ]"
_A_LATIN, _ANOTHER = re.compile(_LATIN), re.compile(_OTHER)
_SIDE_BY_SIDE = re.compile(f"{_LATIN}{_OTHER}|{_OTHER}{_LATIN}")


def of_two_scripts(name: str) -> bool:
    """Whether it has Latin letters and Greek or Cyrillic ones."""
    return not name.isascii() and _A_LATIN.search(name) is not None and _ANOTHER.search(name) is not None


def mixes_scripts(text: str) -> bool:
    """Whether such letters stand side by side somewhere in it."""
    return _SIDE_BY_SIDE.search(text) is not None
