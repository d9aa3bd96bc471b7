"""The counts, against the same counts made by looking at everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alert import history as module
from services.alert.history import History
from services.alert.pair_stories import Shown
from services.alert.verdict import AlertVerdict, TogetherIn
from shared import sorted_runs as runs
from shared.contracts import Evidence

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
WIDE = timedelta(days=10_000)


def record(number: int, story: str, day: int, actors: str, same_sentence: bool = True) -> AlertVerdict:
    """`actors` are letters; every two of them are together."""
    evidence = Evidence(
        article_id=f"article {number}",
        url="u",
        title="t",
        source="s",
        owner="o",
        language="en",
        published=None,
        snippet="x",
        same_sentence=same_sentence,
    )
    ordered = sorted(set(actors))
    pairs = [(one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :]]
    return AlertVerdict(
        id=f"{number}:1",
        group=str(number),
        event_time=START + day * DAY,
        story=story,
        owner=f"owner {number}",
        actors=tuple(ordered),
        pairs=tuple(TogetherIn(first=one, second=other, evidence=evidence) for one, other in pairs),
    )


RECORDS = st.lists(st.tuples(st.sampled_from("stuvwxyz"), st.integers(0, 20), st.text("abc", max_size=3)), max_size=30)


@pytest.mark.parametrize("few", [0, 64], ids=["as arrays", "as lists"])
@settings(max_examples=150, deadline=None)
@given(RECORDS, st.integers(1, 8), st.integers(-1, 21), st.integers(-1, 21), st.sets(st.integers(0, 29)))
def test_counts_are_those_of_the_newest_stories_of_the_log(
    few: int, told: list[tuple[str, int, str]], capacity: int, one: int, other: int, stored: set[int]
) -> None:
    """Small, so that arrays are sorted and merged all the time."""
    with patch.object(module, "_FEW", few), patch.object(runs, "FRESH", 5 if few == 0 else runs.FRESH):
        check_counts(told, capacity, one, other, stored)


def check_counts(told: list[tuple[str, int, str]], capacity: int, one: int, other: int, stored: set[int]) -> None:
    start, end = sorted((one, other))
    history = History(capacity)
    kept: dict[str, tuple[int, set[str], set[tuple[str, str]]]] = {}
    for number, (story, day, actors) in enumerate(told):
        if number in stored:
            history = History.of({name: column.copy() for name, column in history.columns().items()}, capacity)
        history.add(record(number, story, day, actors))
        _, seen, pairs = kept.setdefault(story, (day, set(), set()))
        seen |= set(actors)
        pairs |= {(first, second) for first in actors for second in actors if first < second}
        if len(kept) > capacity:
            del kept[next(iter(kept))]
    low, high = START + start * DAY, START + end * DAY
    inside = {story: rest for story, (day, *rest) in kept.items() if start < day <= end}
    assert history.story_count(low, high) == len(inside)
    for actor in "abc":
        assert history.actor_count(actor, low, high) == sum(actor in actors for actors, _ in inside.values())
        days = sorted(day for day, actors, _ in kept.values() if actor in actors and day >= start)
        assert history.actor_since(actor, low) == (START + days[0] * DAY if days else None)
    for pair in (("a", "b"), ("a", "c"), ("b", "c")):
        together = history.together(pair, low, high)
        assert sorted(told.story for told in together) == sorted(s for s, (_, pairs) in inside.items() if pair in pairs)
        assert [told.at for told in together] == sorted(told.at for told in together)
        stories = history.pairs([pair])[pair]
        assert together == stories.between(low, high)
        assert [told.at for told in together] == stories.times(low, high)
        for story in "stuvwxyz":
            assert history.has(story, pair) == (story in kept and pair in kept[story][2])


def test_what_is_forgotten_leaves_nothing_behind() -> None:
    history = History(capacity=5)
    for number in range(200):
        history.add(record(number, f"story {number}", number, chr(0x4E00 + number) + chr(0x5E00 + number)))
    assert len(history) == len(history._times) == 5
    assert len(history._actor_times) <= 4 * 5
    assert len(history._stories._at) <= 2 * 5
    assert history._stories.end == 200, "places are not given twice"


def test_a_copy_belongs_to_the_time_and_owner_that_its_story_began_with() -> None:
    history = History(10)
    history.add(record(1, "s", 3, "a"))
    history.add(record(2, "s", 9, "ab"))
    seen = history.seen("s")
    assert seen
    assert (seen.at, seen.owner, seen.actors) == (START + 3 * DAY, "owner 1", {"a", "b"})
    assert [told.at for told in history.together(("a", "b"), START, START + WIDE)] == [START + 3 * DAY]


def test_a_sentence_with_both_is_better_evidence_than_none() -> None:
    history = History(10)
    history.add(record(1, "s", 1, "ab", same_sentence=False))
    history.add(record(2, "s", 2, "ab", same_sentence=True))
    history.add(record(3, "s", 3, "ab", same_sentence=True))
    (told,) = history.together(("a", "b"), START, START + WIDE)
    assert told.close
    assert told.shown == history.shown("s", ("a", "b")) == Shown("2:1", True)


def test_the_history_held_begins_after_the_last_long_gap() -> None:
    history = History(1_000)
    for number, day in enumerate([-900, -899, -898, 0, 5, 11, 17, 24]):
        history.add(record(number, f"story {number}", day, "ab"))
    assert history.held(START + 24 * DAY, WIDE) == 24 * DAY, "three old items before a gap are no history"
    assert history.held(START + 24 * DAY, 10 * DAY) == 10 * DAY
    assert history.held(START + 40 * DAY, WIDE) == 40 * DAY, "an outage of two weeks ends nothing"
    assert history.held(START + 50 * DAY, WIDE) == timedelta(0), "nothing was read for nearly a month"
    assert history.held(START - 10 * DAY, WIDE) == timedelta(0), "what is to come is no history"


def test_some_wrong_dates_do_not_move_the_present() -> None:
    history = History(1_000)
    assert history.settled_now() is None
    for number, day in enumerate([0, 1, 2, 9_000, 9_001]):
        history.add(record(number, f"story {number}", day, "ab"))
    assert history.settled_now() == START + 2 * DAY
