from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.fetch.websub import trust
from services.fetch.websub.subscription import Offer, Subscription

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ACTIVE = Subscription(
    Offer("https://hub.example/", "https://paper.example/feed", "https://us.example", "key"),
    ask_at=NOW + timedelta(days=7),
    state="active",
    active_since=NOW - timedelta(days=1),
    lease_s=10 * 86_400,
    lease_until=NOW + timedelta(days=9),
)


@pytest.mark.parametrize(
    ("changed", "last_success", "suspect"),
    [
        ({}, NOW - HOUR, True),
        ({"last_push": NOW - 2 * HOUR}, NOW - HOUR, True),
        ({"last_push": NOW - MINUTE}, NOW - HOUR, False),
        ({"last_push": NOW - HOUR - 9 * MINUTE}, NOW - HOUR, False),
        ({"active_since": NOW - MINUTE}, NOW - HOUR, False),
        ({"lease_until": NOW}, NOW - HOUR, False),
        ({"state": "pending"}, NOW - HOUR, False),
        ({"state": "dead"}, NOW - HOUR, False),
        ({}, None, False),
    ],
)
def test_items_are_held_against_a_hub_that_had_to_push_them(
    changed: dict[str, object], last_success: datetime | None, suspect: bool
) -> None:
    subscription = replace(ACTIVE, **changed)  # type: ignore[arg-type]
    after, missed = trust.judged(subscription, last_success, True, NOW)
    assert (after.unpushed_since, missed) == (NOW if suspect else None, False)
    assert trust.judged(subscription, last_success, False, NOW) == (subscription, False)


def test_a_push_has_its_time_before_it_counts_as_missed() -> None:
    suspect = replace(ACTIVE, unpushed_since=NOW)
    early, missed = trust.judged(suspect, NOW, True, NOW + 9 * MINUTE)
    assert (early.unpushed_since, missed) == (NOW, False)
    late, missed = trust.judged(suspect, NOW, True, NOW + 10 * MINUTE)
    assert (late.missed, late.unpushed_since, missed) == (1, NOW + 10 * MINUTE, True)
    assert trust.judged(trust.pushed(suspect, NOW + MINUTE), NOW, False, NOW + HOUR)[1] is False


def test_a_push_that_proves_true_takes_a_finding_back() -> None:
    once = replace(ACTIVE, missed=2, last_push=NOW)
    assert trust.judged(once, NOW - HOUR, True, NOW + MINUTE)[0].missed == 1
    assert trust.judged(once, NOW - HOUR, False, NOW + MINUTE)[0].missed == 2
    assert trust.judged(replace(once, missed=0), NOW - HOUR, True, NOW + MINUTE)[0].missed == 0


def test_the_third_finding_is_the_end() -> None:
    subscription, missed = trust.judged(replace(ACTIVE, missed=2, unpushed_since=NOW - HOUR), NOW - HOUR, True, NOW)
    assert (subscription.state, subscription.missed, missed) == ("dead", 3, True)
    assert subscription.ask_at == NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("changed", "minutes", "expected"),
    [
        ({}, 1, 60),
        ({}, 15, 60),
        ({}, 120, 120),
        ({}, 1_440, 360),
        ({"ask_at": NOW + 30 * MINUTE}, 15, 30),
        ({"ask_at": NOW - MINUTE}, 15, 1),
        ({"ask_at": NOW - MINUTE, "asked_at": NOW}, 15, 60),
        ({"missed": 1}, 15, 15),
        ({"unpushed_since": NOW}, 15, 15),
        ({"state": "dead"}, 15, 15),
        ({"lease_until": NOW}, 15, 15),
        ({"last_push": NOW}, 15, 2),
        ({"last_push": NOW}, 1, 2),
        ({"last_push": NOW - 4 * MINUTE}, 15, 4),
        ({"last_push": NOW - 15 * MINUTE}, 15, 60),
    ],
)
def test_the_next_poll(changed: dict[str, object], minutes: int, expected: int) -> None:
    subscription = replace(ACTIVE, **changed)  # type: ignore[arg-type]
    assert trust.next_wait(subscription, minutes * MINUTE, False, NOW) == expected * MINUTE


def test_what_a_push_told_of_and_the_poll_brought_needs_no_other_look() -> None:
    assert trust.next_wait(replace(ACTIVE, last_push=NOW), 15 * MINUTE, True, NOW) == HOUR
