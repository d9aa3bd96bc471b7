"""What the ledger, the dead letters and the intake promise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.fetch.feed_state import SeenItem, new_feed
from shared.contracts import DeadLetter, LedgerEntry
from shared.pipeline import CLUSTERED, ENTRY

Build = Callable[..., Any]


@pytest.fixture
def letter(noon: datetime) -> Build:
    def build(id_: str = "letter", stage: str = "normalise", **more: Any) -> DeadLetter:
        values: dict[str, Any] = {
            "id": id_,
            "stage": stage,
            "code": "ValueError",
            "error": "it broke",
            "attempts": 3,
            "topic": ENTRY,
            "partition": 0,
            "offset": 0,
            "key": "key",
            "headers": {"ce_id": "entry", "traceparent": "00-1-2-01"},
            "value": b"\x00\xff",
            "entry_id": "entry",
            "at": noon,
        }
        return DeadLetter(**{**values, **more})

    return build


def endings(logged: Any) -> dict[str, str]:
    return {entry_id: ending for entry_id, ending, *_ in logged.ledger.rows()}


def test_an_entry_that_was_read_is_under_way_and_waits_for_the_first_stage(
    logged: Any, make_entry: Build, noon: datetime
) -> None:
    entry = make_entry()
    assert logged.intake.take([entry], noon) == 1
    assert endings(logged) == {entry.id: "under-way"}
    (delivery,) = logged.topics.read(ENTRY, 0)
    assert (delivery.key, delivery.headers["ce_id"]) == (entry.id, entry.id)
    assert type(entry).from_bytes(delivery.value) == entry
    assert (logged.intake.backlog(), logged.intake.unread()) == (1, 1)


def test_a_known_entry_is_not_read_again(logged: Any, make_entry: Build, noon: datetime) -> None:
    one, other = make_entry(), make_entry("https://paper.example/2")
    assert logged.intake.take([one, one], noon) == 1
    assert logged.intake.take([other, one], noon + timedelta(days=1)) == 1
    assert [delivery.key for delivery in logged.topics.read(ENTRY, 0)] == [one.id, other.id]
    assert logged.ledger.find(one.id)[0]["read_at"] == "2026-03-01T12:00:00Z"


def test_an_entry_that_has_ended_is_known_too(logged: Any, make_entry: Build, noon: datetime) -> None:
    entry = make_entry()
    logged.intake.take([entry], noon)
    logged.end(LedgerEntry(entry_id=entry.id, ending="indexed", stage="index", article_id="article", at=noon))
    assert logged.intake.take([entry], noon) == 0
    assert endings(logged) == {entry.id: "indexed"}


def test_the_later_ending_replaces_the_earlier_and_keeps_what_was_read(
    logged: Any, make_entry: Build, noon: datetime
) -> None:
    entry = make_entry(title="Named")
    logged.intake.take([entry], noon)
    for ending, code in (("dead-letter", "ValueError"), ("indexed", None)):
        logged.end(LedgerEntry(entry_id=entry.id, ending=ending, stage="x", code=code, article_id="article", at=noon))
    (row,) = logged.ledger.find(entry.id)
    assert (row["ending"], row["code"], row["title"], row["url"]) == ("indexed", None, "Named", entry.url)
    assert logged.ledger.find("article") == logged.ledger.find(entry.url) == [row]
    assert logged.ledger.find("unknown") == []


def test_a_feeds_state_is_kept_with_its_entries(logged: Any, make_entry: Build, noon: datetime) -> None:
    feed = new_feed("https://paper.example/feed", noon, "Paper", ("news",))
    logged.intake.take([make_entry()], noon, feed=feed)
    assert logged.intake.feeds() == [feed]
    import dataclasses

    later = dataclasses.replace(feed, etag='"1"', seen={"key": SeenItem("content", 1)}, last_success=noon)
    logged.intake.take([], noon, feed=later)
    assert logged.intake.feeds() == [later]


def test_nothing_is_taken_when_part_of_it_cannot_be(logged: Any, make_entry: Build, noon: datetime) -> None:
    with pytest.raises(AttributeError):
        logged.intake.take([make_entry()], noon, feed="no feed")
    assert (endings(logged), logged.intake.unread(), logged.intake.feeds()) == ({}, 0, [])


def test_what_was_unreadable_is_a_dead_letter_and_an_ended_entry(logged: Any, letter: Build, noon: datetime) -> None:
    unreadable = letter(topic="", stage="fetch", code="not-json")
    nameless = letter("other", topic="", stage="fetch", entry_id=None)
    for _ in range(2):
        assert logged.intake.take([], noon, unreadable=[unreadable, nameless]) == 0
    assert endings(logged) == {"entry": "dead-letter"}
    assert list(logged.letters.waiting()) == [unreadable, nameless]
    assert logged.letters.contents()[0] == {"entry"}


def test_a_dead_letter_is_kept_byte_for_byte(logged: Any, letter: Build) -> None:
    whole = letter(value=bytes(range(256)), headers={"ce_id": "ü", "x": ""})
    logged.bury(whole)
    assert logged.letters.get("letter") == whole
    assert logged.letters.get("unknown") is None


def test_dead_letters_wait_oldest_first_and_by_stage(logged: Any, letter: Build, noon: datetime) -> None:
    logged.bury(
        letter("c", at=noon + timedelta(seconds=2)),
        letter("a", at=noon + timedelta(seconds=1), stage="enrich"),
        letter("b", at=noon),
    )
    assert [each.id for each in logged.letters.waiting()] == ["b", "a", "c"]
    assert [each.id for each in logged.letters.waiting("enrich")] == ["a"]


def test_a_replayed_letter_goes_back_with_its_bytes_key_and_headers(logged: Any, letter: Build) -> None:
    first = letter()
    logged.bury(first)
    assert logged.intake.replay([first]) == 1
    (delivery,) = logged.topics.read(ENTRY, 0)
    assert (delivery.key, delivery.headers, delivery.value) == (first.key, first.headers, first.value)
    assert endings(logged) == {"entry": "under-way"}
    assert not list(logged.letters.waiting())
    assert logged.letters.get("letter") == first
    assert logged.letters.contents()[0] == {"entry"}


def test_a_letter_that_never_was_a_message_cannot_be_replayed(logged: Any, letter: Build) -> None:
    unreadable = letter(topic="", stage="fetch")
    logged.bury(unreadable)
    assert logged.intake.replay([unreadable]) == 0
    assert list(logged.letters.waiting()) == [unreadable]


def test_replaying_a_letter_of_alert_leaves_the_entrys_ending_alone(logged: Any, letter: Build, noon: datetime) -> None:
    """The entry has ended in the index; `alert` ends no entries, so nobody would end it again."""
    logged.end(LedgerEntry(entry_id="entry", ending="indexed", stage="index", article_id="article", at=noon))
    of_alert = letter(stage="alert", topic=CLUSTERED)
    logged.bury(of_alert)
    assert logged.intake.replay([of_alert]) == 1
    assert endings(logged) == {"entry": "indexed"}
    assert [delivery.key for delivery in logged.topics.read(CLUSTERED, 0)] == ["key"]
