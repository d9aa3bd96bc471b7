"""A feed's item and the page that it links to: whose words win."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.normalise.page import Page, PageJob, PageUnreadable, read_page
from services.normalise.stage import Normalise
from shared.contracts import Article, Entry, FeedRef
from shared.stage import Drop, Emit, Reject, Unavailable

Build = Callable[..., Any]

LINE = "The minister said on Tuesday that the agreement would be signed before the end of the year, whatever happens."
TEASER = "What the minister said on Tuesday."
FEED = FeedRef(id="f", url="https://paper.example/feed", title="The Paper", language="fr")


def page(body: str = f"<article>{f'<p>{LINE}</p>' * 6}</article>", head: str = "") -> bytes:
    return (
        f"<!doctype html><html lang=en><head><title>Its title</title>{head}</head><body>{body}</body></html>".encode()
    )


PAYWALL = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
RESERVED = '<meta name="tdm-reservation" content="1">'
META = (
    '<link rel=canonical href="https://elsewhere.example/x"><meta property="og:site_name" content="Site">'
    '<meta name=author content="Its Author"><meta property="article:published_time" content="2020-02-02T02:00:00Z">'
)


@pytest.fixture(scope="module")
def stage() -> Normalise:
    return Normalise()


@pytest.fixture(scope="module")
def item(make_entry: Build) -> Build:
    def build(**more: Any) -> Entry:
        values = {"origin": "feed", "feed": FEED, "text": "", "html": f"<p>{TEASER}</p>", "page": page()}
        entry: Entry = make_entry(**{**values, **more})
        return entry

    return build


def article_of(stage: Normalise, entry: Entry) -> Article:
    (outcome,) = stage.decide(entry)
    assert isinstance(outcome, Emit)
    assert isinstance(outcome.message, Article)
    return outcome.message


def unreadable(_: PageJob) -> Page:
    raise PageUnreadable("timeout", "it took more than 5 s of CPU time")


def unavailable(_: PageJob) -> Page:
    raise Unavailable("no process")


def test_the_pages_text_stands_for_a_teaser(stage: Normalise, item: Build) -> None:
    article = article_of(stage, item())
    assert article.text == "\n".join([LINE] * 6)
    assert article.title == "A title"
    assert article.flags == ()


def test_a_packed_page_is_read_like_any_other(stage: Normalise, item: Build) -> None:
    assert article_of(stage, item(page=zlib.compress(page()), page_packed=True)) == article_of(stage, item())


@pytest.mark.parametrize("packed", [b"no zlib", zlib.compress(b"\0" * 2**28)[:-1]], ids=["garbage", "bomb"])
def test_a_page_that_cannot_be_unpacked_leaves_the_feeds_text(stage: Normalise, item: Build, packed: bytes) -> None:
    article = article_of(stage, item(page=packed, page_packed=True))
    assert article.text == TEASER
    assert "page-unreadable" in article.flags


@pytest.mark.parametrize("own", [{"html": f"<p>{LINE * 9}</p>"}, {"html": None, "text": LINE * 9}])
def test_the_longer_text_wins(stage: Normalise, item: Build, own: dict[str, Any]) -> None:
    article = article_of(stage, item(**own, page=page(head=PAYWALL)))
    assert article.text == (LINE * 9).strip()
    # It is not free to read, and that says nothing against a text that the feed gives away.
    assert article.flags == ()
    assert article.rights == ("not-free",)


def test_what_the_feed_says_wins_and_the_page_fills_the_gaps(stage: Normalise, item: Build) -> None:
    said = article_of(stage, item(author="Ann", page=page(head=META)))
    assert (said.title, said.author, said.source.name) == ("A title", "Ann", "The Paper")
    assert said.published == item().read_at
    assert said.canonical_url == "https://paper.example/1"
    silent = article_of(stage, item(title="", published=None, page=page(head=META)))
    assert (silent.title, silent.author) == ("Its title", "Its Author")
    assert silent.published == datetime(2020, 2, 2, 2, tzinfo=UTC)


def test_the_pages_language_counts_before_the_feeds_and_after_the_items(stage: Normalise, make_entry: Build) -> None:
    def of(**more: Any) -> str:
        entry = make_entry(title="Ok", origin="feed", feed=FEED, text="Ok.", page=b"<html lang=de><p>Ok", **more)
        return article_of(stage, entry).language

    assert of() == "de"
    assert of(language="it") == "it"


def test_a_text_from_behind_a_paywall_is_flagged(stage: Normalise, item: Build) -> None:
    article = article_of(stage, item(page=page(head=PAYWALL)))
    assert (article.flags, article.rights) == (("paywalled",), ("not-free",))


@pytest.mark.parametrize(
    ("fields", "rights"),
    [
        ({"page": page(head=RESERVED)}, ("tdm-reserved",)),
        ({"rights": ("tdm-reserved",)}, ("tdm-reserved",)),
        ({"page": None, "rights": ("tdm-reserved",)}, ("tdm-reserved",)),
        ({"page": page(head=RESERVED.replace("1", "0")), "rights": ("tdm-reserved",)}, ("tdm-reserved",)),
        ({"page": page(head=RESERVED.replace("1", "0"))}, ()),
        ({"page": page(head=RESERVED + PAYWALL), "rights": ("tdm-reserved",)}, ("not-free", "tdm-reserved")),
    ],
)
def test_rights_are_those_of_page_and_headers(
    stage: Normalise, item: Build, fields: dict[str, Any], rights: tuple[str, ...]
) -> None:
    assert article_of(stage, item(**fields)).rights == rights


@pytest.mark.parametrize(
    "bad",
    [b"", b"<html><body><script>app()</script>", page("<ul><li><a href=/>Our sections</a></ul>" * 40), b"\x00" * 99],
)
def test_a_page_without_an_article_leaves_the_feeds_text(stage: Normalise, item: Build, bad: bytes) -> None:
    article = article_of(stage, item(page=bad))
    assert article.text == TEASER
    assert article.flags == ("page-unreadable",)


def test_a_killed_page_leaves_the_feeds_text(item: Build) -> None:
    stage = Normalise(read_page=unreadable)
    article = article_of(stage, item(rights=("tdm-reserved",)))
    assert (article.text, article.flags, article.rights) == (TEASER, ("page-unreadable",), ("tdm-reserved",))


@pytest.mark.parametrize("field", [{"page": page()}, {"html": page().decode()}])
def test_a_document_that_is_a_killed_page_ends_clearly(make_entry: Build, field: dict[str, Any]) -> None:
    stage = Normalise(read_page=unreadable)
    (outcome,) = stage.decide(make_entry(title="", text="", **field))
    assert outcome == Reject("timeout", "reading the page: it took more than 5 s of CPU time")
    titled = article_of(stage, make_entry(text="", **field))
    assert titled.flags[:2] == ("page-unreadable", "no-text")
    texted = article_of(stage, make_entry(text="Its own.", **field))
    assert (texted.text, texted.flags) == ("Its own.", ("page-unreadable",))


def test_an_item_with_nothing_but_a_killed_page_is_a_dead_letter(item: Build) -> None:
    (outcome,) = Normalise(read_page=unreadable).decide(item(title="", html=None))
    assert isinstance(outcome, Reject)


def test_an_empty_page_of_an_empty_item_is_a_drop(stage: Normalise, item: Build) -> None:
    (outcome,) = stage.decide(item(title="", html=None, page=b"<html>"))
    assert isinstance(outcome, Drop)


def test_where_no_process_can_be_started_the_message_waits(item: Build) -> None:
    with pytest.raises(Unavailable):
        Normalise(read_page=unavailable).decide(item())


def test_feeds_with_full_texts_need_no_reader(make_entry: Build) -> None:
    stage = Normalise(read_page=unavailable)
    assert article_of(stage, make_entry(origin="feed", feed=FEED, text="", html=f"<p>{LINE}</p>")).text == LINE


@pytest.mark.parametrize("origin", ["feed", "ingest"])
def test_a_text_of_a_page_is_never_longer_than_the_limit(make_entry: Build, origin: str) -> None:
    entry = make_entry(origin=origin, text="", page=page(f"<article>{f'<p>{LINE}</p>' * 2_500}</article>"))
    article = article_of(Normalise(read_page=read_page), entry)
    assert len(article.text) <= 200_000
    assert "truncated" in article.flags
