"""What every `StateLog` promises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.stage import Record


class Note(Record):
    text: str


def note(id_: str, text: str = "", group: str = "g") -> Note:
    return Note(id=id_, group=group, event_time=datetime(2026, 3, 1, tzinfo=UTC), text=text)


def test_what_is_appended_is_visible_at_once(state: Any) -> None:
    log = state.log("stage", Note)
    log.append(note("a"))
    assert log.get("a") == note("a")
    assert list(log.group("g")) == [note("a")]
    assert list(log.read()) == [note("a")]


def test_an_unknown_id_or_group_has_no_record(state: Any) -> None:
    log = state.log("stage", Note)
    assert log.get("a") is None
    assert not log.group("g")
    assert not list(log.read())


@pytest.mark.parametrize("commit_between", [False, True])
def test_the_first_record_of_an_id_wins(state: Any, commit_between: bool) -> None:
    log = state.log("stage", Note)
    log.append(note("a", "first"))
    if commit_between:
        state.commit(log)
    log.append(note("a", "second"))
    state.commit(log)
    for seen in (log, state.reopened().log("stage", Note)):
        assert seen.get("a").text == "first"
        assert [record.text for record in seen.read()] == ["first"]
        assert [record.text for record in seen.group("g")] == ["first"]


def test_records_are_read_in_the_order_in_which_they_were_appended(state: Any) -> None:
    log = state.log("stage", Note)
    for id_ in "cab":
        log.append(note(id_))
    state.commit(log)
    for id_ in "zx":
        log.append(note(id_, group="other"))
    assert [record.id for record in log.read()] == ["c", "a", "b", "z", "x"]
    assert [record.id for record in log.group("g")] == ["c", "a", "b"]
    assert [record.id for record in log.group("other")] == ["z", "x"]
    state.commit(log)
    assert [record.id for record in state.reopened().log("stage", Note).read()] == ["c", "a", "b", "z", "x"]


def test_a_group_has_what_is_committed_before_what_is_not(state: Any) -> None:
    log = state.log("stage", Note)
    log.append(note("b"))
    state.commit(log)
    log.append(note("a"))
    assert [record.id for record in log.group("g")] == ["b", "a"]


def test_what_was_not_committed_is_not_durable_and_can_be_abandoned(state: Any) -> None:
    log = state.log("stage", Note)
    log.append(note("a"))
    assert state.reopened().log("stage", Note).get("a") is None
    state.abandon(log)
    assert log.get("a") is None
    state.commit(log)
    assert not list(state.reopened().log("stage", Note).read())


def test_an_abandoned_id_can_be_judged_anew(state: Any) -> None:
    log = state.log("stage", Note)
    log.append(note("a", "first"))
    state.abandon(log)
    log.append(note("a", "second"))
    state.commit(log)
    assert state.reopened().log("stage", Note).get("a").text == "second"


def test_committing_again_writes_nothing_twice(state: Any) -> None:
    log = state.log("stage", Note)
    log.append(note("a"))
    state.commit(log)
    state.commit(log)
    assert len(list(log.read())) == 1


def test_stages_do_not_see_each_others_records(state: Any) -> None:
    one, other = state.log("one", Note), state.log("other", Note)
    one.append(note("a", "mine"))
    state.commit(one)
    other.append(note("a", "yours"))
    state.commit(other)
    assert (one.get("a").text, other.get("a").text) == ("mine", "yours")
    assert len(list(one.read())) == len(one.group("g")) == 1


def test_a_record_comes_back_as_it_was(state: Any) -> None:
    strange = note("a:ü\x00", "東京 🙂 \x00 \n", group="‮")
    log = state.log("stage", Note)
    log.append(strange)
    state.commit(log)
    assert state.reopened().log("stage", Note).get(strange.id) == strange
