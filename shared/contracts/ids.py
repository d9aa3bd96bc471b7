"""Ids are functions of content (DESIGN, law 3): the same input gives the same id, on any machine, at any time."""

from __future__ import annotations

import hashlib

_SEPARATOR = b"\x1f"
"""Between the parts, so that ("ab", "c") and ("a", "bc") differ; the unit separator never occurs in cleaned text."""


def content_id(*parts: str) -> str:
    """24 hex digits (96 bits) of SHA-256 over the parts, in order."""
    digest = hashlib.sha256(_SEPARATOR.join(part.encode("utf-8", "surrogatepass") for part in parts))
    return digest.hexdigest()[:24]


def article_id(canonical_url: str) -> str:
    """An article is what lives under one canonical URL, whatever its revision."""
    return content_id("article", canonical_url)


def fingerprint(title: str, text: str) -> str:
    """Which version of an article this is: changes with its title or text and with nothing else."""
    return content_id("version", title, text)


def alert_id(first_actor: str, second_actor: str, story: str) -> str:
    """One alert per pair and the story that it began with; the order of the actors does not matter."""
    return content_id("alert", *sorted((first_actor, second_actor)), story)
