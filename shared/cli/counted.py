"""Numbers of things, in words."""

from __future__ import annotations


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """`1 document`, `2 documents`; `plural` where an s is not enough."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"
