"""The decider of fetch: from a feed's state and the result of one poll to the next state and the items that are new.

Pure: the clock is an argument, and nothing is read or written. Whoever stores the decision stores items and state in one
transaction; an ETag that is stored before its items loses them (FINDINGS, section 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from services.fetch import poll_interval
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.item_identity import feed_id, guids_are_useless, identify
from services.fetch.websub.subscription import Subscription
from shared.contracts import NO_OPTIONS, FeedOptions

KEEP_POLLS = 50
"""For how many full polls an item that has left the feed is remembered: caches of one site serve older copies in turn."""
KEEP_ABSENT = 5_000
"""How many such items at most, the latest first. Those in the latest poll are always remembered (the parser bounds them)."""
TRUST_ETAG_FOR = timedelta(hours=24)
"""After that the feed is asked for in full: there are servers that answer 304 for ever."""


@dataclass(frozen=True, slots=True)
class SeenItem:
    """What is remembered of an item: a fingerprint of its content and the number of the full poll that had it last."""

    fingerprint: str
    poll: int


@dataclass(frozen=True, slots=True)
class FeedState:
    """All that is known of a feed between two polls. Times are aware; `interval_s` is in seconds."""

    feed_id: str
    url: str
    next_poll: datetime
    title: str | None = None
    tags: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    interval_s: int = poll_interval.DEFAULT_S
    last_success: datetime | None = None
    last_full: datetime | None = None
    last_error_code: str | None = None
    last_error: str | None = None
    consecutive_errors: int = 0
    first_polled: bool = False
    guids_useless: bool = False
    body_hash: str | None = None
    polls: int = 0
    seen: Mapping[str, SeenItem] = field(default_factory=dict)
    moved_to: str | None = None
    retired: bool = False
    options: FeedOptions = NO_OPTIONS
    """As the registry has them now; stored with the rest and replaced at every start."""
    websub: Subscription | None = None
    """Not judged here: see `services/fetch/websub`."""

    @property
    def address(self) -> str:
        """Where to ask: the feed keeps its id and URL, whatever it has moved to."""
        return self.moved_to or self.url

    def validators(self, now: datetime) -> tuple[str | None, str | None]:
        """The `(etag, last_modified)` to send; none where a 304 would be of no use or is not to be trusted any more."""
        if not self.first_polled or self.last_full is None or now - self.last_full >= TRUST_ETAG_FOR:
            return None, None
        return self.etag, self.last_modified


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 that could be read. `moved_to` is where a permanent redirect led, if the poll was redirected so."""

    feed: ParsedFeed
    body_hash: str
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304; or, with `full`, a 200 whose body has the hash of the one before, so that it was not read again.

    Such a 200 may bring new validators for the old body.
    """

    full: bool = False
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Any error, of the network or of the parser; `status` where there was an HTTP answer."""

    code: str
    message: str
    status: int | None = None
    retry_after_s: float | None = None


PollResult = Fetched | NotModified | Failed


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to send on. `key` and `fingerprint` identify this version of it, the same in every replay."""

    item: FeedItem
    key: str
    fingerprint: str
    change: Literal["new", "changed"]
    first_poll: bool
    previous: str | None = None
    """The fingerprint of the version that this one replaces: a text that returns to an earlier wording is news again."""


@dataclass(frozen=True, slots=True)
class PollCounts:
    """How the items of one poll were judged; they add up to the items that the parser gave."""

    new: int = 0
    changed: int = 0
    known: int = 0
    repeated: int = 0
    """Copies of an item within the same document."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The next state, and what to send on, in the order of the document."""

    state: FeedState
    new_items: tuple[NewItem, ...] = ()
    counts: PollCounts = PollCounts()


def new_feed(
    url: str,
    now: datetime,
    title: str | None = None,
    tags: tuple[str, ...] = (),
    options: FeedOptions = NO_OPTIONS,
) -> FeedState:
    """The state of a feed never asked yet: due at once."""
    return FeedState(feed_id=feed_id(url), url=url, next_poll=now, title=title, tags=tags, options=options)


def decide(state: FeedState, result: PollResult, now: datetime) -> Decision:
    """What one poll at `now` (aware) means. Raises nothing."""
    match result:
        case Fetched():
            return _fetched(state, result, now)
        case NotModified():
            return Decision(_not_modified(state, result, now))
        case Failed():
            return Decision(_failed(state, result, now))


def put_off(state: FeedState, seconds: float, now: datetime) -> FeedState:
    """The feed was not asked, since its host is to be left alone for so long: no error of the feed, it is only due later."""
    return replace(state, next_poll=max(state.next_poll, now + timedelta(seconds=seconds)))


def _fetched(state: FeedState, result: Fetched, now: datetime) -> Decision:
    items, poll = result.feed.items, state.polls + 1
    guids_useless = state.guids_useless or guids_are_useless(items)
    first_poll = not state.first_polled

    new_items: list[NewItem] = []
    current: dict[str, SeenItem] = {}
    tally = {"new": 0, "changed": 0, "known": 0, "repeated": 0}
    for item, (key, content) in zip(items, identify(items, trust_guids=not guids_useless), strict=True):
        if key in current:
            tally["repeated"] += 1
            continue
        before = state.seen.get(key)
        current[key] = SeenItem(content, poll)
        if before is not None and before.fingerprint == content:
            tally["known"] += 1
            continue
        change: Literal["new", "changed"] = "new" if before is None else "changed"
        tally[change] += 1
        new_items.append(NewItem(item, key, content, change, first_poll, before.fingerprint if before else None))

    interval = poll_interval.after_success(result.feed.ttl_minutes)
    following = replace(
        state,
        title=result.feed.title or state.title,
        etag=result.etag,
        last_modified=result.last_modified,
        interval_s=interval,
        next_poll=now + timedelta(seconds=interval),
        last_success=now,
        last_full=now,
        last_error_code=None,
        last_error=None,
        consecutive_errors=0,
        first_polled=True,
        guids_useless=guids_useless,
        body_hash=result.body_hash,
        polls=poll,
        seen=_remember(state.seen, current, poll),
        moved_to=result.moved_to or state.moved_to,
        retired=False,
    )
    return Decision(following, tuple(new_items), PollCounts(**tally))


def _remember(before: Mapping[str, SeenItem], current: dict[str, SeenItem], poll: int) -> dict[str, SeenItem]:
    """The current items and those that left the feed lately, both bounded."""
    absent = [(key, seen) for key, seen in before.items() if key not in current and poll - seen.poll <= KEEP_POLLS]
    absent.sort(key=lambda pair: pair[1].poll, reverse=True)
    return current | dict(absent[:KEEP_ABSENT])


def _not_modified(state: FeedState, result: NotModified, now: datetime) -> FeedState:
    if not state.first_polled:
        # A 304 to a feed that we hold nothing of: `validators` gave none, so the server errs.
        message = "the server answered 304 although it was asked for the whole feed"
        return _failed(state, Failed("unexpected-304", message, status=304), now)
    return replace(
        state,
        etag=result.etag or state.etag,
        last_modified=result.last_modified or state.last_modified,
        next_poll=now + timedelta(seconds=state.interval_s),
        last_success=now,
        last_full=now if result.full else state.last_full,
        last_error_code=None,
        last_error=None,
        consecutive_errors=0,
    )


def _failed(state: FeedState, result: Failed, now: datetime) -> FeedState:
    errors = state.consecutive_errors + 1
    wait = poll_interval.after_error(state.interval_s, errors, result.retry_after_s)
    return replace(
        state,
        next_poll=now + timedelta(seconds=wait),
        last_error_code=result.code,
        last_error=result.message[:500],
        consecutive_errors=errors,
        # A new address that stops answering may have been a mistake of the site: the one in the feed list gets its turn again.
        moved_to=state.moved_to if errors % 5 else None,
        retired=state.retired or result.status == 410,
    )
