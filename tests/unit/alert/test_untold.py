"""Why two actors who are together are no alert: the furthest gate that they did not pass, over rules and windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.alert.rules import Figures, Rule, Selection
from services.alert.verdict import GATES
from shared.explanations import EXPLANATIONS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAIR = ("ann", "bob")
KNOWN_AT_ONCE = Figures(owner_known_for=timedelta(0))

ABOUT_NOBODY: dict[str, Any] = {"rules": (Rule("zed", KNOWN_AT_ONCE, Selection(watchlist=frozenset({"zed"}))),)}
ONE_A_DAY: dict[str, Any] = {"rules": (Rule("one", replace(KNOWN_AT_ONCE, daily_budget=1, false_discovery=10.0)),)}


def last_untold(room: Any) -> list[tuple[str, str]]:
    return [(pair.gate, pair.detail) for pair in list(room.log.read())[-1].untold]


def told_twice(room: Any, at: datetime, pair: tuple[str, str] = PAIR) -> list[Any]:
    return [*room.story(pair, at, "one"), *room.story(pair, at + HOUR, "two")]


@pytest.mark.parametrize(
    ("given", "gate", "detail"),
    [
        (ABOUT_NOBODY, "rule", ""),
        ({"known_stories": 500}, "young-actor", "ann, bob"),
        ({"owner_known_for": 7 * DAY}, "young-owners", ""),
        ({"horizon": 100 * DAY}, "short-history", "60 days"),
        ({"min_score": 50.0}, "expected", "wanted 50"),
        ({"false_discovery": 1e-9}, "discoveries", "one of 1 pairs"),
    ],
)
def test_a_pair_that_never_was(
    given: dict[str, Any], gate: str, detail: str, newsroom: Callable[..., Any], noon: datetime
) -> None:
    room = newsroom(**given)
    room.past(noon)
    assert told_twice(room, noon) == []
    ((found, said),) = last_untold(room)
    assert (found, detail in said) == (gate, True), said


def test_the_furthest_of_several_rules_is_said(newsroom: Callable[..., Any], noon: datetime) -> None:
    strict = Rule("strict", replace(KNOWN_AT_ONCE, min_score=50.0))
    room = newsroom(rules=(*ABOUT_NOBODY["rules"], strict, *ABOUT_NOBODY["rules"]))
    room.past(noon)
    told_twice(room, noon)
    assert [gate for gate, _ in last_untold(room)] == ["expected"]


def test_one_owner_is_not_worth_a_word(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    assert last_untold(room) == []


def test_who_is_together_now_and_then(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon - 20 * DAY, "one")
    assert told_twice(room, noon) == []
    assert [gate for gate, _ in last_untold(room)] == ["habit"]


def test_who_had_an_alert_not_long_ago(room: Any, noon: datetime) -> None:
    assert told_twice(room, noon)
    for number in range(4):
        room.story(PAIR, noon + 9 * DAY + number * HOUR, f"owner {number}")
    assert [gate for gate, _ in last_untold(room)] == ["rest"]


@pytest.mark.parametrize(
    ("given", "gate"), [({"daily_budget": 1, "false_discovery": 10.0}, "day-budget"), (ONE_A_DAY, "rule-budget")]
)
def test_a_day_that_has_its_alerts(
    given: dict[str, Any], gate: str, newsroom: Callable[..., Any], noon: datetime
) -> None:
    room = newsroom(**given)
    room.past(noon)
    assert told_twice(room, noon)
    assert told_twice(room, noon + 2 * HOUR, ("cid", "dan")) == []
    assert [found for found, _ in last_untold(room)] == [gate]


def test_who_is_there_with_somebody_who_is_news(room: Any, noon: datetime, make_actor: Callable[..., Any]) -> None:
    """A minister who meets the head of a company meets the company, too."""
    three = (make_actor("ann"), make_actor("bob"), make_actor("cid", type="organisation"))
    (alert,) = told_twice(room, noon, three)  # type: ignore[arg-type]
    assert {actor.id for actor in alert.actors} == {"ann", "bob"}
    assert set(last_untold(room)) == {("told-by-persons", "")}


def test_each_has_its_words() -> None:
    assert set(GATES) <= EXPLANATIONS.keys()
