from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.fetch.websub import subscription as changes
from services.fetch.websub import trust
from services.fetch.websub.subscription import ANEW_AFTER, ATTEMPTS, CHANGES_APART, Offer, Subscription

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFER = Offer("https://hub.example/", "https://paper.example/feed", "https://us.example", "key")
FRESH = Subscription(OFFER, NOW)
PENDING = changes.asked(FRESH, NOW)


def active(lease_s: int = 10 * 86_400) -> Subscription:
    verified = changes.verified(PENDING, lease_s, NOW)
    assert verified is not None
    return verified


def test_a_hub_that_is_offered_is_asked_at_once() -> None:
    assert changes.offered(None, None, NOW) is None
    assert changes.offered(None, OFFER, NOW) == FRESH
    assert changes.on_time(FRESH, NOW, well=True) == (PENDING, True)
    assert changes.on_time(PENDING, NOW, well=True) == (PENDING, False)


def test_an_ill_feed_begins_no_subscription_and_renews_the_one_it_has() -> None:
    assert changes.on_time(FRESH, NOW, well=False) == (FRESH, False)
    renewing, ask = changes.on_time(active(), NOW + timedelta(days=8), well=False)
    assert (renewing.state, ask) == ("active", True)


@pytest.mark.parametrize(
    ("offer", "wait"),
    [
        (OFFER, None),
        (replace(OFFER, callback="https://moved.example"), timedelta(0)),
        (replace(OFFER, secret_id="another key"), timedelta(0)),
        (replace(OFFER, hub="https://other.example/"), CHANGES_APART),
        (replace(OFFER, topic="https://paper.example/other"), CHANGES_APART),
        (None, CHANGES_APART),
    ],
)
def test_what_is_offered_otherwise_is_another_subscription(offer: Offer | None, wait: timedelta | None) -> None:
    expected = active() if wait is None else Subscription(offer, NOW + wait)
    assert changes.offered(active(), offer, NOW) == expected


def test_a_hub_that_was_withdrawn_is_not_asked_and_not_asked_sooner_when_it_is_back() -> None:
    gone = changes.offered(active(), None, NOW)
    assert gone is not None
    assert changes.on_time(gone, NOW + 365 * 24 * HOUR, well=True) == (gone, False)
    assert changes.offered(gone, None, NOW + HOUR / 2) == gone
    assert changes.offered(gone, OFFER, NOW + HOUR / 2) == Subscription(OFFER, NOW + HOUR)


@pytest.mark.parametrize(
    ("given", "lease"),
    [
        (86_400, 86_400),
        (10**12 - 1, changes.LONGEST_LEASE_S),
        (None, changes.DEFAULT_LEASE_S),
        (changes.SHORTEST_LEASE_S, changes.SHORTEST_LEASE_S),
        (changes.SHORTEST_LEASE_S - 1, None),
        (0, None),
    ],
)
def test_a_lease_is_bounded(given: int | None, lease: int | None) -> None:
    verified = changes.verified(PENDING, given, NOW)
    assert (verified and verified.lease_s) == lease
    if verified is not None and lease is not None:
        assert verified.lease_until == NOW + timedelta(seconds=lease)
        assert NOW < verified.ask_at < NOW + timedelta(seconds=0.8 * lease)


@pytest.mark.parametrize(
    "unwanted",
    [FRESH, Subscription(None, NOW), changes.refused(PENDING, "no", NOW), changes.dead(active(), "no push", NOW)],
)
def test_only_what_was_asked_for_is_confirmed(unwanted: Subscription) -> None:
    assert changes.verified(unwanted, 86_400, NOW) is None


def test_failures_back_off_and_end() -> None:
    subscription, states, pauses, now = PENDING, [], [], NOW
    for _ in range(ATTEMPTS + 1):
        subscription = changes.failed(subscription, "down", now)
        states.append(subscription.state)
        pauses.append(subscription.ask_at - now)
        now = subscription.ask_at
        subscription, ask = changes.on_time(subscription, now, well=True)
        assert ask
    assert states == ["none", "none", "refused", "none"]
    assert pauses == [HOUR, 2 * HOUR, ANEW_AFTER, HOUR]


def test_a_hub_may_ask_for_more_patience() -> None:
    assert changes.failed(PENDING, "busy", NOW, 7_200).ask_at == NOW + 2 * HOUR
    assert changes.failed(PENDING, "busy", NOW, 1e30).ask_at == NOW + timedelta(days=14)


def test_a_renewal_that_fails_leaves_the_lease() -> None:
    renewing = changes.asked(active(), NOW + HOUR)
    again = changes.failed(renewing, "down", NOW + HOUR)
    assert (again.state, again.lease_until) == ("active", active().lease_until)
    assert changes.holds(again, NOW + 2 * HOUR)


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from("poll poll-new poll-ill push verify verify-short deny fail no other-hub none".split()),
        st.integers(0, 3 * 86_400),
    ),
    max_size=60,
)
APPLY: dict[str, Callable[[Subscription, datetime], Subscription]] = {
    "push": trust.pushed,
    "verify": lambda one, now: changes.verified(one, 86_400, now) or one,
    "verify-short": lambda one, now: changes.verified(one, 1, now) or one,
    "deny": lambda one, now: changes.refused(one, "denied", now),
    "fail": lambda one, now: changes.failed(one, "down", now) if one.asked_at else one,
    "no": lambda one, now: changes.refused(one, "403", now) if one.asked_at else one,
    "other-hub": lambda one, now: (
        changes.offered(one, replace(OFFER, hub=f"https://{now:%H%M%S}.example/"), now) or one
    ),
    "none": lambda one, now: changes.offered(one, None, now) or one,
}


@given(STEPS)
def test_whatever_hub_and_feed_do_requests_are_few_and_trust_is_earned(steps: list[Step]) -> None:
    subscription, now, asked, last_success = FRESH, NOW, [], None
    for step, seconds in steps:
        now += timedelta(seconds=seconds)
        if step.startswith("poll"):
            if step != "poll-ill":
                subscription, _ = trust.judged(subscription, last_success, step == "poll-new", now)
                last_success = now
            subscription, ask = changes.on_time(subscription, now, well=step != "poll-ill")
            asked += [now] if ask else []
            wait = trust.next_wait(subscription, timedelta(minutes=15), step == "poll-new", now)
            assert timedelta(minutes=1) <= wait <= trust.LONGEST_BACKUP
        else:
            subscription = APPLY[step](subscription, now)
        if trust.trusted(subscription, now):
            assert subscription.state == "active"
            assert subscription.lease_until is not None
            assert now < subscription.lease_until
            assert subscription.missed == 0
        assert 0 <= subscription.missed <= trust.DEAD_AFTER
        assert 0 <= subscription.attempts < ATTEMPTS
        assert subscription.state != "pending" or subscription.asked_at is not None
    assert all(later - earlier >= HOUR for earlier, later in pairwise(asked))
    adapter = TypeAdapter(Subscription)
    assert adapter.validate_json(adapter.dump_json(subscription)) == subscription
