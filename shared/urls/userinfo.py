"""URLs for other eyes: without the user and password that some are written with."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"(^|//)[^/?#\s]*@")
"""RFC 3986, section 3.2: up to the last `@` of the authority. At the beginning, too: an address whose scheme was forgotten."""


def without_userinfo(text: str) -> str:
    """The URL, or the message with URLs in it, as it can be shown: `https://user:word@host/x` becomes `https://host/x`."""
    return _USERINFO.sub(r"\1", text) if "@" in text else text
