"""Which of the links that an item gives is its address, as an absolute http(s) URL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urljoin, urlsplit

from services.fetch.formats.clean_text import clean

Link = tuple[str | None, str]
"""As written, and the base against which it is to be read."""
_ORDINARY = re.compile(
    r"https?://[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?/[\w.~!$&'()*+,=:@%/-]*(?:\?[\w.~!$&'()*+,=:@%/?-]+)?", re.ASCII
)
"""What joining would give back as it is: absolute, and nothing in it that a parser of URLs drops or mends."""


def first_usable(links: Iterable[Link], limit: int) -> tuple[str | None, bool]:
    """The first that can be used, or None; and whether there were links, but none that can be."""
    given = False
    for link, base in links:
        if url := absolute(link, base, limit):
            return url, False
        given = given or bool(link and link.strip())
    return None, given


def absolute(link: str | None, base: str, limit: int) -> str | None:
    """The link as an absolute http(s) URL, or None. Line breaks inside it go, as browsers have it."""
    if not link:
        return None
    if len(link) <= limit and _ORDINARY.fullmatch(stripped := link.strip()):
        return stripped
    link = "".join(clean(link[: limit + 100]).split("\n")).replace("\r", "").replace("\t", "").strip()
    if not link or len(link) > limit:
        return None
    try:
        own, joined = urlsplit(link), urljoin(base, link)
        parts = urlsplit(joined)
        usable = parts.scheme in ("http", "https") and parts.hostname and (own.netloc or not own.scheme)
    except ValueError:
        return None
    return joined if usable and len(joined) <= limit else None


def is_absolute(text: str | None) -> bool:
    """Whether an identity is a link, too."""
    return text is not None and text.strip().startswith(("http://", "https://"))
