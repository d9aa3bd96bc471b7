"""Character classes of Latin and Cyrillic letters for regular expressions, which have no `\\p{Lu}` in the standard library."""

from __future__ import annotations

_BLOCKS = ((0x41, 0x250), (0x400, 0x530), (0x1E00, 0x1F00))
_LETTERS = [chr(code) for first, last in _BLOCKS for code in range(first, last) if chr(code).isalpha()]

UPPER = f"[{''.join(char for char in _LETTERS if char.isupper())}]"
LETTER = f"[{''.join(_LETTERS)}]"
