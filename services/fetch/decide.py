"""The decider of fetch: from a feed's state and the result of one poll to the next state and the items that are new.

Pure: the clock is an argument, and nothing is read or written. Whoever stores the decision stores items and state in one
transaction; an ETag that is stored before its items loses them (FINDINGS, section 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from services.fetch import moves, poll_interval, publishing, validators
from services.fetch.feed_state import FeedState, ItemTotals
from services.fetch.formats.feed import FeedItem, ParsedFeed
from services.fetch.formats.newest_items import rough_date
from services.fetch.item_identity import identify, url_digest
from services.fetch.poll_interval import Wishes
from services.fetch.seen_items import SeenItem, policy_for, rekeyed, remember

ADDRESS_FORGOTTEN_AFTER = 5
"""Errors in a row at an address that a feed moved to: it may have been a mistake of the site."""
KEPT_PROBLEMS = 5
SMALLEST_WINDOW = 3
"""A feed of one item has nothing that is known whenever it publishes."""
_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Fetched:
    """A 200 that could be read. `moved_to` is where permanent redirects led, `fresh_s` how long it says that it is fresh."""

    feed: ParsedFeed
    body_hash: str
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    fresh_s: float | None = None
    problems: tuple[str, ...] = ()
    """What was wrong with the body and was got over: those of the feed, and `body-cut` where its end never came."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """A 304; or, with `full`, a 200 whose body has the hash of the one before, so that it was not read again.

    Such a 200 may bring new validators for the old body.
    """

    full: bool = False
    etag: str | None = None
    last_modified: str | None = None
    fresh_s: float | None = None


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
class Decision:
    """The next state, and what to send on, in the order of the document. `counts` are of this poll's items."""

    state: FeedState
    new_items: tuple[NewItem, ...] = ()
    counts: ItemTotals = field(default_factory=ItemTotals)


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
    items = result.feed.items
    policy = state.options.identity or state.identity
    seen = state.seen if policy == state.identity else rekeyed(state.seen, policy)
    identified = identify(items, policy)
    if state.options.identity is None and (degraded := policy_for(items, identified, seen, policy)) != policy:
        policy, seen = degraded, rekeyed(seen, degraded)
        identified = identify(items, policy)
    if _is_hijacked(state, result, identified):
        message = (
            f"moved for good to {result.moved_to}, where nothing is known of this feed; if that is right, add it anew"
        )
        return Decision(_failed(state, Failed("suspicious-move", message), now))

    poll, first_poll = state.polls + 1, not state.first_polled
    new_items: list[NewItem] = []
    current: dict[str, SeenItem] = {}
    tally = dict.fromkeys(("new", "changed", "known", "repeated"), 0)
    for item, (key, content) in zip(items, identified, strict=True):
        if key in current:
            tally["repeated"] += 1
            continue
        before = seen.get(key)
        if before is not None and before.fingerprint == content:
            current[key] = replace(before, poll=poll)
            tally["known"] += 1
            continue
        current[key] = SeenItem(content, poll, url_digest(item))
        change: Literal["new", "changed"] = "new" if before is None else "changed"
        tally[change] += 1
        new_items.append(NewItem(item, key, content, change, first_poll, before.fingerprint if before else None))

    counts = ItemTotals(**tally, cut=result.feed.items_cut)
    adopted, moving = moves.watch(state.moving, state.address, result.moved_to, now)
    turned_over = not first_poll and counts.known + counts.changed == 0 and counts.new >= SMALLEST_WINDOW
    following = _well(
        replace(
            state,
            title=result.feed.title or state.title,
            first_polled=True,
            polls=poll,
            validators=validators.after_body(
                state.validators, result.etag, result.last_modified, news=bool(new_items), now=now
            ),
            body_hash=result.body_hash,
            same_bodies=0,
            problems=result.problems[:KEPT_PROBLEMS],
            window=len(current),
            identity=policy,
            seen=remember(seen, current, poll),
            publishing=_publishing(state, items, counts.new, turned_over, now),
            ttl_minutes=result.feed.ttl_minutes,
            totals=state.totals + counts,
            moved_to=adopted or state.moved_to,
            moving=moving,
        ),
        now,
        result.fresh_s,
        turned_over=turned_over,
    )
    return Decision(following, tuple(new_items), counts)


def _is_hijacked(state: FeedState, result: Fetched, identified: Sequence[tuple[str, str]]) -> bool:
    """Another site says that it is this feed for good, and has not one item that we know, by key or by text."""
    if result.moved_to is None or not state.seen or not identified or moves.same_site(state.address, result.moved_to):
        return False
    texts = {was.fingerprint for was in state.seen.values()}
    return not any(key in state.seen or content in texts for key, content in identified)


def _publishing(
    state: FeedState, items: Sequence[FeedItem], new: int, turned_over: bool, now: datetime
) -> publishing.Publishing:
    if state.first_polled:
        return publishing.saw(state.publishing, new, now, turned_over=turned_over)
    dates = [date for item in items if (date := rough_date(item.published or item.updated)) is not None]
    return publishing.first_seen(dates, len(items), now)


def _not_modified(state: FeedState, result: NotModified, now: datetime) -> FeedState:
    if not state.first_polled:
        # A 304 to a feed that we hold nothing of: no validators were sent, so the server errs.
        message = "the server answered 304 although it was asked for the whole feed"
        return _failed(state, Failed("unexpected-304", message, status=304), now)
    if result.full:
        state = replace(
            state,
            validators=validators.after_same_body(state.validators, result.etag, result.last_modified, now),
            same_bodies=state.same_bodies + 1,
        )
    return _well(state, now, result.fresh_s)


def _well(state: FeedState, now: datetime, fresh_s: float | None, *, turned_over: bool = False) -> FeedState:
    """After a poll that brought what it should, be it nothing new: the errors are forgotten, the next poll is set."""
    per_day = state.publishing.usual_per_day()
    wishes = Wishes(60.0 * state.ttl_minutes if state.ttl_minutes is not None else None, fresh_s)
    interval = poll_interval.after_success(
        state.publishing.gap_s,
        state.publishing.idle_s(now),
        wishes,
        state.options,
        state.window / per_day * 86_400 if per_day and state.window else None,
    )
    if turned_over:
        interval = poll_interval.after_turnover(interval, state.interval_s, state.options)
    return replace(
        state,
        interval_s=interval,
        next_poll=now + timedelta(seconds=poll_interval.with_jitter(interval, state.feed_id, state.polls)),
        last_polled=now,
        last_success=now,
        last_error_code=None,
        last_error=None,
        consecutive_errors=0,
        retired=False,
    )


def _failed(state: FeedState, result: Failed, now: datetime) -> FeedState:
    errors = state.consecutive_errors + 1
    wait = poll_interval.after_error(state.interval_s, errors, result.retry_after_s)
    return replace(
        state,
        next_poll=now + timedelta(seconds=poll_interval.with_jitter(wait, state.feed_id, errors)),
        last_polled=now,
        last_error_code=result.code,
        last_error=result.message[:_MESSAGE],
        consecutive_errors=errors,
        # A new address that stops answering gives the one in the feed list its turn again.
        moved_to=state.moved_to if errors % ADDRESS_FORGOTTEN_AFTER and result.status != 410 else None,
        # An address that we came to by ourselves is gone: the one that somebody listed is not.
        retired=state.retired or (result.status == 410 and state.moved_to is None),
    )
