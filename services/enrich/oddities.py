"""What is odd about a text that is looked through for names, so that a person can see why little was found, or was not trusted."""

from __future__ import annotations

import re

from services.enrich.scripts import mixes_scripts
from services.enrich.unknown_names import MAX_SEQUENCES

ACTORS_CUT = "actors-cut"
"""More actors than the limit: the first ones were kept."""
NAMES_CUT = "names-cut"
"""More known names than are looked at, or more capitalised sequences than are weighed for new faces: the first ones were."""
MIXED_SCRIPT = "mixed-script"
"""A word of Latin and Cyrillic or Greek letters that look alike: such a word is no known name."""
MARKS = "combining-marks"
"""More combining characters than a language has."""

_MAX_MARKS = 0.3
"""Share of a text; vocalised Hebrew and Arabic have more, and are let be."""
_MARK = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]")
_SEQUENCE = re.compile("(?<![^\\W\\d_])[A-ZА-Я][^\\W\\d_]*+ [A-ZА-Я]")


def oddities(body: str, *, actors_cut: bool, names_cut: bool) -> tuple[str, ...]:
    """In a fixed order; none for nearly every text. Linear in it."""
    found = [ACTORS_CUT] if actors_cut else []
    if names_cut or _has_too_many_sequences(body):
        found.append(NAMES_CUT)
    if not body.isascii():
        if mixes_scripts(body):
            found.append(MIXED_SCRIPT)
        if len(_MARK.findall(body)) > _MAX_MARKS * len(body):
            found.append(MARKS)
    return tuple(found)


def _has_too_many_sequences(body: str) -> bool:
    return len(body) > MAX_SEQUENCES * 4 and sum(1 for _ in _SEQUENCE.finditer(body)) > MAX_SEQUENCES
