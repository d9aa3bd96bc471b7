"""What rules name that nobody has is said in a few lines, however much it is."""

from __future__ import annotations

from services.alert.rules import AlertRules, Rule, Selection
from services.enrich.gazetteer import Gazetteer, load_gazetteer
from shared.rule_warnings import SHOWN, warnings_about


def rules_of(**selection: frozenset[str]) -> AlertRules:
    return AlertRules(rules=(Rule("mine", selection=Selection(**selection)),))


def no_gazetteer() -> Gazetteer:
    raise AssertionError("it takes a second to load")


def test_rules_without_actors_need_no_gazetteer() -> None:
    assert list(warnings_about(rules_of(), no_gazetteer)) == []
    [line] = warnings_about(rules_of(topics=frozenset({"medtop:99999999"})), no_gazetteer)
    assert line == "rule mine: no article is given the topic medtop:99999999"


def test_a_watchlist_of_another_gazetteer_is_not_told_name_by_name() -> None:
    nobody = frozenset(f"Q{number}" for number in range(1000, 3000))
    lines = list(
        warnings_about(rules_of(watchlist=nobody, and_watchlist=frozenset({"vladimir-putin"})), load_gazetteer)
    )
    assert len(lines) == SHOWN + 1
    assert lines[0].startswith("rule mine: no actor has the id Q1000")
    assert lines[-1] == f"and {2000 - SHOWN} more that nobody has"
