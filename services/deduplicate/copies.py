"""Whether one text is a copy of another, and in which direction.

Measured on edited copies of real articles: a containment of .4 separates copies from the rest; what is left of false positives
mostly *contains* the other (a digest with a teaser). Those keep the direction and stay articles of their own.
"""

from __future__ import annotations

from services.deduplicate.shingles import Overlap, Sketch
from shared.contracts.article import CopyKind

SHORT = 12
"""Shingles below which a text is so short that chance phrases weigh: it must be nearly the same to be a copy."""
SHORT_CONTAINMENT = 0.8
LEAST_SHARED = 3
DIGEST = 2.5
"""A text this many times longer than what it contains is a digest of several reports, not a copy."""
GROWN = 1.2
OF_OTHERS = 0.6
"""So is one that is longer at all and has this share from elsewhere: the digest took over only a part."""


def copy_kind(new: Sketch, old: Sketch, found: Overlap, containment: float) -> CopyKind | None:
    """What `new` is to the earlier `old`; None where it is nothing. `found` is `overlap(new, old)`."""
    if found.shared < LEAST_SHARED:
        return None
    smaller = min(new.size, old.size)
    needed = SHORT_CONTAINMENT if smaller < SHORT else containment
    if max(found.of_first, found.of_second) < needed:
        return None
    if new.size > DIGEST * old.size or (new.size > GROWN * old.size and found.of_first < 1 - OF_OTHERS):
        return "contains"
    if old.size > DIGEST * new.size and found.of_first < SHORT_CONTAINMENT:
        # A short report of its own that borrows a paragraph; a copy that was cut keeps nearly all of its shingles.
        return None
    return "near"
