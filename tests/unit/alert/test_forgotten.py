"""Alerts without the evidence of a forgotten article, and articles that are sent once more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.alert.forgetting import forgotten
from shared.forgetting import newest_versions

Build = Callable[..., Any]
HOUR = timedelta(hours=1)
PAIR = ("ann", "bob")


def forget(room: Any, article: str) -> Any:
    records = room.log.read()
    newest = newest_versions(iter(records))
    for record in records:
        room.log.bodies[record.id] = forgotten(record, {article}, newest).to_bytes()
    return room.restarted()


def opened(room: Any, noon: datetime) -> Any:
    room.story(PAIR, noon, "one", url="https://one.example/first")
    (alert,) = room.story(PAIR, noon + HOUR, "two", url="https://two.example/second")
    return alert


def test_the_next_version_goes_on_without_the_evidence(room: Any, noon: datetime) -> None:
    alert = opened(room, noon)
    room = forget(room, alert.evidence[0].article_id)
    (told,) = (each for record in room.log.read() for each in record.alerts)
    assert (told.version, told.stories, told.evidence, told.owners) == (2, 1, alert.evidence[1:], ("two",))
    assert (alert.tier, told.tier, told.status, told.retracted) == ("CONFIRMED", "PROVISIONAL", "open", False)
    (updated,) = room.story(PAIR, noon + 2 * HOUR, "three", url="https://three.example/third")
    assert (updated.version, updated.stories, updated.tier) == (3, 2, "CONFIRMED"), (
        "what cannot be shown is not counted"
    )
    assert [each.url for each in updated.evidence] == ["https://two.example/second", "https://three.example/third"]


def test_only_the_newest_version_is_told_anew(room: Any, noon: datetime) -> None:
    alert = opened(room, noon)
    room.story(PAIR, noon + 2 * HOUR, "three")
    room = forget(room, alert.evidence[0].article_id)
    assert [each.version for record in room.log.read() for each in record.alerts] == [1, 3]


def test_counts_are_as_they_were(room: Any, noon: datetime) -> None:
    """The first alert's place in the day's budget, the story of the pair: a forgotten article was read all the same."""
    alert = opened(room, noon)
    room = forget(forget(room, alert.evidence[0].article_id), alert.evidence[1].article_id)
    view = room._judge._view
    assert view.alerts.opened_on(noon.date()) == 1
    assert len(view.history.together(PAIR, noon - HOUR, noon + 2 * HOUR)) == 2
    told = view.alert(alert.id)
    assert (told.version, told.evidence, told.status, told.retracted) == (3, (), "closed", True)


def test_forgetting_what_is_nowhere_changes_no_record(room: Any, noon: datetime) -> None:
    opened(room, noon)
    for record in room.log.read():
        assert forgotten(record, {"nowhere"}, {}) is record


def test_what_is_sent_once_more_tells_nothing(room: Any, noon: datetime, make_clustered: Build) -> None:
    """Neither what was told already, nor anything of an article that was never judged."""
    opened(room, noon)
    records = dict(room.log.bodies)
    again = make_clustered("https://two.example/second", PAIR, at=noon + HOUR, owner="two", reprocessed=True)
    assert room.tell(again) == []
    assert room.log.bodies == records
    unknown = make_clustered("https://three.example/third", ("ann", "cid"), at=noon, owner="three", reprocessed=True)
    assert room.tell(unknown) == []
    assert len(room.log.bodies) == len(records) + 1
