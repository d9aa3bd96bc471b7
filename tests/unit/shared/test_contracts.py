"""The messages: what is checked in is what the code says, and nobody takes a field away by accident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contracts import Entry, FeedRef, LedgerEntry, Utc, alert_id, article_id, content_id, fingerprint, rfc3339
from shared.contracts.breaking_changes import breaking_changes
from shared.contracts.example_messages import examples
from shared.contracts.schema_files import EXAMPLES, SCHEMAS, checked_in, contracts, schema

TOPICS = sorted(contracts())
REGENERATE = "run `python -m shared.contracts.schema_files`"


@pytest.mark.parametrize("topic", TOPICS)
def test_no_change_breaks_the_checked_in_schema(topic: str) -> None:
    broken = breaking_changes(checked_in(topic), schema(topic))
    assert not broken, f"breaking change of {topic}, it needs a new version: {broken}"


@pytest.mark.parametrize("topic", TOPICS)
def test_the_checked_in_schema_is_the_codes(topic: str) -> None:
    assert checked_in(topic) == schema(topic), REGENERATE


@pytest.mark.parametrize("topic", TOPICS)
def test_the_checked_in_example_is_valid_and_comes_back_as_it_was(topic: str) -> None:
    raw = (EXAMPLES / f"{topic}.json").read_bytes()
    message = contracts()[topic].from_bytes(raw)
    assert message == examples()[topic], REGENERATE
    assert contracts()[topic].from_bytes(message.to_bytes()) == message


def test_every_file_belongs_to_a_topic() -> None:
    for folder in (SCHEMAS, EXAMPLES):
        assert sorted(path.stem for path in folder.iterdir()) == TOPICS


def test_examples_point_at_what_they_say() -> None:
    message: Any = examples()["news.clustered.v1"]
    spans = [mention for actor in message.enrichment.actors for mention in actor.mentions]
    for span in (*spans, *message.enrichment.quotes):
        assert message.article.body[span.start : span.end] == span.text
    assert [pair.sentence for pair in message.enrichment.pairs()] == [0]


def changed(**properties: Any) -> dict[str, Any]:
    old = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "when": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
            "two": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}]},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["name"],
        "$defs": {"Part": {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}},
    }
    return {**old, **properties, "properties": {**old["properties"], **properties.get("properties", {})}}  # type: ignore[dict-item]


OLD = changed()


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({**OLD, "properties": {k: v for k, v in OLD["properties"].items() if k != "when"}}, "when: field removed"),
        (changed(properties={"name": {"type": "integer"}}), "name: type changed from string to integer"),
        (
            changed(properties={"when": {"type": "string", "format": "date-time"}}),
            "when: type changed from null or string",
        ),
        (
            changed(properties={"when": {"anyOf": [{"type": "string"}, {"type": "null"}]}}),
            "when: format changed from date-time to None",
        ),
        (changed(required=["name", "kind"]), "kind: required now"),
        (changed(required=["name", "new"], properties={"new": {"type": "string"}}), "new: required now"),
        (changed(properties={"kind": {"type": "string", "enum": ["a", "c"]}}), "kind: no longer allows b"),
        (changed(properties={"kind": {"type": "string", "const": "a"}}), "kind: no longer allows b"),
        (changed(properties={"name": {"type": "string", "enum": ["a"]}}), "name: allows only a now"),
        (
            changed(**{"$defs": {"Part": {"type": "object", "properties": {}, "required": []}}}),
            "parts[].size: field removed",
        ),
        (changed(properties={"two": {"type": "array", "prefixItems": [{"type": "integer"}]}}), "two: 2 items became 1"),
        (
            changed(properties={"labels": {"type": "object", "additionalProperties": {"type": "integer"}}}),
            "labels[]: type changed from string to integer",
        ),
    ],
)
def test_a_breaking_change_is_named(new: dict[str, Any], said: str) -> None:
    assert any(sentence.startswith(said) for sentence in breaking_changes(OLD, new)), breaking_changes(OLD, new)


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        changed(properties={"new": {"type": "string"}}),
        changed(properties={"kind": {"type": "string", "enum": ["a", "b", "c"]}}),
        changed(properties={"kind": {"type": "string"}}),
        changed(required=[]),
        changed(title="Another title", description="Other words"),
    ],
)
def test_what_only_adds_breaks_nothing(new: dict[str, Any]) -> None:
    assert breaking_changes(OLD, new) == []


def test_unknown_fields_are_ignored_for_the_sake_of_newer_producers() -> None:
    raw = orjson.dumps({"url": "https://paper.example/feed", "of_the_future": [1, {"a": None}]})
    assert FeedRef.from_bytes(raw) == FeedRef(url="https://paper.example/feed")


@pytest.mark.parametrize(
    "raw", [b"", b"null", b"[]", b"{", b"\xff", b'{"url": 1}', b'{"url": "\\ud800"}', b"[" * 100_000, b'{"id": "x"}']
)
def test_what_is_no_message_raises_a_validation_error(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        FeedRef.from_bytes(raw)


def test_messages_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        FeedRef(url="a").url = "b"  # type: ignore[misc]


def test_bytes_travel_whole(make_entry: Any) -> None:
    entry = make_entry(page=bytes(range(256)))
    assert Entry.from_bytes(entry.to_bytes()).page == bytes(range(256))


UTC_TIMES = TypeAdapter(Utc)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2024-06-19T06:00:00", "soon"]
)
def test_a_time_that_has_no_utc_time_is_refused_not_raised_through(text: str) -> None:
    with pytest.raises(ValidationError):
        UTC_TIMES.validate_python(text)


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()))
def test_times_come_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    back = UTC_TIMES.validate_json(UTC_TIMES.dump_json(UTC_TIMES.validate_python(moment)))
    assert back == moment.astimezone(UTC)
    assert back.tzinfo is not None
    assert back.utcoffset() == timedelta(0)


def test_times_are_written_as_rfc_3339_with_z() -> None:
    moment = datetime.fromisoformat("2024-06-19T08:00:00+02:00")
    assert rfc3339(moment) == "2024-06-19T06:00:00Z"
    assert (
        LedgerEntry(entry_id="e", ending="same", stage="s", at=moment)
        .model_dump(mode="json")["at"]
        .endswith("06:00:00Z")
    )
    assert rfc3339(moment + timedelta(milliseconds=5)) == "2024-06-19T06:00:00.005000Z"


IDS = st.text(max_size=8)


@given(st.lists(IDS, max_size=4), st.lists(IDS, max_size=4))
def test_ids_differ_where_their_parts_do(one: list[str], other: list[str]) -> None:
    clean = [[part.replace("\x1f", "") for part in parts] for parts in (one, other)]
    if clean[0] and clean[1]:
        assert (content_id(*clean[0]) == content_id(*clean[1])) == (clean[0] == clean[1])


def test_ids_are_what_they_have_always_been() -> None:
    """An id that changes makes every stored article a new one: this test may only change with a migration."""
    assert content_id("a", "b") == "f04cdced9736a69da6103f08"
    assert article_id("https://paper.example/1") == "1d8b53f1b337c43556667c84"
    assert fingerprint("t", "x") == "d5d025a744371eca5eeae85f"
    assert alert_id("b", "a", "s") == "1909b98a8e1039a412063b0d"
    assert len(content_id("\ud800", "")) == 24


@given(IDS, IDS, IDS)
def test_an_alerts_id_does_not_depend_on_the_order_of_its_actors(one: str, other: str, story: str) -> None:
    assert alert_id(one, other, story) == alert_id(other, one, story)
