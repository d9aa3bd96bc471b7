from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.fetch.websub import subscription as changes
from services.fetch.websub.keys import Keys
from services.fetch.websub.subscription import STATES, Subscription
from services.fetch.websub.subscriptions import Subscriptions
from shared.metrics import REGISTRY

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def held() -> Subscriptions:
    one = Subscriptions(Keys("a key"))
    one.begin({}, [])
    return one


def fresh(held: Subscriptions, hub: str = "https://hub.example/") -> Subscription:
    return Subscription(held.offer(hub, "https://paper.example/feed", "https://us.example", secret=True), NOW)


def gauge() -> dict[str, float]:
    """Without those that are zero."""
    values = {state: REGISTRY.get_sample_value("newsloom_websub_subscriptions", {"state": state}) for state in STATES}
    return {state: value for state, value in values.items() if value}


def test_a_subscription_is_found_by_its_path_as_long_as_it_is_one(held: Subscriptions) -> None:
    first, second = fresh(held), fresh(held, "https://other.example/")
    assert first.offer is not None
    assert second.offer is not None
    paths = [held.token("a", offer) for offer in (first.offer, second.offer)]
    held.put("a", first)
    assert [held.at(path) for path in paths] == [("a", first), None]
    held.put("a", second)
    assert [held.at(path) for path in paths] == [None, ("a", second)]
    held.put("a", None)
    assert [held.at(path) for path in paths] == [None, None]


def test_the_gauge_has_each_subscription_once(held: Subscriptions) -> None:
    one = fresh(held)
    held.put("a", one)
    held.put("b", one)
    held.put("a", changes.asked(one, NOW))
    assert gauge() == {"none": 1, "pending": 1}
    held.put("b", None)
    assert gauge() == {"pending": 1}
    held.begin({"c": one}, ["c"])
    assert gauge() == {"none": 1}


def test_what_happened_since_it_was_stored_is_kept_unless_it_is_of_another_offer(held: Subscriptions) -> None:
    stored = {feed: changes.asked(fresh(held), NOW) for feed in ("verified", "moved", "gone")}
    held.begin(stored, stored)
    for feed, pending in stored.items():
        held.put(feed, changes.verified(pending, 86_400, NOW))
    elsewhere = replace(stored["moved"], offer=fresh(held, "https://other.example/").offer)
    newer = held.begin({"verified": stored["verified"], "moved": elsewhere}, ["verified", "moved"])
    assert newer == ["verified"]
    states = {feed: found.state for feed in stored if (found := held.get(feed)) is not None}
    assert states == {"verified": "active", "moved": "pending"}
