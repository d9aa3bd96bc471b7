"""Markup that is kept and passed on: without scripts, styles, event handlers, forms and foreign frames."""

from __future__ import annotations

import nh3

from services.fetch.formats.clean_text import plain

MOST_TAGS = 2_000
"""nh3 is quadratic in the depth of nesting: 2,000 nested elements cost it 12 ms, 20,000 cost it a second."""


def safe_html(markup: str) -> tuple[str, bool]:
    """The markup as nh3 lets it through, and True; of markup with more than `MOST_TAGS` tags the bare text, and False."""
    if markup.count("<") > MOST_TAGS:
        return plain(markup), False
    return nh3.clean(markup), True
