"""How long a response says that it stays fresh (RFC 9111, section 4.2): nobody need ask again before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from services.fetch.http.http_date import seconds_until

LONGEST_S = 24 * 60 * 60.0
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,18})", re.IGNORECASE)
_NO_REUSE = re.compile(r"(?:^|,)\s*(?:no-cache|no-store)\s*(?:,|$)", re.IGNORECASE)
_HEADER = 1_000


def fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from `now` (aware), at most a day; None where the response says nothing, or that it is stale at once.

    `headers` by lower-case names: `cache-control` before `expires`, both less the `age` that a cache gave it.
    """
    control = headers.get("cache-control", "")[:_HEADER]
    if _NO_REUSE.search(control):
        return None
    age = headers.get("age", "").strip()[:18]
    spent = float(age) if age.isascii() and age.isdigit() else 0.0
    found = _MAX_AGE.search(control)
    left = float(found[1]) - spent if found else seconds_until(headers.get("expires", ""), now)
    return min(left, LONGEST_S) if left is not None and left > 0 else None
