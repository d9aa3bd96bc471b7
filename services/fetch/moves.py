"""Whether a permanent redirect is believed. Pure.

A site that moves house says 301 or 308, and so does a domain that was sold. Within a site the new address is taken at once. Another
site must have shown items that are known, and for a day: until then the old address is asked. What shows nothing that is known is
not the feed that somebody chose to read, and is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.urls.canonical_url import registrable_domain

PROVED_AFTER = timedelta(hours=24)
PROVED_POLLS = 3


@dataclass(frozen=True, slots=True)
class Moving:
    """A move that is watched: where to, since when, and at how many polls."""

    to: str
    since: datetime
    polls: int = 1


def same_site(one: str, other: str) -> bool:
    """Of one registrable domain, or one host where that is an address."""
    site = registrable_domain(one)
    return bool(site) and site == registrable_domain(other)


def is_downgrade(old: str, new: str) -> bool:
    """From https to http: anybody on the way could have said so."""
    return old.lower().startswith("https:") and not new.lower().startswith("https:")


def watch(moving: Moving | None, address: str, moved_to: str | None, now: datetime) -> tuple[str | None, Moving | None]:
    """`(the address to adopt, the move to watch on)` after a poll that went well; `moved_to` is where it led for good."""
    if moved_to is None or moved_to == address or is_downgrade(address, moved_to):
        return None, None
    if same_site(address, moved_to):
        return moved_to, None
    seen = Moving(moved_to, now)
    if moving is not None and moving.to == moved_to:
        seen = Moving(moved_to, moving.since, moving.polls + 1)
    if seen.polls >= PROVED_POLLS and now - seen.since >= PROVED_AFTER:
        return moved_to, None
    return None, seen
