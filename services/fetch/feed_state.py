"""What is known of a feed between two polls. Stored with the items that a poll brought, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime

from services.fetch import poll_interval
from services.fetch.item_identity import feed_id
from services.fetch.moves import Moving
from services.fetch.publishing import Publishing
from services.fetch.seen_items import SeenItem
from services.fetch.validators import Validators
from services.fetch.websub.subscription import Subscription
from shared.contracts import NO_OPTIONS, FeedOptions, Identity
from shared.urls.userinfo import without_userinfo


@dataclass(frozen=True, slots=True)
class ItemTotals:
    """How the items of all polls were judged. `repeated` are copies within one document, `cut` were over the limit of items."""

    new: int = 0
    changed: int = 0
    known: int = 0
    repeated: int = 0
    cut: int = 0

    def __add__(self, other: ItemTotals) -> ItemTotals:
        sums = (mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True))
        return ItemTotals(*sums)


@dataclass(frozen=True, slots=True)
class FeedState:
    """Times are aware; `interval_s` is in seconds, `window` the number of items in the last body."""

    feed_id: str
    url: str
    next_poll: datetime
    title: str | None = None
    tags: tuple[str, ...] = ()
    options: FeedOptions = NO_OPTIONS
    """As the registry has them now; stored with the rest and replaced at every start."""
    interval_s: int = poll_interval.DEFAULT_S
    first_polled: bool = False
    polls: int = 0
    last_polled: datetime | None = None
    last_success: datetime | None = None
    last_error_code: str | None = None
    last_error: str | None = None
    consecutive_errors: int = 0
    retired: bool = False

    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None
    ttl_minutes: int | None = None
    """As the last body said."""
    same_bodies: int = 0
    """Whole bodies in a row that were the same byte for byte."""
    problems: tuple[str, ...] = ()
    """What was wrong with the last body, as `code` or `code:detail`."""
    window: int = 0
    identity: Identity = "guid"
    seen: Mapping[str, SeenItem] = field(default_factory=dict)
    publishing: Publishing = field(default_factory=Publishing)
    totals: ItemTotals = field(default_factory=ItemTotals)

    moved_to: str | None = None
    moving: Moving | None = None
    websub: Subscription | None = None
    """Not judged here: see `services/fetch/websub`."""

    @property
    def address(self) -> str:
        """Where to ask: the feed keeps its id and URL, whatever it has moved to."""
        return self.moved_to or self.url

    @property
    def public_url(self) -> str:
        """The URL without the password that it may have: for messages, logs and whatever is stored of its items."""
        return without_userinfo(self.url)


def new_feed(
    url: str,
    now: datetime,
    title: str | None = None,
    tags: tuple[str, ...] = (),
    options: FeedOptions = NO_OPTIONS,
) -> FeedState:
    """The state of a feed never asked yet: due at once."""
    return FeedState(feed_id=feed_id(url), url=url, next_poll=now, title=title, tags=tags, options=options)
