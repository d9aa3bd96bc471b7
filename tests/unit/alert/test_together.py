from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.alert.rules import AlertRules
from services.alert.together import SNIPPET_LIMIT, counted_actors, pairs_together
from services.alert.verdict import TogetherIn
from shared.contracts import Copy
from shared.contracts.enrichment import CROWD

Build = Callable[..., Any]


def pairs(message: Any, rules: AlertRules | None = None) -> list[tuple[str, str]]:
    return [(pair.first, pair.second) for pair in together(message, rules)]


def together(message: Any, rules: AlertRules | None = None) -> list[TogetherIn]:
    rules = rules or AlertRules()
    return list(pairs_together(message, counted_actors(message, rules), rules))


def test_every_two_newsmakers_are_together_once_and_ordered(make_clustered: Build) -> None:
    assert pairs(make_clustered(actors=("cid", "ann", "bob"))) == [("ann", "bob"), ("ann", "cid"), ("bob", "cid")]


def test_only_sure_newsmakers_are_counted(make_clustered: Build, make_actor: Build) -> None:
    actors = (
        "ann",
        make_actor("unsure", confidence=0.5),
        make_actor("wire", role="source"),
        make_actor("oslo", type="place"),
    )
    counted = counted_actors(make_clustered(actors=actors), AlertRules())
    assert [actor.id for actor in counted] == ["ann"]


def test_a_roundup_begins_above_the_limit(make_clustered: Build) -> None:
    names = [f"actor {number}" for number in range(8)]
    assert len(pairs(make_clustered(actors=names[:7]))) == 21
    assert pairs(make_clustered(actors=names)) == []


def test_the_snippet_is_the_sentence_with_both_and_bounded(make_clustered: Build) -> None:
    message = make_clustered(actors=("ann", "bob"), title="Title", text="  Both are here.  " + "x" * 5_000)
    (pair,) = together(message)
    assert pair.evidence.snippet.startswith("Both are here.")
    assert len(pair.evidence.snippet) <= SNIPPET_LIMIT
    assert pair.evidence.same_sentence


def test_a_sentence_that_the_article_does_not_have_falls_back_on_the_title(
    make_clustered: Build, make_actor: Build
) -> None:
    actors = (make_actor("ann", [99]), make_actor("bob", [99]))
    (pair,) = together(make_clustered(actors=actors, title="Title"))
    assert pair.evidence.snippet == "Title"


def test_a_digest_that_carries_the_report_is_no_second_witness(make_clustered: Build) -> None:
    digest = Copy(copy_of="the report", copy_kind="contains", containment=1.0)
    assert pairs(make_clustered(actors=("ann", "bob"), copy=digest)) == []


def test_a_crowd_makes_no_pairs_but_those_of_its_headline(make_clustered: Build, make_actor: Build) -> None:
    crowd = make_clustered(actors=[f"actor {number}" for number in range(CROWD + 1)])
    assert list(crowd.enrichment.pairs()) == []


def test_of_a_crowd_only_those_are_close_whom_one_sentence_is_about(make_clustered: Build, make_actor: Build) -> None:
    """Five at a table, and a sentence on two of them: the other pairs are remembered, and are no news."""
    table = [make_actor(name, [1]) for name in ("cid", "dan", "eve")]
    two = [make_actor(name, [1, 2]) for name in ("ann", "bob")]
    message = make_clustered(actors=[*two, *table], text="All five met. Ann and Bob shook hands.")
    found = {(pair.first, pair.second): pair for pair in together(message)}
    assert len(found) == 10
    assert [pair for pair, each in found.items() if each.close] == [("ann", "bob")]
