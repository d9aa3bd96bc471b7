from __future__ import annotations

import json
from collections.abc import Iterator

import golden_actors
import pytest

from services.enrich.gazetteer import load_gazetteer
from services.enrich.stage import Enrich
from shared.bench.actor_quality import ActorQuality, score_actors
from shared.bench.golden_corpus import HALVES, shipped, unmarked
from shared.bench.topic_quality import macro_f1, score_stories
from shared.errors import Misuse


def changes(before: dict[str, list[str]], now: dict[str, list[str]]) -> Iterator[str]:
    for actor in sorted(before.keys() | now.keys()):
        if before.get(actor) != now.get(actor):
            yield f"{actor}: {before.get(actor, 'nobody')} → {now.get(actor, 'nobody')}"


def test_what_an_edit_changes_in_the_golden_corpus_is_shown() -> None:
    """Not an error by itself: look at the lines, and accept them with `make golden`."""
    before = {
        row["article"]: row["actors"] for row in map(json.loads, golden_actors.FILE.read_text("utf-8").splitlines())
    }
    shown = [
        f"{row['article']}  {change}"
        for row in map(json.loads, golden_actors.found_lines())
        for change in changes(before.get(row["article"], {}), row["actors"])
    ]
    assert not shown, "\n".join(["the golden corpus is read in another way: accept it with `make golden`", *shown])


@pytest.fixture(scope="module")
def quality() -> ActorQuality:
    gazetteer = load_gazetteer()
    return score_actors(shipped("dev"), Enrich(gazetteer), gazetteer)


def test_new_faces_are_found_and_seldom_made_up(quality: ActorQuality) -> None:
    for script in ("Latin", "Cyrillic"):
        assert quality.unknown[script].recall >= 0.8
        assert quality.unknown[script].precision >= 0.85


def test_one_actor_has_one_id_in_every_language(quality: ActorQuality) -> None:
    same, found = quality.same_id
    assert found > 500
    assert same >= 0.97 * found


def test_known_actors_are_found(quality: ActorQuality) -> None:
    """Not the figures that are wanted (`make bench-quality` has those) but what no edit may fall below."""
    assert quality.known_together().precision >= 0.91
    assert quality.known_together().recall >= 0.77


def test_the_corpus_is_what_it_says() -> None:
    for half in HALVES:
        corpus = shipped(half)
        languages = {article.language for article in corpus.articles}
        stories = {article.story for article in corpus.articles}
        assert len(languages) >= 8
        assert len(corpus.articles) == len(languages) * len(stories)
    assert score_stories(shipped("dev"))[0] > 100


def test_marks_are_taken_out_and_offsets_fit() -> None:
    text, mentions = unmarked("{{Vladimir Putin|Путиным}} и {{TASS!|ТАСС}}, {{?|Kim}}.")
    assert text == "Путиным и ТАСС, Kim."
    assert [(text[each.start : each.end], each.label, each.source) for each in mentions] == [
        ("Путиным", "Vladimir Putin", False),
        ("ТАСС", "TASS", True),
        ("Kim", None, False),
    ]


def test_macro_f1_counts_classes_alike() -> None:
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), (None, "a")]
    assert macro_f1(pairs, ["a", "b"]) == pytest.approx((0.5 + 2 / 3) / 2)


def test_a_half_that_is_none_says_so() -> None:
    with pytest.raises(Misuse, match="not readable"):
        shipped("third")
