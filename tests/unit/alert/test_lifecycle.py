"""What becomes of an alert: corrections, denials, decisions, others about the same happening, rules, and figures that can be recomputed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.alert.rules import Rule, Selection
from services.alert.surprise import expected_stories, score, tail_probability
from shared.contracts import Alert, Copy
from shared.deciding import judged, judgement_of, mute_of, span_of
from shared.errors import Misuse

Build = Callable[..., Any]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAIR = ("ann", "bob")


def opened(room: Any, noon: datetime, pair: tuple[str, str] = PAIR, **more: Any) -> Alert:
    """By two papers, within an hour."""
    first, second = "-".join(pair), "-and-".join(pair)
    room.story(pair, noon, "one", url=f"https://one.example/{first}", **more)
    (alert,) = room.story(pair, noon + HOUR, "two", url=f"https://two.example/{second}", **more)
    return alert  # type: ignore[no-any-return]


def recomputed(alert: Alert) -> None:
    """Every figure of the alert, from its evidence and its basis."""
    basis, evidence = alert.basis, alert.evidence
    assert basis is not None
    assert alert.stories == len({each.story for each in evidence}) == len(evidence)
    assert alert.owners == tuple(dict.fromkeys(each.owner for each in evidence))
    assert alert.languages == tuple(dict.fromkeys(each.language for each in evidence))
    assert alert.events == tuple(dict.fromkeys(each.event for each in evidence))
    expected = expected_stories(
        basis.first_stories, basis.second_stories, basis.all_stories, alert.observed, basis.acquaintance, basis.past
    )
    assert alert.expected == pytest.approx(expected, abs=1e-6)
    assert alert.score == pytest.approx(score(tail_probability(alert.observed, expected, basis.dispersion)), abs=2e-3)
    confirmed = len({each.owner for each in evidence}) > 1 and any(each.same_sentence for each in evidence)
    assert alert.tier == ("CONFIRMED" if confirmed else "PROVISIONAL")
    times = [each.published for each in evidence if each.published]
    assert (alert.window.start, alert.window.end) == (min(times), max(times))
    assert alert.denied == any(each.denies for each in evidence)


def test_every_figure_can_be_recomputed_from_the_evidence(room: Any, noon: datetime) -> None:
    alert = opened(room, noon)
    recomputed(alert)
    assert alert.observed == alert.stories == 2
    for number in range(2, 9):
        (alert,) = room.story(PAIR, noon + number * HOUR, f"owner {number % 4}", language="de" if number > 5 else "en")
        recomputed(alert)
    assert alert.observed <= alert.stories == 9


def test_changes_say_what_is_new(room: Any, noon: datetime, make_actor: Build) -> None:
    apart = (make_actor("ann", [1]), make_actor("bob", [2]))
    room.story(apart, noon, "one")
    told = [
        *room.story(apart, noon + HOUR, "two"),
        *room.story(apart, noon + 2 * HOUR, "two"),
        *room.story(apart, noon + 3 * HOUR, "three"),
        *room.story(apart, noon + 4 * HOUR, "three", language="fr"),
        *room.story(PAIR, noon + 5 * HOUR, "three"),
        *room.story(PAIR, noon + 6 * HOUR, "four", title="Ann denies having met Bob", language="en"),
    ]
    assert [alert.changes for alert in told] == [
        ("opened",), ("story",), ("owner",), ("language",), ("confirmed",), ("owner", "denial")
    ]  # fmt: skip
    assert [alert.denied for alert in told] == [False] * 5 + [True]
    assert [alert.tier for alert in told] == ["PROVISIONAL"] * 4 + ["CONFIRMED"] * 2


def test_a_correction_without_the_pair_takes_its_story_away(room: Any, noon: datetime, make_clustered: Build) -> None:
    alert = opened(room, noon)
    room.story(PAIR, noon + 2 * HOUR, "three")
    again = make_clustered(
        "https://two.example/ann-and-bob", ("ann",), at=noon + HOUR, owner="two", copy=Copy(revision=2)
    )
    (told,) = room.tell(again)
    assert (told.id, told.version, told.changes) == (alert.id, 3, ("corrected",))
    assert (told.stories, told.owners, told.status, told.retracted) == (2, ("one", "three"), "open", False)
    again = make_clustered("https://one.example/ann-bob", ("ann",), at=noon, owner="one", copy=Copy(revision=2))
    (told,) = room.tell(again)
    assert (told.changes, told.status, told.retracted) == (("retracted",), "closed", True), "one owner opens no alert"
    assert told.tier == "PROVISIONAL"
    assert [each.owner for each in told.evidence] == ["three"]
    view = room.restarted()._judge._view
    assert len(view.history.together(PAIR, noon - DAY, noon + DAY)) == 1
    assert view.alerts.get(PAIR) is None


def test_a_correction_that_keeps_the_pair_changes_nothing(room: Any, noon: datetime, make_clustered: Build) -> None:
    opened(room, noon)
    same = make_clustered("https://two.example/ann-and-bob", PAIR, at=noon + HOUR, owner="two", copy=Copy(revision=2))
    assert room.tell(same) == []


def test_a_copy_that_comes_after_the_correction_brings_nothing_back(
    newsroom: Build, noon: datetime, make_clustered: Build
) -> None:
    room = newsroom(min_score=0.1, false_discovery=1.0)
    room.past(noon)
    room.story(PAIR, noon, "one", url="https://one.example/1", story="s")
    again = make_clustered("https://one.example/1", ("ann",), at=noon, owner="one", copy=Copy(revision=2), story="s")
    assert room.tell(again) == []
    late = Copy(copy_of="x", copy_kind="exact")
    assert room.story(PAIR, noon + HOUR, "late", story="s", copy=late) == []
    assert room.story(PAIR, noon + 2 * HOUR, "two") == [], "the corrected story is no witness, nor is its copy"
    assert len(room.story(PAIR, noon + 3 * HOUR, "three")) == 1


def test_alerts_about_one_happening_refer_to_each_other(room: Any, noon: datetime) -> None:
    first = opened(room, noon, event="summit")
    room.story(("cid", "dan"), noon + 2 * HOUR, "one", event="summit")
    told = room.story(("cid", "dan"), noon + 3 * HOUR, "two", event="summit")
    second, referring = told
    assert (second.related, second.changes) == ((first.id,), ("opened",))
    assert (referring.id, referring.related, referring.changes) == (first.id, (second.id,), ("related",))
    other = opened(room, noon + 4 * HOUR, ("ann", "eve"), event="elsewhere")
    assert other.related == ()


def test_noise_closes_and_a_wrong_entity_retracts(newsroom: Build, noon: datetime) -> None:
    for judgement, status, retracted in (
        ("useful", "open", False), ("noise", "closed", False), ("wrong-entity", "closed", True)
    ):  # fmt: skip
        room = newsroom()
        room.past(noon)
        alert = opened(room, noon)
        (told,) = room.tell(judgement_of(alert, judgement, noon + 2 * HOUR))
        assert (told.version, told.judgement, told.status, told.retracted) == (2, judgement, status, retracted)
        assert told.changes == ("judged",)
        assert room.tell(judgement_of(alert, judgement, noon + 3 * HOUR)) == [], "nothing changes"
        more = room.story(PAIR, noon + 4 * HOUR, "three")
        assert [each.version for each in more] == ([3] if status == "open" else []), "its pair rests"


def test_a_closed_alert_can_be_judged(room: Any, noon: datetime) -> None:
    alert = opened(room, noon)
    for _ in range(4):
        room.story(("cid",), noon + 9 * DAY)
    (told,) = room.restarted().tell(judgement_of(alert, "useful", noon + 10 * DAY))
    assert (told.status, told.judgement, told.version) == ("closed", "useful", 3)


def test_a_mute_is_of_the_pair_and_ends(room: Any, noon: datetime) -> None:
    alert = opened(room, noon)
    until = noon + 20 * DAY
    (muted,) = room.tell(mute_of(alert, until, noon + 2 * HOUR))
    assert (muted.muted_until, muted.changes, muted.status) == (until, ("muted",), "open")
    (more,) = room.story(PAIR, noon + 3 * HOUR, "three")
    assert more.muted_until == until, "it goes on, unheard"
    (lifted,) = room.tell(mute_of(alert, None, noon + 4 * HOUR))
    assert lifted.muted_until is None


def test_a_new_alert_of_a_muted_pair_is_muted(newsroom: Build, noon: datetime) -> None:
    room = newsroom(horizon=timedelta(days=8), close_after=timedelta(days=2), surge_score=0.5, false_discovery=1.0)
    room.past(noon)
    alert = opened(room, noon)
    room.tell(mute_of(alert, noon + 90 * DAY, noon + 2 * HOUR))
    for day in range(1, 60):
        room.story(("cid",), noon + day * DAY)
    told = [one for n in range(4) for one in room.story(PAIR, noon + 60 * DAY + n * HOUR, f"owner {n}")]
    assert told
    assert told[0].id != alert.id
    assert {each.muted_until for each in told} == {noon + 90 * DAY}


def test_decisions_are_replayed_like_articles(room: Any, noon: datetime) -> None:
    alert = opened(room, noon)
    decision = judgement_of(alert, "noise", noon + 2 * HOUR)
    once = room.tell(decision)
    assert room.restarted().tell(decision) == once
    assert room.story(PAIR, noon + 3 * HOUR, "three") == []


def test_judgements_become_a_precision(newsroom: Build, noon: datetime) -> None:
    room = newsroom(min_score=0.1, false_discovery=1.0)
    room.past(noon)
    first = opened(room, noon)
    second = opened(room, noon, ("cid", "dan"))
    third = opened(room, noon, ("ann", "dan"))
    told = [
        *room.tell(judgement_of(first, "useful", noon + 2 * HOUR)), *room.tell(judgement_of(second, "noise", noon + 2 * HOUR))
    ]  # fmt: skip
    found = judged([*told, third])
    assert list(found) == ["NEVER CONFIRMED", "rule new-pair", "all"]
    assert (found["all"].alerts, found["all"].precision) == (3, 0.5)
    assert judged([third])["all"].precision is None


@pytest.mark.parametrize(("text", "hours"), [("90m", 1.5), ("12h", 12), ("7d", 168), ("2w", 336), (" 1.5D ", 36)])
def test_how_long_a_mute_lasts(text: str, hours: float) -> None:
    assert span_of(text) == timedelta(hours=hours)
    for wrong in ("", "7", "d", "-1d", "0h", "1y", "99999w"):
        with pytest.raises(Misuse, match="--for"):
            span_of(wrong)


def test_the_first_rule_that_admits_a_pair_gives_its_alert(newsroom: Build, noon: datetime) -> None:
    room = newsroom()
    default = room.rules.rules[0]
    strict = Rule("strict", replace(default.figures, min_owners=3), Selection(watchlist=frozenset({"ann"})), ("desk",))
    room = type(room)(
        room._make,
        replace(room.rules, rules=(strict, replace(default, selection=Selection(watchlist=frozenset({"cid"}))))),
    )
    room.past(noon)
    assert room.story(PAIR, noon, "one") == []
    assert room.story(PAIR, noon + HOUR, "two") == [], "the rule for its actor asks for three"
    (alert,) = room.story(PAIR, noon + 2 * HOUR, "three")
    assert (alert.rule, alert.channels) == ("strict", ("desk",))
    assert opened(room, noon + 3 * HOUR, ("cid", "dan")).rule == "new-pair"
    assert room.story(("bob", "eve"), noon + 5 * HOUR, "one") == []
    assert room.story(("bob", "eve"), noon + 6 * HOUR, "two") == [], "no rule is about them"


def test_each_rule_has_a_budget_of_its_own_below_that_of_the_day(newsroom: Build, noon: datetime) -> None:
    room = newsroom()
    default = room.rules.rules[0]
    one = Rule("one", replace(default.figures, daily_budget=1), Selection(watchlist=frozenset({"ann"})))
    room = type(room)(room._make, replace(room.rules, rules=(one, default), daily_budget=2))
    room.past(noon)
    assert opened(room, noon, ("ann", "bob")).rule == "one"
    assert opened(room, noon, ("ann", "cid")).rule == "new-pair", "its own is used up"
    room.story(("dan", "eve"), noon, "one")
    assert room.story(("dan", "eve"), noon + HOUR, "two") == [], "the day's is"


def test_places_count_where_a_rule_asks_for_them(newsroom: Build, noon: datetime, make_actor: Build) -> None:
    pair = ("ann", make_actor("oslo", type="place"))
    for asks in (False, True):
        room = newsroom()
        rule = replace(room.rules.rules[0], places=asks, selection=Selection(watchlist=frozenset({"ann"})))
        room = type(room)(room._make, replace(room.rules, rules=(rule,)))
        room.past(noon)
        for day in range(50, 20, -3):
            room.story((pair[1],), noon - day * DAY)
        room.story(pair, noon, "one")
        assert bool(room.story(pair, noon + HOUR, "two")) == asks
