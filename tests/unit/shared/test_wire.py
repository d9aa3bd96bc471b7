"""Dead letters as messages: whatever the message was, it comes back as it came."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import DeadLetter
from shared.pipeline import OF_ENTRIES, STAGES
from shared.wire import dead_letter_headers, dead_letter_of

any_text = st.text(alphabet=st.characters(exclude_categories=("Cs",)))
names = any_text.filter(lambda name: not name.startswith("dlq_"))
letters = st.builds(
    DeadLetter,
    id=any_text,
    stage=st.sampled_from(STAGES),
    code=any_text,
    error=any_text,
    attempts=st.integers(0, 99),
    topic=st.sampled_from(sorted(OF_ENTRIES)) | st.just(""),
    partition=st.integers(0, 2**31),
    offset=st.integers(0, 2**63),
    key=any_text,
    headers=st.dictionaries(names, any_text, max_size=5),
    value=st.binary(max_size=200),
    entry_id=st.none() | any_text.filter(bool),
    at=st.datetimes(timezones=st.just(UTC)),
)


@given(letter=letters)
def test_a_letter_comes_back_as_it_was(letter: DeadLetter) -> None:
    headers = dead_letter_headers(letter)
    travelled = {name.encode(): value.encode() for name, value in headers.items()}
    received = {name.decode(): value.decode() for name, value in travelled.items()}
    assert dead_letter_of(letter.key, received, letter.value) == letter


@given(letter=letters)
def test_a_letter_carries_the_documented_headers_beside_its_messages_own(letter: DeadLetter) -> None:
    headers = dead_letter_headers(letter)
    documented = {f"dlq_{name}" for name in "stage code error attempts topic partition offset".split()}
    assert documented <= headers.keys()
    assert headers.items() >= letter.headers.items()


def test_a_letter_about_a_letter_says_why_it_was_the_last_time() -> None:
    """A message that was replayed by other means than ours may still carry headers of its first death."""
    again = DeadLetter(
        id="new",
        stage="enrich",
        code="ValueError",
        error="",
        attempts=1,
        topic="news.unique.v1",
        partition=0,
        offset=9,
        key="k",
        headers={"dlq_code": "old", "dlq_id": "old", "ce_id": "entry"},
        value=b"",
        entry_id="entry",
        at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    back = dead_letter_of("k", dead_letter_headers(again), b"")
    assert (back.id, back.code, back.headers) == ("new", "ValueError", {"ce_id": "entry"})


@pytest.mark.parametrize("missing", ["dlq_id", "dlq_stage", "dlq_at", "dlq_entry_id"])
def test_what_lacks_a_header_is_no_letter(missing: str) -> None:
    with pytest.raises(KeyError):
        dead_letter_of("k", {name: "1" for name in ALL if name != missing}, b"")


@pytest.mark.parametrize(("name", "value"), [("dlq_attempts", "many"), ("dlq_offset", ""), ("dlq_at", "yesterday")])
def test_what_has_an_odd_header_is_no_letter(name: str, value: str) -> None:
    whole = dict.fromkeys(ALL, "1") | {"dlq_at": "2026-03-01T12:00:00Z"}
    assert dead_letter_of("k", whole, b"")
    with pytest.raises(ValueError, match=r".+"):
        dead_letter_of("k", whole | {name: value}, b"")


ALL = [f"dlq_{name}" for name in "id stage code error attempts topic partition offset entry_id at".split()]
