from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.normalise.stage import Normalise, NormaliseRules
from shared.contracts import Article, FeedRef
from shared.stage import Drop, Emit

Build = Callable[..., Any]


@pytest.fixture(scope="module")
def stage() -> Normalise:
    return Normalise()


def article_of(stage: Normalise, entry: Any) -> Article:
    (outcome,) = stage.decide(entry)
    assert isinstance(outcome, Emit)
    assert isinstance(outcome.message, Article)
    return outcome.message


def test_what_has_neither_title_nor_text_is_dropped(stage: Normalise, make_entry: Build) -> None:
    (outcome,) = stage.decide(make_entry(title=" \u200b ", text="\x00"))
    assert isinstance(outcome, Drop)
    assert outcome.code == "empty"


def test_without_a_link_the_address_is_the_feeds_and_the_entrys_id(stage: Normalise, make_entry: Build) -> None:
    entry = make_entry().model_copy(update={"url": None, "feed": FeedRef(id="f", url="https://paper.example/feed")})
    article = article_of(stage, entry)
    assert article.canonical_url == f"https://paper.example/feed#{entry.id}"
    assert "no-link" in article.flags


def test_what_was_only_updated_was_published_no_later(stage: Normalise, make_entry: Build) -> None:
    entry = make_entry().model_copy(update={"published": None, "updated": "2020-01-05T10:00:00Z"})
    assert article_of(stage, entry).published == datetime(2020, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "history"), [(-1, False), (1, False), (23, False), (25, True), (24 * 900, True)])
def test_items_of_a_first_poll_are_history_but_for_those_that_a_setting_excepts(
    stage: Normalise, make_entry: Build, hours: int, history: bool
) -> None:
    entry = make_entry()
    published = (entry.read_at - timedelta(hours=hours)).isoformat()
    first = entry.model_copy(update={"origin": "feed", "first_poll": True, "published": published})
    assert article_of(stage, first).history is True
    a_day = Normalise(NormaliseRules(history_after=timedelta(hours=24)))
    assert article_of(a_day, first).history is history
    assert article_of(stage, first.model_copy(update={"first_poll": False})).history is False


def test_undated_items_of_a_first_poll_are_history(stage: Normalise, make_entry: Build) -> None:
    first = make_entry().model_copy(update={"origin": "feed", "first_poll": True, "published": None})
    assert article_of(stage, first).history


def test_the_rows_own_fields_win_over_its_page(stage: Normalise, make_entry: Build) -> None:
    page = (
        '<html lang="de"><head><title>Page</title><meta property="article:published_time" content="2020-01-01T00:00:00Z">'
        '<meta property="og:site_name" content="Page Site"></head><body><p>Text of the page, long enough to be one.</p></body></html>'
    )
    entry = make_entry(title="Row", text="").model_copy(
        update={"text": None, "html": page, "published": "2024-05-01T00:00:00Z", "source": "Row Paper"}
    )
    article = article_of(stage, entry)
    assert (article.title, article.source.name, article.published) == (
        "Row",
        "Row Paper",
        datetime(2024, 5, 1, tzinfo=UTC),
    )
    assert "Text of the page" in article.text


def test_documents_from_files_were_seen_when_they_appeared(stage: Normalise, make_entry: Build) -> None:
    entry = make_entry().model_copy(update={"origin": "ingest", "published": "1998-02-03T04:05:06Z"})
    assert article_of(stage, entry).first_seen == datetime(1998, 2, 3, 4, 5, 6, tzinfo=UTC)
    undated = entry.model_copy(update={"published": None})
    assert article_of(stage, undated).first_seen == entry.read_at
