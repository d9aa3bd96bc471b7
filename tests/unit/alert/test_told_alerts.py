"""Alerts of one pair over time: which is open, what a late word about an old one does, and that no version is told twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts import Copy
from shared.deciding import judgement_of, mute_of

Build = Callable[..., Any]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAIR = ("ann", "bob")


def told_by(room: Any, at: datetime, tag: str, count: int, pair: tuple[str, str] = PAIR) -> list[Any]:
    """Stories of the pair by as many owners, an hour apart; what they led to."""
    return [
        alert
        for number in range(count)
        for alert in room.story(pair, at + number * HOUR, f"owner {number}", url=f"https://o{number}.example/{tag}")
    ]


@pytest.fixture
def twice(newsroom: Build, noon: datetime) -> tuple[Any, Any, Any]:
    """(a newsroom, a closed alert, the open one of the same pair two months later)."""
    room = newsroom(horizon=timedelta(days=8), close_after=timedelta(days=2), surge_score=0.5, false_discovery=1.0)
    room.past(noon)
    first = told_by(room, noon, "first", 2)[-1]
    for day in range(1, 60):
        room.story(("cid",), noon + day * DAY)
    second = told_by(room, noon + 60 * DAY, "second", 4)[-1]
    assert first.id != second.id
    return room, first, second


def test_a_word_about_an_old_alert_leaves_the_open_one_open(twice: tuple[Any, Any, Any], noon: datetime) -> None:
    room, first, second = twice
    (judged,) = room.tell(judgement_of(first, "noise", noon + 61 * DAY))
    assert (judged.id, judged.status) == (first.id, "closed")
    (more,) = room.restarted().story(PAIR, noon + 60 * DAY + 5 * HOUR, "five")
    assert (more.id, more.version) == (second.id, second.version + 1)


def test_a_mute_by_the_id_of_an_old_alert_is_of_the_open_one(twice: tuple[Any, Any, Any], noon: datetime) -> None:
    room, first, second = twice
    until = noon + 90 * DAY
    (muted,) = room.tell(mute_of(first, until, noon + 61 * DAY))
    assert (muted.id, muted.version, muted.muted_until) == (second.id, second.version + 1, until)


def test_two_alerts_whose_pairs_became_one_both_end(newsroom: Build, noon: datetime) -> None:
    room = newsroom()
    room.past(noon)
    one = told_by(room, noon, "one", 2, ("ann", "bob"))[-1]
    other = told_by(room, noon + 3 * HOUR, "other", 2, ("ann", "cid"))[-1]
    merged = type(room)(room._make, replace(room.rules, renamed={"bob": "cid"}), room.log)
    told = [alert for day in range(9, 13) for alert in merged.story(("dan",), noon + day * DAY)]
    assert {alert.id for alert in told if alert.status == "closed"} == {one.id, other.id}


def test_a_revision_after_a_rename_takes_nothing_back(newsroom: Build, noon: datetime, make_clustered: Build) -> None:
    room = newsroom()
    room.past(noon)
    alert = told_by(room, noon, "x", 2)[-1]
    again = type(room)(room._make, replace(room.rules, renamed={"bob": "robert"}), room.log)
    revision = make_clustered(
        "https://o1.example/x", ("ann", "robert"), at=noon + HOUR, owner="owner 1", copy=Copy(revision=2)
    )
    assert again.tell(revision) == []
    assert again._judge._view.alerts.get(PAIR).id == alert.id


def test_messages_with_the_old_id_have_their_evidence(newsroom: Build, noon: datetime) -> None:
    room = newsroom(renamed={"bob": "robert"})
    room.past(noon)
    alert = told_by(room, noon, "x", 3)[-1]
    assert [actor.id for actor in alert.actors] == ["ann", "robert"]
    assert (len(alert.evidence), alert.tier) == (3, "CONFIRMED")


def test_an_overdue_alert_that_is_corrected_gets_one_version(room: Any, noon: datetime, make_clustered: Build) -> None:
    alert = told_by(room, noon, "x", 3)[-1]
    for _ in range(4):
        room.log.bodies.update(dict(room.log.bodies))
    for day in (8, 8, 8):
        room._judge._view.history._times.append(room._judge._view.history._times[-1] + 9 * 86_400_000_000 + day)
    late = make_clustered("https://o1.example/x", ("ann",), at=noon + 9 * DAY, owner="owner 1", copy=Copy(revision=2))
    told = room.tell(late)
    assert [(each.id, each.version, each.status) for each in told] == [(alert.id, alert.version + 1, "closed")]
    assert told[0].changes == ("corrected", "closed")


@pytest.mark.parametrize("history", [False, True])
def test_a_correction_reaches_a_closed_alert(room: Any, noon: datetime, make_clustered: Build, history: bool) -> None:
    alert = told_by(room, noon, "x", 2)[-1]
    for _ in range(5):
        room.story(("cid",), noon + 9 * DAY)
    revision = make_clustered(
        "https://o1.example/x", ("ann",), at=noon + HOUR, owner="owner 1", copy=Copy(revision=2), history=history
    )
    (told,) = room.tell(revision)
    assert (told.id, told.status, told.retracted, told.changes) == (alert.id, "closed", True, ("retracted",))


def test_what_was_retracted_stays_so_whatever_a_person_finds(room: Any, noon: datetime, make_clustered: Build) -> None:
    alert = told_by(room, noon, "x", 2)[-1]
    room.tell(make_clustered("https://o1.example/x", ("ann",), at=noon + HOUR, owner="owner 1", copy=Copy(revision=2)))
    (judged,) = room.tell(judgement_of(alert, "noise", noon + 3 * HOUR))
    assert judged.retracted
    (wrong,) = room.tell(judgement_of(alert, "wrong-entity", noon + 4 * HOUR))
    assert wrong.retracted


def test_figures_after_a_correction_are_of_what_is_left(room: Any, noon: datetime, make_clustered: Build) -> None:
    alert = told_by(room, noon, "x", 5)[-1]
    assert (alert.stories, alert.observed) == (5, 5)
    for number in (1, 2):
        at = noon + number * HOUR
        message = make_clustered(
            f"https://o{number}.example/x", ("ann",), at=at, owner=f"owner {number}", copy=Copy(revision=2)
        )
        (told,) = room.tell(message)
    assert (told.stories, told.observed, len(told.owners)) == (3, 3, 3)
    assert told.score < alert.score


def test_an_item_that_is_dated_back_makes_nobody_known(newsroom: Build, noon: datetime) -> None:
    room = newsroom(owner_known_for=7 * DAY)
    room.past(noon)
    for name in ("x.example", "y.example"):
        room.story(("other",), noon - 8 * DAY, name, first_seen=noon)
    assert room.story(PAIR, noon, "x.example") == []
    assert room.story(PAIR, noon + HOUR, "y.example") == []


def test_what_is_dated_back_has_no_budget_of_its_own(newsroom: Build, noon: datetime) -> None:
    room = newsroom(daily_budget=1)
    room.past(noon)
    pairs = [("ann", "bob"), ("cid", "dan"), ("ann", "eve")]
    told = []
    for number, pair in enumerate(pairs):
        at = noon - number * DAY
        told += room.story(pair, at, "one", first_seen=noon)
        told += room.story(pair, at + HOUR, "two", first_seen=noon)
    assert len([alert for alert in told if alert.version == 1]) == 1


def test_a_happening_that_everybody_writes_of_is_told_of_when_there_is_something_new(
    newsroom: Build, noon: datetime
) -> None:
    room = newsroom(evidence_limit=5, daily_budget=99)
    room.past(noon)
    told = [each for number in range(30) for each in room.story(PAIR, noon + number * HOUR, f"owner {number % 5}")]
    assert len(told) < 8
    (fresh,) = room.story(PAIR, noon + 31 * HOUR, "somebody else")
    assert fresh.changes == ("owner",)
    (another,) = room.story(PAIR, noon + 56 * HOUR, "owner 1")
    assert another.changes == ("story",), "once a day that it goes on"
    assert another.stories == 32


def test_a_pair_that_becomes_a_habit_is_no_news_after_a_month(room: Any, noon: datetime) -> None:
    told = [each for day in range(40) for each in room.story(PAIR, noon + day * DAY, f"owner {day % 9}")]
    assert told[-1].status == "closed"
    assert timedelta(days=29) <= told[-1].window.end - told[-1].window.start <= timedelta(days=31)


def test_what_was_taken_back_is_news_when_others_report_it(
    newsroom: Build, noon: datetime, make_clustered: Build
) -> None:
    room = newsroom(min_score=0.5, false_discovery=1.0)
    room.past(noon)
    alert = told_by(room, noon, "x", 2)[-1]
    (gone,) = room.tell(
        make_clustered("https://o1.example/x", ("ann",), at=noon + HOUR, owner="owner 1", copy=Copy(revision=2))
    )
    assert gone.retracted
    (again,) = room.story(PAIR, noon + 5 * HOUR, "another")
    assert (again.id, again.version, again.status, again.retracted) == (alert.id, gone.version + 1, "open", False)
    assert again.owners == ("owner 0", "another")
