"""How far a feed's ETag and Last-Modified are believed. There are servers that answer 304 for ever, and such as never do.

Every so often a feed is asked for in full. Where the body then has news under the validators of the old one, they lied: they are
believed for a shorter time, and after the third time not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TRUSTED_FOR = timedelta(hours=24)
LIES_FORGIVEN = 3
_SHORTER = 6
"""A day, then four hours, then forty minutes."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What to ask with. `checked` is when the last whole body came, `lies` how often they were found to lie."""

    etag: str | None = None
    last_modified: str | None = None
    checked: datetime | None = None
    lies: int = 0

    def to_send(self, now: datetime) -> tuple[str | None, str | None]:
        """`(etag, last_modified)`; none where a 304 would be of no use or is not to be believed. `now` is aware."""
        if self.checked is None or self.lies >= LIES_FORGIVEN:
            return None, None
        # A check in the future is one of a clock that was wrong.
        if not timedelta(0) <= now - self.checked < TRUSTED_FOR / _SHORTER**self.lies:
            return None, None
        return self.etag, self.last_modified


def after_body(
    before: Validators, etag: str | None, last_modified: str | None, *, news: bool, now: datetime
) -> Validators:
    """After a whole body; `news` is whether it had an item that is new or changed."""
    lied = news and (
        etag == before.etag if etag else last_modified is not None and last_modified == before.last_modified
    )
    lies = before.lies + 1 if lied else before.lies
    return Validators(etag, last_modified, now, lies)


def after_same_body(before: Validators, etag: str | None, last_modified: str | None, now: datetime) -> Validators:
    """After a whole body that is the one we have: it may have come with other validators."""
    return replace(before, etag=etag or before.etag, last_modified=last_modified or before.last_modified, checked=now)
