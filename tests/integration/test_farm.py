"""The farm: a hundred and more kinds of fault, and a ledger of what it published. Nothing is lost, nothing is doubled, and every
ill feed says what is wrong with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from command_line import command
from farm.feed import tokens_in
from farm.server import Farm, serving

from shared.settings import Settings

pytestmark = pytest.mark.slow

ROUNDS = 3
WELL = {"ok", "not-modified", "repaired", "moved", "dangerous-xml", "empty"}
CLASSES = {
    None: WELL,
    "http-3xx": {"http-3xx"},
    "http-4xx": {"http-4xx", "http-429", "gone", "not-found", "access-denied"},
    "http-5xx": {"http-5xx"},
    "timeout": {"timeout"},
    "connection": {"protocol-error", "closed", "reset", "truncated"},
    "refused": {"refused"},
    "tls": {"tls", "protocol-error"},
    "too-large": {"too-large"},
    "encoding": {"decode-error"},
    "too-many-redirects": {"too-many-redirects", "redirect-loop"},
    "bad-url": {"blocked-redirect"},
    "blocked-address": {"blocked-redirect", "blocked-address"},
    "soft-403": {"access-denied"},
    "html-instead-of-feed": {"not-a-feed"},
    "not-a-feed": {"not-a-feed"},
    "malformed": {"parse-error"},
    "out-of-memory": {"too-large", "parse-error"},
    "empty": {"empty"},
    "unexpected-304": {"protocol-error", "not-modified"},
    "suspicious-move": {"suspicious"},
}
"""What the farm calls the outcomes of a poll, by our codes."""


@dataclass(frozen=True)
class Polled:
    """What came of some rounds over the farm."""

    farm: Farm
    articles: list[dict[str, Any]]
    feeds: dict[str, dict[str, Any]]
    first: dict[str, dict[str, Any]]
    """The feeds' health after the first round."""
    ledger: dict[str, Any]


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    folder = tmp_path_factory.mktemp("farm")
    data = str(folder / "data")
    patience = {
        "NEWSLOOM_FETCH_DEADLINE_SECONDS": "10",
        "NEWSLOOM_PAGE_DEADLINE_SECONDS": "10",
        "NEWSLOOM_HOST_DELAY_SECONDS": "0.05",
    }

    def rows(*words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in newsloom(*words, "--jsonl").splitlines()]

    def newsloom(*words: str) -> str:
        return command(Settings(), *words, "--data-dir", data, timeout=120, **patience).out

    with serving(folder, feeds=200, kinds=("faults",), hosts=10, seed=11) as farm:
        health: list[dict[str, Any]] = []
        first: list[dict[str, Any]] = []
        for turn in range(ROUNDS):
            newsloom("run", "--feeds", str(farm.opml_path), "--once", "--allow-private", "127.0.0.0/8")
            health = rows("feeds", "check")
            first = first or health
            if turn < ROUNDS - 1:
                farm.advance()
        assert farm.errors == []
        (ledger,) = rows("ledger")
        yield Polled(
            farm,
            rows("articles"),
            {row["url"]: row for row in health},
            {row["url"]: row for row in first},
            ledger,
        )


def tokens(article: dict[str, Any]) -> set[str]:
    return tokens_in(f"{article['title']} {article['text']} {article['url']}")


def test_there_are_enough_kinds_of_fault(polled: Polled) -> None:
    assert len({feed.kind.name for feed in polled.farm.feeds if not feed.kind.healthy}) >= 40


def test_every_item_that_the_farm_published_is_one_article(polled: Polled) -> None:
    found = Counter(token for article in polled.articles for token in tokens(article))
    must = {row["token"]: row["kind"] for row in polled.farm.ledger() if row["must"] != "may"}
    assert len(must) > 5_000
    lost = Counter(kind for token, kind in must.items() if found[token] == 0)
    doubled = Counter(kind for token, kind in must.items() if found[token] > 1)
    assert (lost, doubled) == ({}, {})


def test_both_ledgers_agree_to_the_item(polled: Polled) -> None:
    served = {row["token"] for row in polled.farm.ledger()}
    must = {row["token"] for row in polled.farm.ledger() if row["must"] != "may"}
    assert polled.ledger["holds"]
    assert polled.ledger["under_way"] == {}
    ended_as_article = Counter(token for article in polled.articles for token in tokens(article) & served)
    assert must <= ended_as_article.keys() <= served
    # An item that a transfer or a document cut in two can have lost its token with the rest of it.
    strangers = [article for article in polled.articles if not tokens(article) & served]
    assert len(strangers) <= 10
    assert polled.ledger["articles"] == len(polled.articles)


def test_the_text_of_an_article_is_that_of_its_latest_version(polled: Polled) -> None:
    texts = {token: article["text"] for article in polled.articles for token in tokens(article)}
    latest = {row["token"]: row for row in polled.farm.ledger() if row["must"] != "may" and row["probe"]}
    squeezed = {token: " ".join(text.split()) for token, text in texts.items()}
    wrong = Counter(row["kind"] for token, row in latest.items() if row["probe"] not in squeezed[token])
    assert wrong == {}


def test_every_feed_says_what_became_of_it(polled: Polled) -> None:
    wrong = {}
    for feed in polled.farm.feeds:
        url, kind = feed.url, feed.kind
        for health in (polled.first[url], polled.feeds[url]):
            said = CLASSES[health["error"]] | ({"truncated", "closed", "reset"} if health["remarks"] else set())
            if not said & set(kind.report):
                wrong[kind.name] = (health["error"], health["message"], kind.report)
    assert wrong == {}


def test_the_neighbours_of_faulty_feeds_are_well(polled: Polled) -> None:
    healthy = [polled.feeds[feed.url] for feed in polled.farm.feeds if feed.kind.healthy]
    assert len(healthy) > 20
    assert {row["health"] for row in healthy} == {"well"}
