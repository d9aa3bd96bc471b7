"""Word lists are written as running text: a list literal of a thousand strings hides what is in it."""

from __future__ import annotations


def words(listed: str) -> frozenset[str]:
    """The words of `listed`, parted by blanks."""
    return frozenset(listed.split())
