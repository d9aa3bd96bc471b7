from __future__ import annotations

import time

import pytest

from services.fetch.discovery import (
    LINKED,
    SITEMAPS,
    WELL_KNOWN,
    Candidate,
    candidates_of_page,
    sitemaps_of_robots,
    well_known,
)
from services.fetch.feed_profile import format_of, text_of
from services.fetch.formats.feed import FeedItem

PAGE = "https://paper.example/world/index.html"


def found(page: str, how: str | None = None) -> list[str]:
    return [one.url for one in candidates_of_page(page, PAGE) if how in (None, one.how)]


@pytest.mark.parametrize(
    "kind",
    [
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
        "APPLICATION/RSS+XML; charset=utf-8",
        "text/xml",
    ],
)
def test_what_a_page_declares(kind: str) -> None:
    page = f"<html><head><LINK title='The &quot;World&quot;' rel='Alternate  home' type=\"{kind}\" href=/rss?a=1&amp;b=2></head>"
    assert candidates_of_page(page, PAGE) == [Candidate("https://paper.example/rss?a=1&b=2", "declared", 'The "World"')]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="fr" href="/fr/">',
        '<link rel="alternate stylesheet" type="text/xml" href="/rss">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?feed">',
        '<link rel="icon" type="application/rss+xml" href="/rss">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:rss()">',
        '<link rel="alternate" type="application/rss+xml" href="http://[">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/rss"> -->',
        '<script>"<link rel=alternate type=application/rss+xml href=/rss>"</script>',
        '<linkx rel="alternate" type="application/rss+xml" href="/rss">',
        '<a href="/about">About us</a>',
        '<a href="/rss.html">RSS</a>',
        '<a href="mailto:rss@paper.example">RSS</a>',
    ],
)
def test_what_is_no_declaration_and_no_likely_link(link: str) -> None:
    assert found(f"<head>{link}</head>") == []


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<a href="feed/">x</a>', "https://paper.example/world/feed/"),
        ('<a href="/news/rss">x</a>', "https://paper.example/news/rss"),
        ('<a href="/news.rss">x</a>', "https://paper.example/news.rss"),
        ('<a href="/index.rdf">x</a>', "https://paper.example/index.rdf"),
        ('<a href="/export/all.xml">x</a>', "https://paper.example/export/all.xml"),
        ('<a href="https://feeds.other.example/paper">x</a>', "https://feeds.other.example/paper"),
        ('<a href="/?feed=rss2">x</a>', "https://paper.example/?feed=rss2"),
        ('<a href="/abonnement">Fil <b>RSS</b></a>', "https://paper.example/abonnement"),
        ('<a href="/x" title="a > b"><img alt="RSS" src="i.png"></a>', "https://paper.example/x"),
        ('<a href="/x" aria-label="Atom feed"></a>', "https://paper.example/x"),
        ('<a href="/x">订阅</a>', "https://paper.example/x"),
        ("<a class=\"a'b\" data-x='\"' href=/rss#top>x</a>", "https://paper.example/rss#top"),
    ],
)
def test_links_that_look_like_feeds(link: str, url: str) -> None:
    assert found(f"<body>{link}</body>", "linked") == [url]


def test_the_likeliest_links_come_first_and_their_number_is_bounded() -> None:
    page = '<a href="/about-us">our RSS policy</a><a href="/x.xml">x</a><a href="/rss">RSS</a>'
    assert found(page) == [f"https://paper.example/{path}" for path in ("rss", "x.xml", "about-us")]
    assert len(found("".join(f'<a href="/rss/{number}">x</a>' for number in range(500)))) == LINKED


def test_a_base_holds_and_each_address_comes_once_the_declared_one() -> None:
    page = """<base href="https://www.paper.example/de/"><base href="https://no.example/">
      <a href="rss">RSS</a><link rel=alternate type=application/rss+xml href="rss" title="Alles">
      <link rel=alternate type=application/rss+xml href="HTTPS://www.paper.example:443/de/rss">"""
    assert candidates_of_page(page, PAGE) == [Candidate("https://www.paper.example/de/rss", "declared", "Alles")]


def test_robots_names_sitemaps_those_for_news_first() -> None:
    robots = "User-agent: *\nDisallow: /\nsitemap: /all.xml # x\nSitemap : https://cdn.example/news.xml\r\nSitemap:\nSitemap: ftp://x/"
    assert [one.url for one in sitemaps_of_robots(robots, "https://paper.example/robots.txt")] == [
        "https://cdn.example/news.xml",
        "https://paper.example/all.xml",
        "https://paper.example/news-sitemap.xml",
    ]
    many = "\n".join(f"Sitemap: /news-{number}.xml" for number in range(99))
    assert len(sitemaps_of_robots(many, "https://paper.example/robots.txt")) == SITEMAPS


def test_the_usual_places_are_at_the_root() -> None:
    assert [one.url for one in well_known(PAGE)] == [f"https://paper.example{path}" for path in WELL_KNOWN]


N = 1_000_000


@pytest.mark.parametrize(
    "page",
    [
        '<a "' * (N // 4),
        ("<a " + '"' + "x" * 1_990 + '" ') * (N // 2_000),
        "<a " + "b=c " * (N // 4) + ">",
        ("<a a" + " " * 1_900 + ">") * (N // 2_000),
        "<!--" * (N // 4),
        "<script>" * (N // 8),
        "<style></style>" * (N // 15),
        "<a href=/rss>" * (N // 13),
        "İ<script>" * (N // 9) + "</script><a href=/rss>x</a>",
    ],
    ids=lambda page: page[:12],
)
def test_no_page_takes_long(page: str) -> None:
    started = time.process_time()
    candidates_of_page(page, PAGE)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'<?xml version="1.0"?><!-- x --><rss version="2.0">', "RSS"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', "Atom"),
        ('<?xml version="1.0" encoding="utf-16"?><atom:feed>'.encode("utf-16"), "Atom"),
        (b"<rdf:RDF xmlns:rdf='x'>", "RSS 1.0"),
        (b"<urlset xmlns='x'>", "sitemap"),
        (b'\xef\xbb\xbf {"version": "https://jsonfeed.org/version/1.1"}', "JSON"),
        (b"<item>", "feed"),
    ],
)
def test_a_format_is_told_by_the_root(body: bytes, name: str) -> None:
    assert format_of(body, None) == name


def test_full_texts_are_told_from_teasers_without_their_markup() -> None:
    long = FeedItem(html_or_text="<p class='x'>" + "word " * 250, is_html=True)
    short = FeedItem(html_or_text=f"<p data-x='{'x' * 1_500}'>A teaser.</p>", is_html=True)
    assert text_of(()) is None
    assert text_of((long, long, short)) == "full"
    assert text_of((long, short, short)) == "teaser"
