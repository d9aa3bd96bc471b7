"""Floods, poisoned feeds, wrong clocks, and actors whose id changes: what becomes of each is documented in docs/alerts.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.alert.history import History
from services.alert.verdict import AlertVerdict

Build = Callable[..., Any]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAIR = ("ann", "bob")


def test_a_flood_of_one_source_is_one_witness(room: Any, noon: datetime) -> None:
    """A thousand stories of one owner, each another text: no alert; and what is new elsewhere is found all the same."""
    for number in range(1_000):
        assert room.story(PAIR, noon + number * timedelta(seconds=30), "flood") == []
    room.story(("cid", "dan"), noon + 9 * HOUR, "one")
    (alert,) = room.story(("cid", "dan"), noon + 10 * HOUR, "two")
    assert alert.owners == ("one", "two")


def test_a_hundred_domains_of_one_owner_are_one_witness(room: Any, noon: datetime) -> None:
    """As the table of outlets has it: normalise writes the owner beside the domain."""
    for number in range(100):
        at = noon + number * timedelta(minutes=3)
        assert room.story(PAIR, at, "The Group", url=f"https://paper-{number}.example/x") == []


def test_a_hundred_new_domains_are_no_witness(newsroom: Build, noon: datetime) -> None:
    """Whose owner nobody knows: a domain that was never read before proves nothing for a week."""
    room = newsroom(owner_known_for=7 * DAY)
    room.past(noon)
    for number in range(100):
        at = noon + number * timedelta(minutes=3)
        assert room.story(PAIR, at, f"fresh-{number}.example") == []
    room.story(("other",), noon - 30 * DAY, "old.example")
    room.story(("other",), noon - 30 * DAY, "older.example")
    assert room.story(PAIR, noon + 6 * HOUR, "old.example") == [], "one known paper among them is one witness"
    (alert,) = room.story(PAIR, noon + 7 * HOUR, "older.example")
    assert alert.alert_class == "NEVER"


def test_wrong_clocks_neither_open_nor_close(room: Any, noon: datetime) -> None:
    """A year early it is history, which is dearly bought: the pair was together then, as far as anybody can tell. Days ahead it counts at
    its own time, and closes nothing."""
    room.story(("ann", "cid"), noon, "one")
    (opened,) = room.story(("ann", "cid"), noon + HOUR, "two")
    for number in range(2):
        assert room.story(("dan",), noon + 300 * DAY, f"ahead-{number}") == []
    assert room.story(PAIR, noon - 365 * DAY, "clock", url="https://clock.example/1") == []
    assert room._judge._view.alerts.get(("ann", "cid")) == opened
    (more,) = room.story(("ann", "cid"), noon + 2 * HOUR, "three")
    assert more.id == opened.id


def test_the_beginning_of_time_and_its_end_are_times(room: Any, noon: datetime) -> None:
    for year in (1900, 2199):
        assert room.story(PAIR, noon.replace(year=year), f"paper of {year}") == []


@pytest.mark.parametrize("renamed", [False, True])
def test_an_actor_with_another_id_is_somebody_new_until_the_rules_say_who(
    newsroom: Build, noon: datetime, renamed: bool
) -> None:
    """The gazetteer's `bob` becomes `robert`, who has met Ann before. Unmapped, he is unknown, so nothing is told; mapped, he has his
    past, and his meetings."""
    room = newsroom(renamed={"bob": "robert"} if renamed else {}, surge_score=99.0)
    room.past(noon)
    room.story(PAIR, noon - 20 * DAY, "one")
    told = [*room.story(("ann", "robert"), noon, "one"), *room.story(("ann", "robert"), noon + HOUR, "two")]
    assert told == [], "not NEVER: they met as Ann and Bob"
    told = [*room.story(("cid", "robert"), noon, "one"), *room.story(("cid", "robert"), noon + HOUR, "two")]
    assert [alert.alert_class for alert in told] == (["NEVER"] if renamed else [])
    assert room.restarted()._judge._view.history.actor_count("bob", noon - 99 * DAY, noon + DAY) == (
        room._judge._view.history.actor_count("bob", noon - 99 * DAY, noon + DAY)
    )


def test_two_ids_that_become_one_are_one_in_a_story() -> None:
    """A story that named both counts once for the actor that they are now."""
    at = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    history = History(10, {"old": "new"})
    history.add(AlertVerdict(id="1:1", group="1", event_time=at, story="s", owner="o", actors=("new", "old")))
    assert history.actor_count("new", at - DAY, at) == history.actor_count("old", at - DAY, at) == 1
    seen = history.seen("s")
    assert seen is not None
    assert seen.actors == {"new"}


def test_the_open_alert_of_a_renamed_actor_goes_on(newsroom: Build, noon: datetime) -> None:
    room = newsroom()
    room.past(noon)
    room.story(PAIR, noon, "one")
    (opened,) = room.story(PAIR, noon + HOUR, "two")
    again = type(room)(room._make, replace(room.rules, renamed={"bob": "robert"}), room.log)
    (more,) = again.story(("ann", "robert"), noon + 2 * HOUR, "three")
    assert (more.id, more.version, more.stories) == (opened.id, 2, 3)
    assert len(more.evidence) == 3


def test_an_article_with_a_thousand_actors_makes_a_bounded_number_of_pairs(room: Any, noon: datetime) -> None:
    room.story([f"somebody {number}" for number in range(1_000)], noon)
    record = room.log.read()[-1]
    assert record.pairs == ()
    assert len(record.actors) == 1_000
