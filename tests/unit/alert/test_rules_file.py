"""The user's rules: what they say, what is refused, and which pairs they are about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.alert.rules import AlertRules, Selection
from services.alert.rules_file import read_channels, read_rules
from shared.contracts import Topic
from shared.errors import Misuse

Build = Callable[..., Any]
DEFAULT = AlertRules()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], AlertRules]:
    def build(text: str) -> AlertRules:
        path = tmp_path / "alert-rules.toml"
        path.write_text(text, "utf-8")
        return read_rules(path, DEFAULT)

    return build


def test_an_empty_file_changes_nothing(read: Any) -> None:
    assert read("") == DEFAULT


def test_rules_go_before_the_one_for_all_pairs_and_say_what_differs(read: Any) -> None:
    rules = read(
        """
        daily_budget = 5
        min_confidence = 0.8
        dispersion = 2.5
        history_days = 90

        [figures]
        min_score = 3.0
        windows_hours = [12, 48]

        [[rule]]
        name = "korea"
        watchlist = ["kim-jong-un"]
        countries = ["KP", "KR"]
        topics = ["medtop:11000000"]
        types = ["person"]
        min_owners = 3
        known_days = 3
        close_days = 1.5
        half_life_days = 10
        channels = ["desk"]

        [renamed]
        "?kim-jong-un" = "kim-jong-un"

        [[channel]]
        name = "desk"
        """
    )
    korea, last = rules.rules
    assert (korea.name, last.name) == ("korea", "new-pair")
    assert korea.selection == Selection(
        watchlist=frozenset({"kim-jong-un"}),
        countries=frozenset({"KP", "KR"}),
        topics=frozenset({"medtop:11000000"}),
        types=frozenset({"person"}),
    )
    assert korea.channels == ("desk",)
    assert (korea.figures.min_owners, korea.figures.min_score, korea.figures.half_life_days) == (3, 3.0, 10)
    assert (korea.figures.known_for, korea.figures.close_after) == (timedelta(days=3), timedelta(days=1.5))
    assert korea.figures.windows == last.figures.windows == (timedelta(hours=12), timedelta(hours=48))
    assert (last.figures.min_owners, last.figures.min_score) == (2, 3.0)
    assert (rules.daily_budget, rules.min_confidence, rules.dispersion) == (5, 0.8, 2.5)
    assert rules.history == timedelta(days=90)
    assert rules.renamed == {"?kim-jong-un": "kim-jong-un"}


def test_without_the_default_rule_only_the_users_are_left(read: Any) -> None:
    rules = read('default_rule = false\n[[rule]]\nname = "one"')
    assert [rule.name for rule in rules.rules] == ["one"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = 1", "x: is nothing that can be said here"),
        ('[[rule]]\nname = "a"\nwatch_list = ["b"]', "rule.0.watch_list: is nothing"),
        ("[[rule]]\nmin_score = 2.0", "rule.0.name: Field required"),
        ('[[rule]]\nname = "With Space"', "rule.0.name"),
        ('[[rule]]\nname = "a"\ncountries = ["Korea"]', "rule.0.countries.0"),
        ('[[rule]]\nname = "a"\ntopics = ["politics"]', "rule.0.topics.0"),
        ('[[rule]]\nname = "a"\ntypes = ["people"]', "rule.0.types.0"),
        ('[[rule]]\nname = "a"\n[[rule]]\nname = "a"', "two rules are named a"),
        ('[[rule]]\nname = "new-pair"', "two rules are named new-pair"),
        ("default_rule = false", "no rule is left"),
        ('[[rule]]\nname = "a"\nand_watchlist = ["b"]', "give a `watchlist`, too"),
        ('[[rule]]\nname = "a"\nplaces = true', "give a `watchlist`"),
        ("[figures]\nwindows_hours = []", "figures.windows_hours"),
        ("[figures]\nmin_owners = 0", "figures.min_owners"),
        ('[figures]\nmin_score = "high"', "figures.min_score"),
        ("[figures]\nfalse_discovery = 2.0", "figures.false_discovery"),
        ("daily_budget = inf", "daily_budget"),
        ("dispersion = inf", "dispersion"),
        ("dispersion = 1e7", "dispersion"),
        ("[figures]\nmin_score = inf", "figures.min_score"),
        ("history_days = 20", "horizon_days is longer than history_days"),
        ("[figures]\nknown_days = 400", "known_days is longer"),
        ("[figures]\nwindows_hours = [9000]", "windows_hours must be shorter"),
        ('[[rule]]\nname = "a"\nchannels = ["nope"]', "no [[channel]] is named nope"),
        ('[[rule]]\nname = "a"\ncountries = ["UK"]', "UK is no country"),
        ('[[rule]]\nname = "a"\ntypes = ["place"]', "write `places = true`"),
        ('[[rule]]\nname = "a"\nlanguages = ["English"]', "rule.0.languages.0"),
        ('[renamed]\na = "b"\nb = "c"', "b is renamed itself"),
        ("= 1", "no TOML"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(read: Any, text: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=r"alert-rules\.toml") as caught:
        read(text)
    assert complaint in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"nowhere\.toml: No such file"):
        read_rules(tmp_path / "nowhere.toml", DEFAULT)


def test_a_watchlist_knows_renamed_actors_by_both_ids(read: Any) -> None:
    rules = read(
        '[[rule]]\nname = "a"\nwatchlist = ["old", "other"]\nchannels = ["alertmanager"]\n[renamed]\nold = "new"'
    )
    assert rules.rules[0].selection.watchlist == {"new", "other"}


def test_channels_are_handed_on_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[channel]]\nname = "desk"\ntype = "webhook"\n')
    assert read_channels(path) == [{"name": "desk", "type": "webhook"}]


@pytest.mark.parametrize(
    ("selection", "admits"),
    [
        (Selection(), True),
        (Selection(watchlist=frozenset({"ann"})), True),
        (Selection(watchlist=frozenset({"cid"})), False),
        (Selection(watchlist=frozenset({"ann"}), and_watchlist=frozenset({"acme"})), True),
        (Selection(watchlist=frozenset({"ann"}), and_watchlist=frozenset({"ann"})), False),
        (Selection(types=frozenset({"person"})), False),
        (Selection(types=frozenset({"person", "organisation"})), True),
        (Selection(countries=frozenset({"FR"})), True),
        (Selection(countries=frozenset({"DE"})), False),
        (Selection(topics=frozenset({"medtop:11000000"})), True),
        (Selection(topics=frozenset({"medtop:15000000"})), False),
        (Selection(languages=frozenset({"en"})), True),
        (Selection(languages=frozenset({"ru"}), watchlist=frozenset({"ann"})), False),
    ],
)
def test_a_rule_is_about_the_pairs_that_it_names(
    make_clustered: Build, make_actor: Build, selection: Selection, admits: bool
) -> None:
    ann = make_actor("ann").model_copy(update={"country": "FR"})
    acme = make_actor("acme", type="organisation")
    message = make_clustered(actors=(ann, acme))
    topics = (Topic(id="medtop:11000000", name="politics", score=0.9),)
    message = message.model_copy(update={"enrichment": message.enrichment.model_copy(update={"topics": topics})})
    assert selection.admits(ann, acme, message) == selection.admits(acme, ann, message) == admits
