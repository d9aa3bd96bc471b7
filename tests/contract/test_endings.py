"""What the ledger, the dead letters and the intake promise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic_core import PydanticSerializationError

from services.fetch.feed_state import new_feed
from services.fetch.seen_items import SeenItem
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


def endings(books: Any) -> dict[str, str]:
    return {entry_id: ending for entry_id, ending, *_ in books.ledger.rows()}


def test_an_entry_that_was_read_is_under_way_and_waits_for_the_first_stage(
    books: Any, make_entry: Build, noon: datetime
) -> None:
    entry = make_entry()
    assert books.intake.take([entry], noon) == 1
    assert endings(books) == {entry.id: "under-way"}
    (delivery,) = books.messages(ENTRY)
    assert (delivery.key, delivery.headers["ce_id"]) == (entry.id, entry.id)
    assert type(entry).from_bytes(delivery.value) == entry
    assert books.waiting() == {"normalise": 1}


def test_an_entry_that_is_read_twice_has_one_message_per_reading_at_most_and_one_line_in_the_ledger(
    books: Any, make_entry: Build, noon: datetime
) -> None:
    one, other = make_entry(), make_entry("https://paper.example/2")
    assert books.intake.take([one, one], noon) == 1
    assert [each.key for each in books.messages(ENTRY)] == [one.id]
    assert books.intake.take([other, one], noon + timedelta(days=1)) in (1, 2)
    assert list(dict.fromkeys(each.key for each in books.messages(ENTRY))) == [one.id, other.id]
    assert endings(books) == {one.id: "under-way", other.id: "under-way"}
    assert books.ledger.find(one.id)[0]["read_at"] == "2026-03-01T12:00:00Z"


def test_an_entry_under_way_is_sent_again_only_where_intake_is_not_one_transaction(
    books: Any, make_entry: Build, noon: datetime
) -> None:
    """On Kafka whoever was killed may have written the message and not that it was read, or the other way round: so it is sent until it
    has ended, and every stage gives its verdict again."""
    entry = make_entry()
    books.intake.take([entry], noon)
    sent_again = 0 if books.is_atomic else 1
    assert books.intake.take([entry], noon) == sent_again
    messages = books.messages(ENTRY)
    assert len(messages) == 1 + sent_again
    assert len({(each.key, each.value) for each in messages}) == 1


def test_an_entry_that_has_ended_is_known_too(books: Any, make_entry: Build, noon: datetime) -> None:
    entry = make_entry()
    books.intake.take([entry], noon)
    books.end(LedgerEntry(entry_id=entry.id, ending="indexed", stage="index", article_id="article", at=noon))
    assert books.intake.take([entry], noon) == 0
    assert endings(books) == {entry.id: "indexed"}


def test_the_later_ending_replaces_the_earlier_and_keeps_what_was_read(
    books: Any, make_entry: Build, noon: datetime
) -> None:
    entry = make_entry(title="Named")
    books.intake.take([entry], noon)
    for ending, code in (("dead-letter", "ValueError"), ("indexed", None)):
        books.end(LedgerEntry(entry_id=entry.id, ending=ending, stage="x", code=code, article_id="article", at=noon))
    (row,) = books.ledger.find(entry.id)
    assert (row["ending"], row["code"], row["title"], row["url"]) == ("indexed", None, "Named", entry.url)
    assert books.ledger.find("article") == books.ledger.find(entry.url) == [row]
    assert books.ledger.find("unknown") == []


def test_a_feeds_state_is_kept_with_its_entries(books: Any, make_entry: Build, noon: datetime) -> None:
    feed = new_feed("https://paper.example/feed", noon, "Paper", ("news",))
    books.intake.take([make_entry()], noon, feed=feed)
    assert books.feeds() == [feed]
    import dataclasses

    from services.fetch.validators import Validators

    later = dataclasses.replace(
        feed, validators=Validators('"1"'), seen={"key": SeenItem("content", 1)}, last_success=noon
    )
    books.intake.take([], noon, feed=later)
    assert books.feeds() == [later]


def test_a_feeds_state_is_never_stored_without_its_entries(books: Any, make_entry: Build, noon: datetime) -> None:
    """A state that cannot be stored: in one transaction nothing is taken; on Kafka the entries stand already, and come again with the
    next poll, since the feed does not know that it has given them."""
    entry = make_entry()
    with pytest.raises((AttributeError, PydanticSerializationError, TypeError)):
        books.intake.take([entry], noon, feed="no feed")
    assert books.feeds() == []
    assert endings(books) == ({} if books.is_atomic else {entry.id: "under-way"})
    assert books.waiting() == ({} if books.is_atomic else {"normalise": 1})


def test_what_was_unreadable_is_a_dead_letter_and_an_ended_entry(books: Any, letter: Build, noon: datetime) -> None:
    unreadable = letter(topic="", stage="fetch", code="not-json")
    nameless = letter("other", topic="", stage="fetch", entry_id=None)
    for _ in range(2):
        assert books.intake.take([], noon, unreadable=[unreadable, nameless]) == 0
    assert endings(books) == {"entry": "dead-letter"}
    assert list(books.letters.waiting()) == [unreadable, nameless]
    assert books.letters.contents()[0] == {"entry"}


def test_a_dead_letter_is_kept_byte_for_byte(books: Any, letter: Build) -> None:
    whole = letter(value=bytes(range(256)), headers={"ce_id": "ü", "x": ""})
    books.bury(whole)
    assert books.letters.get("letter") == whole
    assert books.letters.get("unknown") is None


def test_dead_letters_wait_oldest_first_and_by_stage(books: Any, letter: Build, noon: datetime) -> None:
    books.bury(
        letter("c", at=noon + timedelta(seconds=2)),
        letter("a", at=noon + timedelta(seconds=1), stage="enrich"),
        letter("b", at=noon),
    )
    assert [each.id for each in books.letters.waiting()] == ["b", "a", "c"]
    assert [each.id for each in books.letters.waiting("enrich")] == ["a"]


def test_a_replayed_letter_goes_back_with_its_bytes_key_and_headers(books: Any, letter: Build) -> None:
    first = letter()
    books.bury(first)
    assert books.intake.replay([first]) == 1
    (delivery,) = books.messages(ENTRY)
    assert (delivery.key, delivery.headers, delivery.value) == (first.key, first.headers, first.value)
    assert endings(books) == {"entry": "under-way"}
    assert not list(books.letters.waiting())
    assert books.letters.get("letter") == first
    assert books.letters.contents()[0] == {"entry"}


def test_a_letter_that_never_was_a_message_cannot_be_replayed(books: Any, letter: Build) -> None:
    unreadable = letter(topic="", stage="fetch")
    books.bury(unreadable)
    assert books.intake.replay([unreadable]) == 0
    assert list(books.letters.waiting()) == [unreadable]


def test_replaying_a_letter_of_alert_leaves_the_entrys_ending_alone(books: Any, letter: Build, noon: datetime) -> None:
    """The entry has ended in the index; `alert` ends no entries, so nobody would end it again."""
    books.end(LedgerEntry(entry_id="entry", ending="indexed", stage="index", article_id="article", at=noon))
    of_alert = letter(stage="alert", topic=CLUSTERED)
    books.bury(of_alert)
    assert books.intake.replay([of_alert]) == 1
    assert endings(books) == {"entry": "indexed"}
    assert [delivery.key for delivery in books.messages(CLUSTERED)] == ["key"]
