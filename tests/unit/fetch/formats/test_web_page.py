from __future__ import annotations

import time

import pytest

from services.fetch.formats.feed import FeedError
from services.fetch.formats.feed_parser import parse_feed
from services.fetch.formats.refusal_markers import REFUSALS

URL = "https://paper.example/rss/world.xml"
ARTICLE = "<p>The council met on Monday to speak about the harbour and the cookies of its canteen.</p>" * 30
FEED_LINK = '<link rel="alternate" type="application/rss+xml; charset=utf-8" title="News" href="/feed.xml">'


def error_of(page: str) -> FeedError:
    with pytest.raises(FeedError) as caught:
        parse_feed(page.encode(), "text/html; charset=utf-8", URL)
    return caught.value


def page(title: str, body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "document",
    [
        page("Just a moment...", "<noscript>Enable JavaScript and cookies to continue</noscript>"),
        page("Attention Required! | Firewall", ARTICLE),
        page("paper.example", "<h1>Please complete the CAPTCHA</h1>"),
        page("", "<p>Please verify&nbsp;you\n are <b>human</b>.</p>"),
        page("Zugriff verweigert", ""),
        page("Доступ запрещён", ""),
        page("访问被拒绝", ""),
        page("Bevor Sie fortfahren", "<form></form>"),
        page("You’ve been flagged", "I’m not a robot"),
        "<!-- x --><html><body>Access denied</body></html>",
        "<html><h1>403 Forbidden",
    ],
)
def test_a_page_that_refuses_or_asks_is_a_soft_403(document: str) -> None:
    assert error_of(document).code == "soft-403"


@pytest.mark.parametrize(
    "document",
    [
        page("The Paper", ARTICLE),
        page("Page not found", "<p>We use cookies. Accept all</p>"),
        page("The Paper", "Hello<script>grecaptcha.render('captcha'); 'access denied'</script><style>.captcha{}</style>"),
        page("How captchas work", ARTICLE).replace("How captchas", "How they"),
        page("The Paper", "News. We value your privacy.", FEED_LINK),
        page("The Paper", ARTICLE + "<p>This site is protected by a captcha.</p>"),
        page("", "You need to enable JavaScript to run this app."),
    ],
)  # fmt: skip
def test_an_ordinary_page_is_none(document: str) -> None:
    assert error_of(document).code == "html-instead-of-feed"


def test_an_ordinary_page_names_its_feeds() -> None:
    links = (
        '<link rel="stylesheet" type="text/css" href="/s.css"><link rel="alternate" hreflang="de" href="/de">'
        f"{FEED_LINK}{FEED_LINK}<link rel='ALTERNATE home' type='application/atom+xml' href='https://other.example/atom'>"
        "<link rel=alternate type=application/rss+xml href='javascript:x'>"
        + "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(9))
    )
    assert error_of(page("t", ARTICLE, links)).message == (
        "a web page; the feeds that it names: https://paper.example/feed.xml, https://other.example/atom, https://paper.example/0"
    )
    based = error_of(page("t", ARTICLE, f'<base href="https://cdn.example/x/">{FEED_LINK}'))
    assert "https://cdn.example/feed.xml" in based.message


def test_the_title_tells_where_no_feed_is_named() -> None:
    assert error_of(page("Page not\n found", "")).message == "a web page, titled 'Page not found'"
    assert error_of("<html>").message == "a web page, not a feed"


@pytest.mark.parametrize("phrase", sorted({phrase for phrases in REFUSALS.values() for phrase in phrases}))
def test_a_marker_is_written_as_it_is_looked_for(phrase: str) -> None:
    assert phrase == " ".join(phrase.lower().split())
    assert not set(phrase) & {"’", "…"}


@pytest.mark.parametrize(
    "document",
    [
        "<html>" + "<b>" * 500_000,
        "<html><title>" + "a" * 3_000_000,
        "<html>" + FEED_LINK * 50_000,
        "<html " + " ".join(f"a{n}=1" for n in range(100_000)),
        "<html>" + "&#x41;" * 300_000,
    ],
    ids=["nested", "title", "links", "attributes", "references"],
)
def test_hostile_pages_take_little_time_and_have_short_messages(document: str) -> None:
    started = time.process_time()
    error = error_of(document)
    assert time.process_time() - started < 2
    assert len(error.message) < 500
