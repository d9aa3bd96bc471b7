from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.contracts import Copy, alert_id, content_id
from shared.contracts.ids import article_id

Build = Callable[..., Any]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAIR = ("ann", "bob")


def test_the_second_owners_story_of_a_pair_that_never_was_opens_an_alert(room: Any, noon: datetime) -> None:
    assert room.story(PAIR, noon, "one", url="https://one.example/first") == []
    (alert,) = room.story(PAIR, noon + HOUR, "two", url="https://two.example/second", language="de")
    assert (alert.alert_class, alert.tier, alert.status, alert.version) == ("NEVER", "CONFIRMED", "open", 1)
    assert [(actor.id, actor.name) for actor in alert.actors] == [("ann", "Ann"), ("bob", "Bob")]
    assert (alert.stories, alert.observed, alert.owners, alert.languages) == (2, 2, ("one", "two"), ("en", "de"))
    assert (alert.window.start, alert.window.end) == (noon, noon + HOUR)
    assert alert.score >= room.figures.min_score
    assert alert.expected < 1
    assert alert.horizon_days >= 30
    assert alert.last_together is None
    assert [evidence.url for evidence in alert.evidence] == ["https://one.example/first", "https://two.example/second"]
    assert {evidence.snippet for evidence in alert.evidence} == {"Some text."}
    story = content_id("story", article_id("https://one.example/first"))
    assert alert.id == alert_id("ann", "bob", story)


def test_one_owner_is_not_enough_however_much_it_writes(room: Any, noon: datetime) -> None:
    for hour in range(6):
        assert room.story(PAIR, noon + hour * HOUR, "one") == []


def test_copies_in_forty_papers_are_one_story(room: Any, noon: datetime) -> None:
    for number in range(40):
        copy = Copy(copy_of="origin", copy_kind="exact") if number else None
        alerts = room.story(PAIR, noon + number * timedelta(minutes=5), f"owner {number}", story="s", copy=copy)
        assert alerts == []
    (alert,) = room.story(PAIR, noon + 5 * HOUR, "another")
    assert (alert.stories, len(alert.evidence), alert.owners) == (2, 2, ("owner 0", "another"))


def test_a_revision_is_no_new_story(room: Any, noon: datetime, make_clustered: Build) -> None:
    room.story(PAIR, noon, "one")
    for revision in (1, 2, 3):
        message = make_clustered(
            "https://two.example/", PAIR, at=noon + HOUR, owner="two", copy=Copy(revision=revision)
        )
        assert len(room.tell(message)) == (revision == 1)


def test_an_open_alert_is_updated_and_not_repeated(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    (first,) = room.story(PAIR, noon + HOUR, "two")
    seen = [first]
    for number in range(3, 8):
        (later,) = room.story(PAIR, noon + number * HOUR, f"owner {number}")
        seen.append(later)
    assert {alert.id for alert in seen} == {first.id}
    assert [alert.version for alert in seen] == [1, 2, 3, 4, 5, 6]
    assert [alert.stories for alert in seen] == [2, 3, 4, 5, 6, 7]
    assert all(alert.alert_class == "NEVER" for alert in seen)
    last = seen[-1]
    assert len(last.owners) == len(last.evidence) == 7
    assert (last.window.start, last.window.end) == (noon, noon + 7 * HOUR)
    assert [later.score >= earlier.score for earlier, later in itertools.pairwise(seen)] == [True] * 5


def test_an_alert_without_new_stories_is_closed_by_whatever_comes_later(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    (opened,) = room.story(PAIR, noon + HOUR, "two")
    assert room.story(("cid",), noon + HOUR + 7 * DAY) == []
    for _ in range(2):
        assert room.story(("cid",), noon + HOUR + 7 * DAY + timedelta(seconds=1)) == [], "one wrong date closes nothing"
    (closed,) = [*room.story(("cid",), noon + HOUR + 8 * DAY), *room.story(("cid",), noon + HOUR + 8 * DAY)]
    assert (closed.id, closed.version, closed.status) == (opened.id, 2, "closed")
    assert closed.evidence == opened.evidence
    assert room.story(("dan",), noon + 9 * DAY) == []


def test_what_an_alert_has_just_told_is_not_news_again(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    room.story(PAIR, noon + HOUR, "two")
    told: list[Any] = []
    for number in range(6):
        told += room.story(PAIR, noon + 9 * DAY + number * HOUR, f"owner {number}")
    assert [alert.status for alert in told] == ["closed"]


def test_a_straggler_after_the_end_does_not_open_the_alert_again(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    (opened,) = room.story(PAIR, noon + HOUR, "two")
    for _ in range(4):
        room.story(("cid",), noon + 8 * DAY)
    assert room.story(PAIR, noon + 2 * HOUR, "three") == []
    assert room.story(PAIR, noon + 6 * DAY, "four") == []
    ids = [alert.id for record in room.log.read() for alert in record.alerts if alert.version == 1]
    assert ids == [opened.id]


def test_a_story_of_long_ago_does_not_stretch_an_open_alert(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    room.story(PAIR, noon + HOUR, "two")
    assert room.story(PAIR, noon - 40 * DAY, "archive") == []
    (alert,) = room.story(PAIR, noon + 2 * HOUR, "three")
    assert (alert.window.start, alert.stories) == (noon, 3)


def test_a_story_from_shortly_before_belongs_to_the_alert(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon, "one")
    (opened,) = room.story(PAIR, noon + HOUR, "two")
    (alert,) = room.story(PAIR, noon - HOUR, "slow")
    assert alert.id == opened.id, "its id is that of the story that it began with"
    assert (alert.window.start, alert.window.end, alert.stories) == (noon - HOUR, noon + HOUR, 3)
    assert [evidence.owner for evidence in alert.evidence] == ["slow", "one", "two"]


def test_stories_that_come_in_the_wrong_order_count_at_their_own_time(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon + 3 * HOUR, "late")
    assert room.story(PAIR, noon, "early") == [], "nothing that is to come counts for what was"
    (alert,) = room.story(PAIR, noon + 4 * HOUR, "third")
    assert [evidence.owner for evidence in alert.evidence] == ["early", "late", "third"]


def test_a_pair_that_was_together_before_is_not_new(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon - 20 * DAY, "one")
    assert room.story(PAIR, noon, "two") == []
    assert room.story(PAIR, noon + HOUR, "three") == []


def test_a_pair_of_long_ago_is_rare_and_one_of_lately_surges(newsroom: Build, noon: datetime) -> None:
    for days_ago, found in ((45, "RARE"), (20, "SURGE")):
        opened = newsroom(surge_score=1.0)
        opened.past(noon)
        opened.story(PAIR, noon - days_ago * DAY, "one")
        told: list[Any] = []
        for number in range(4):
            told += opened.story(PAIR, noon + number * HOUR, f"owner {number}")
        assert {alert.alert_class for alert in told} == {found}
        assert told[0].last_together == noon - days_ago * DAY
        assert told[0].stories >= opened.figures.surge_stories


def test_never_goes_before_a_surge_of_a_narrower_window(newsroom: Build, noon: datetime) -> None:
    """Three days ago one paper had it, today it has it twice more and another paper, too: the week says never before."""
    opened = newsroom(surge_score=0.1)
    opened.past(noon)
    for at in (noon - 3 * DAY, noon, noon + HOUR):
        assert opened.story(PAIR, at, "one") == []
    (alert,) = opened.story(PAIR, noon + 2 * HOUR, "two")
    assert alert.alert_class == "NEVER"
    assert alert.stories == 4


@pytest.mark.parametrize("unknown", ["after few stories", "after few days", "never seen"])
def test_an_actor_that_is_not_known_makes_no_alert(newsroom: Build, noon: datetime, unknown: str) -> None:
    opened = newsroom()
    opened.past(noon, actors=("ann",))
    if unknown == "after few stories":
        for day in (50, 40, 30, 20):
            opened.story(("bob",), noon - day * DAY)
    elif unknown == "after few days":
        for hour in range(20):
            opened.story(("bob",), noon - 13 * DAY + hour * HOUR)
    opened.story(PAIR, noon, "one")
    assert opened.story(PAIR, noon + HOUR, "two") == []


def test_stories_of_the_window_itself_make_nobody_known(newsroom: Build, noon: datetime) -> None:
    opened = newsroom()
    opened.past(noon, actors=("ann",))
    opened.story(("bob",), noon - 20 * DAY)
    for hour in range(10):
        opened.story(("bob",), noon - DAY + hour * HOUR)
    opened.story(PAIR, noon, "one")
    assert opened.story(PAIR, noon + HOUR, "two") == []


@pytest.mark.parametrize(("days", "opens"), [(25, False), (45, True)])
def test_never_needs_a_history_as_long_as_the_horizon(newsroom: Build, noon: datetime, days: int, opens: bool) -> None:
    opened = newsroom()
    opened.past(noon, days=days)
    opened.story(PAIR, noon, "one")
    assert bool(opened.story(PAIR, noon + HOUR, "two")) == opens


def test_a_few_articles_with_old_dates_make_no_history(newsroom: Build, noon: datetime) -> None:
    opened = newsroom()
    for year in range(5):
        opened.story(("other",), noon - 300 * DAY + year * DAY)
    opened.past(noon, days=25)
    opened.story(PAIR, noon, "one")
    assert opened.story(PAIR, noon + HOUR, "two") == []


def test_in_a_roundup_only_the_pair_of_the_headline_is_together(
    newsroom: Build, noon: datetime, make_actor: Build
) -> None:
    room = newsroom(min_score=0.5)
    room.past(noon)
    crowd = [make_actor(name) for name in ("p", "q", "r", "s", "t", "u")]
    room.story((*PAIR, *crowd), noon, "one")
    assert room.story((*PAIR, *crowd), noon + HOUR, "two") == []
    headline = [make_actor(name, [0, 2]) for name in PAIR]
    room.story((*headline, *crowd), noon + 2 * HOUR, "three")
    (alert,) = room.story((*headline, *crowd), noon + 3 * HOUR, "four")
    assert {actor.id for actor in alert.actors} == set(PAIR)
    assert alert.stories == 2, "the roundups do not count for it"


def test_a_headline_of_many_names_is_a_roundup_too(room: Any, noon: datetime, make_actor: Build) -> None:
    crowd = [make_actor(name, [0]) for name in (*PAIR, "p", "q", "r", "s", "t", "u")]
    room.story(crowd, noon, "one")
    assert room.story(crowd, noon + HOUR, "two") == []


def test_an_uncertain_link_makes_no_pair(room: Any, noon: datetime, make_actor: Build) -> None:
    unsure = make_actor("bob", confidence=0.59)
    room.story(("ann", unsure), noon, "one")
    assert room.story(("ann", unsure), noon + HOUR, "two") == []


@pytest.mark.parametrize("odd", [{"role": "source"}, {"type": "place"}])
def test_sources_and_places_make_no_pairs(room: Any, noon: datetime, make_actor: Build, odd: dict[str, str]) -> None:
    other = make_actor("bob", **odd)
    room.story(("ann", other), noon, "one")
    assert room.story(("ann", other), noon + HOUR, "two") == []
    assert all(not record.pairs for record in list(room.log.read())[-2:])


def test_without_one_sentence_with_both_it_is_provisional_until_there_is_one(
    room: Any, noon: datetime, make_actor: Build
) -> None:
    apart = (make_actor("ann", [0]), make_actor("bob", [1]))
    room.story(apart, noon, "one", title="Headline")
    (alert,) = room.story(apart, noon + HOUR, "two", title="Headline")
    assert alert.tier == "PROVISIONAL"
    assert {evidence.snippet for evidence in alert.evidence} == {"Headline"}
    assert not any(evidence.same_sentence for evidence in alert.evidence)
    (confirmed,) = room.story(PAIR, noon + 2 * HOUR, "three")
    assert (confirmed.id, confirmed.tier) == (alert.id, "CONFIRMED")


def test_the_days_budget_bounds_new_alerts_not_updates(newsroom: Build, noon: datetime) -> None:
    opened = newsroom(daily_budget=2, false_discovery=10.0, min_score=0.1)
    opened.past(noon)
    pairs = [("ann", "bob"), ("bob", "cid"), ("cid", "dan"), ("dan", "eve")]
    told: list[Any] = []
    for number, pair in enumerate(pairs):
        for owner in range(2):
            told += opened.story(
                pair, noon + number * timedelta(minutes=9) + owner * timedelta(minutes=1), f"owner {owner}"
            )
    assert len(told) == 2
    (updated,) = opened.story(pairs[0], noon + 2 * HOUR, "owner 3")
    assert updated.version == 2
    assert len(opened.story(pairs[3], noon + DAY, "owner 4")) == 1, "the next day has a budget of its own"


def test_many_looks_make_chance_finds_and_need_a_higher_score(newsroom: Build, noon: datetime) -> None:
    for allowed, opens in ((0.1, True), (1e-9, False)):
        opened = newsroom(false_discovery=allowed)
        opened.past(noon)
        opened.story(PAIR, noon, "one")
        assert bool(opened.story(PAIR, noon + HOUR, "two")) == opens


def test_a_low_score_opens_nothing(newsroom: Build, noon: datetime) -> None:
    opened = newsroom(min_score=50.0)
    opened.past(noon)
    opened.story(PAIR, noon, "one")
    assert opened.story(PAIR, noon + HOUR, "two") == []


def test_old_items_of_a_first_poll_are_history_and_raise_no_alert(room: Any, noon: datetime) -> None:
    room.story(PAIR, noon - 10 * DAY, "one", history=True)
    assert room.story(PAIR, noon - 10 * DAY + HOUR, "two", history=True) == []
    assert room.story(PAIR, noon, "three") == []
    assert room.story(PAIR, noon + HOUR, "four") == [], "they were together ten days ago"


def test_replayed_in_any_order_only_the_newest_version_is_told(
    room: Any, noon: datetime, make_clustered: Build
) -> None:
    messages = [
        make_clustered(f"https://p{number}.example/", PAIR, at=noon + number * HOUR, owner=f"owner {number}")
        for number in range(5)
    ]
    first = {message.article.id: room.tell(message) for message in messages}
    assert [len(alerts) for alerts in first.values()] == [0, 1, 1, 1, 1]
    records = dict(room.log.bodies)
    newest = first[messages[-1].article.id]
    for message in random.Random(5).sample(messages, 5):
        assert room.tell(message) == (newest if message is messages[-1] else []), (
            "whoever keeps the last has the newest"
        )
    assert room.log.bodies == records


def test_a_restart_between_any_two_stories_changes_nothing(newsroom: Build, noon: datetime) -> None:
    def played(restart_at: frozenset[int]) -> list[Any]:
        room = newsroom(
            false_discovery=100.0, known_stories=1, horizon=5 * DAY, min_score=0.1, surge_score=0.1, close_after=DAY
        )
        room.past(noon, days=20)
        chance, told = random.Random(11), []
        for number in range(60):
            if number in restart_at:
                room = room.restarted()
            actors = chance.sample(["ann", "bob", "cid", "dan", "eve"], chance.choice([1, 2, 2, 3]))
            at = noon + timedelta(hours=4 * number - chance.choice([0, 0, 0, 30]))
            told += room.story(actors, at, f"owner {chance.randrange(4)}")
        return told

    expected = played(frozenset())
    assert len({alert.id for alert in expected}) >= 2
    assert any(alert.status == "closed" for alert in expected)
    assert played(frozenset(range(60))) == expected
    assert played(frozenset({7, 31})) == expected


def test_never_more_than_one_open_alert_per_pair_and_versions_without_gaps(newsroom: Build, noon: datetime) -> None:
    room = newsroom(
        false_discovery=1.0, known_stories=0, known_for=timedelta(0), horizon=2 * DAY, min_score=0.0, surge_score=0.0
    )
    room.past(noon, days=12)
    chance = random.Random(23)
    open_now: dict[tuple[str, ...], str] = {}
    versions: dict[str, int] = {}
    for number in range(300):
        actors = chance.sample(["ann", "bob", "cid", "dan"], 2)
        at = noon + timedelta(hours=6 * number + chance.randrange(-60, 60))
        for alert in room.story(actors, at, f"owner {chance.randrange(3)}"):
            assert alert.version == versions.get(alert.id, 0) + 1
            versions[alert.id] = alert.version
            pair = tuple(actor.id for actor in alert.actors)
            if alert.status == "open":
                assert open_now.setdefault(pair, alert.id) == alert.id
            else:
                del open_now[pair]
            assert len({evidence.article_id for evidence in alert.evidence}) == len(alert.evidence)
            assert alert.window.start <= alert.window.end
    assert len(versions) > 3


def test_a_story_of_an_ended_alert_never_begins_another(newsroom: Build, noon: datetime) -> None:
    """Even with a horizon that is shorter than the window: the second alert would have the first one's id."""
    opened = newsroom(horizon=2 * DAY)
    opened.past(noon)
    opened.story(PAIR, noon, "one")
    (alert,) = opened.story(PAIR, noon + HOUR, "two")
    opened.story(("cid",), noon + 8 * DAY)
    told = opened.story(PAIR, noon + 5 * DAY, "a straggler of days")
    assert [other.id for other in told if other.version == 1] == []
    assert alert.version == 1
