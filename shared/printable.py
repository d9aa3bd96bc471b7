"""Other people's text on a line: titles, names, URLs and messages of servers may hold what a terminal or a page obeys."""

from __future__ import annotations

_SPACES = (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""The bidirectional controls of UAX #9: a terminal orders letters without them, and a line of ours cannot be turned around."""

_TABLE: dict[int, str] = {
    **dict.fromkeys(
        (*range(0x20), *range(0x7F, 0xA0)), "\ufffd"
    ),  # C0, DEL, C1: escape sequences begin with one of them
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # lone surrogates cannot be encoded
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_DIRECTIONS, ""),
}


def printable(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey; letters of every script stay as they are."""
    return text if text.isascii() and text.isprintable() else text.translate(_TABLE)
