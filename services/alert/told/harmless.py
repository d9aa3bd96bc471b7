"""Other people's text and addresses, made safe for wherever a message may be shown: a mail, a chat, a page, a terminal.

Nobody knows what a receiver takes for markup. HTML begins with `<`, chats call everybody by `@channel` or `<!here>`, and turn
`[text](address)` into a link that says one thing and leads to another.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from shared.printable import printable
from shared.urls.userinfo import without_userinfo

URL_LIMIT = 2_000
"""Characters; what is longer, some browsers and mail programs cut."""

_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "`": "'"})
_CALL = re.compile(r"(?<!\w)@(?=\w)")
_LINK = re.compile(r"\](?=\()")
_SPACES = re.compile(r"\s+")
_KEPT_IN_URLS = "!#$%&()*+,/:;=?@[]~-._"


def harmless(text: str, limit: int) -> str:
    """One line of at most `limit` characters, that reads the same and that nothing obeys."""
    line = _SPACES.sub(" ", printable(text)).strip().translate(_LOOKALIKES)
    line = _LINK.sub("] ", _CALL.sub("＠", line))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def harmless_url(url: str) -> str:
    """The address without user and password; empty where it is not http(s), is overlong or cannot be read."""
    shown = without_userinfo(url.strip())
    try:
        parts = urlsplit(shown)
        if parts.scheme not in ("http", "https") or not parts.hostname or len(shown) > URL_LIMIT:
            return ""
        # Letters of other scripts too: an address that is cut at the first of them leads elsewhere.
        return quote(shown, safe=_KEPT_IN_URLS, encoding="utf-8", errors="replace")
    except ValueError:
        return ""
