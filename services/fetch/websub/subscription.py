"""A feed's subscription at a hub, as a state and what changes it. Pure: the clock is an argument, nothing is asked or stored.

none ── asked ──▶ pending ── verified ──▶ active ── missed pushes ──▶ dead ── a week ──▶ asked anew
                     └── refused, or not verified in time three times ──▶ refused ── a week ──▶ asked anew

A renewal leaves the state `active`: until it is verified, the hub keeps what it has (section 5.1 of the specification).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.fetch.http.limits import storable

State = Literal["none", "pending", "active", "refused", "dead"]
STATES: tuple[State, ...] = ("none", "pending", "active", "refused", "dead")

VERIFY_WITHIN = timedelta(hours=1)
"""A hub verifies a request as soon as it can, usually in seconds. After an hour it will not any more."""
ATTEMPTS = 3
"""Requests in a row that come to nothing before a hub is given up."""
FIRST_RETRY = timedelta(hours=1)
"""Doubled with each attempt."""
ANEW_AFTER = timedelta(days=7)
"""A hub that refuses or is dead gets another chance: what was wrong may have been mended."""
CHANGES_APART = timedelta(hours=1)
"""A feed that names another hub every time would have us send requests to whomever it likes; so often it may."""

REASON = 300
"""Characters of a hub's reason that are kept."""
LEASE_ASKED_S = 10 * 24 * 60 * 60
DEFAULT_LEASE_S = 24 * 60 * 60
"""Of a hub that names none, although it must."""
SHORTEST_LEASE_S = 30 * 60
"""A subscription that has to be renewed more often than a feed is polled spares nobody anything."""
LONGEST_LEASE_S = 14 * 24 * 60 * 60
"""A hub may have forgotten us long before a longer lease ends."""
RENEW_AFTER = 0.75
"""Share of the lease."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a subscription is to: all of it is fixed in the request, so where any of it changes another request is needed."""

    hub: str
    topic: str
    callback: str
    """Our public address, under which each subscription has a path of its own."""
    secret_id: str | None
    """Of the key that the secret is derived from; None where the hub may not be told one, and its pushes come unsigned."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Stored with the state of its feed. Times are aware; `lease_s` is in seconds."""

    offer: Offer | None
    """None: the feed named a hub once, and does so no more."""
    ask_at: datetime
    """When the hub is asked next, unless a request is open."""
    state: State = "none"
    asked_at: datetime | None = None
    """Of the request that is open: sent, and neither verified nor failed."""
    attempts: int = 0
    """Requests in a row that came to nothing."""
    active_since: datetime | None = None
    lease_s: int = 0
    lease_until: datetime | None = None
    last_push: datetime | None = None
    unpushed_since: datetime | None = None
    """When a poll found items that no push had told of; a push may still be on its way."""
    missed: int = 0
    """Findings of items that were never pushed, less the pushes since that proved true."""
    reason: str | None = None
    """Why it is refused or dead, for a person."""


def offered(subscription: Subscription | None, offer: Offer | None, now: datetime) -> Subscription | None:
    """The subscription after a look at what the feed offers; as it was, where that has not changed."""
    if subscription is None:
        return None if offer is None else Subscription(offer, ask_at=now)
    before = subscription.offer
    if offer == before:
        return subscription
    if offer is not None and before is not None and (offer.hub, offer.topic) == (before.hub, before.topic):
        return Subscription(offer, ask_at=now)  # Our own address or key has changed.
    return Subscription(offer, ask_at=subscription.ask_at if before is None else now + CHANGES_APART)


def on_time(subscription: Subscription, now: datetime, *, well: bool) -> tuple[Subscription, bool]:
    """What time alone changes, and whether the hub is to be asked now; the subscription is then already as after the request.

    For a feed that is not `well` a subscription is renewed, but none begun.
    """
    if subscription.asked_at is not None and now - subscription.asked_at >= VERIFY_WITHIN:
        subscription = failed(subscription, "the hub never verified the request", now)
    if subscription.state == "active" and not holds(subscription, now):
        subscription = replace(subscription, state="pending" if subscription.asked_at else "none")
    due = subscription.offer is not None and subscription.asked_at is None and subscription.ask_at <= now
    if due and (well or subscription.state == "active"):
        return asked(subscription, now), True
    return subscription, False


def holds(subscription: Subscription, now: datetime) -> bool:
    """Whether the hub has promised to push now."""
    return subscription.state == "active" and subscription.lease_until is not None and now < subscription.lease_until


def asked(subscription: Subscription, now: datetime) -> Subscription:
    """A request goes out."""
    return replace(
        subscription, asked_at=now, state="active" if subscription.state == "active" else "pending", reason=None
    )


def verified(subscription: Subscription, lease_s: int | None, now: datetime) -> Subscription | None:
    """The hub asks whether we want this, for `lease_s`; None where we do not.

    A hub may also ask again about a subscription that is active, with no request of ours.
    """
    if subscription.offer is None or subscription.state not in ("pending", "active"):
        return None
    lease = DEFAULT_LEASE_S if lease_s is None else min(lease_s, LONGEST_LEASE_S)
    if lease < SHORTEST_LEASE_S:
        return None
    renewed = replace(
        subscription,
        state="active",
        asked_at=None,
        attempts=0,
        ask_at=now + timedelta(seconds=RENEW_AFTER * lease),
        lease_s=lease,
        lease_until=now + timedelta(seconds=lease),
        reason=None,
    )
    if subscription.state == "active":
        return renewed
    return replace(renewed, active_since=now, unpushed_since=None, missed=0)


def refused(subscription: Subscription, reason: str, now: datetime) -> Subscription:
    """The hub says no, to the request or later on."""
    return _given_up(subscription, "refused", reason, now)


def failed(subscription: Subscription, reason: str, now: datetime, retry_after_s: float | None = None) -> Subscription:
    """The request that was open came to nothing; after so many in a row the hub is given up."""
    attempts = subscription.attempts + 1
    if attempts >= ATTEMPTS:
        return refused(subscription, reason, now)
    pause = max(FIRST_RETRY * 2 ** (attempts - 1), timedelta(seconds=min(retry_after_s or 0, LONGEST_LEASE_S)))
    return replace(
        subscription,
        state="active" if subscription.state == "active" else "none",
        asked_at=None,
        attempts=attempts,
        ask_at=now + pause,
        reason=storable(reason[:REASON]),
    )


def dead(subscription: Subscription, reason: str, now: datetime) -> Subscription:
    """The hub promised to push and does not."""
    return _given_up(subscription, "dead", reason, now)


def _given_up(subscription: Subscription, state: State, reason: str, now: datetime) -> Subscription:
    return replace(
        subscription,
        state=state,
        asked_at=None,
        attempts=0,
        ask_at=now + ANEW_AFTER,
        lease_until=None,
        unpushed_since=None,
        reason=storable(reason[:REASON]),
    )
