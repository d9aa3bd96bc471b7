from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dead_letters import DeadLetterLimit, dead_letter_id
from shared.errors import NotAvailable, StageStopped


def stops_after(limit: DeadLetterLimit, outcomes: list[bool]) -> int | None:
    for number, dead in enumerate(outcomes, 1):
        try:
            limit.count(dead=dead)
            limit.check()
        except StageStopped:
            return number
    return None


def test_a_message_has_one_dead_letter_per_stage() -> None:
    assert dead_letter_id("a", "t", 0, 1) == dead_letter_id("a", "t", 0, 1)
    ids = {
        dead_letter_id(*parts)
        for parts in [("a", "t", 0, 1), ("b", "t", 0, 1), ("a", "u", 0, 1), ("a", "t", 1, 1), ("a", "t", 0, 2)]
    }
    assert len(ids) == 5


def test_a_share_above_the_limit_stops_once_enough_was_seen() -> None:
    assert stops_after(DeadLetterLimit("s"), [True] * 300) == 200
    assert stops_after(DeadLetterLimit("s"), [False, True] * 500) is None
    assert stops_after(DeadLetterLimit("s"), [False, True] * 250 + [True] * 20) is not None


def test_a_few_hostile_messages_never_stop_a_stage() -> None:
    assert stops_after(DeadLetterLimit("s"), ([True] * 30 + [False] * 70) * 50) is None


def test_what_is_long_past_does_not_count() -> None:
    limit = DeadLetterLimit("s", share=0.5, window=10, minimum=4)
    assert stops_after(limit, [False] * 10) is None
    assert stops_after(limit, [True] * 10) == 6


def test_stopping_is_an_error_that_a_person_can_act_on() -> None:
    limit = DeadLetterLimit("enrich", minimum=1)
    limit.count(dead=True)
    with pytest.raises(StageStopped, match="newsloom dlq list --stage enrich") as stopped:
        limit.check()
    assert isinstance(stopped.value, NotAvailable)
    assert stopped.value.exit_code == 3


@given(st.lists(st.booleans(), max_size=60), st.floats(0.1, 1), st.integers(1, 10), st.integers(1, 10))
def test_it_stops_exactly_when_the_last_messages_say_so(
    outcomes: list[bool], share: float, window: int, minimum: int
) -> None:
    def stopped(number: int) -> bool:
        recent = outcomes[max(0, number - window) : number]
        return len(recent) >= minimum and sum(recent) > share * len(recent)

    expected = next((number for number in range(1, len(outcomes) + 1) if stopped(number)), None)
    assert stops_after(DeadLetterLimit("s", share=share, window=window, minimum=minimum), outcomes) == expected
