from __future__ import annotations

import pytest

from services.fetch.feed_wire import decode_result, encode_result
from services.fetch.formats.feed import FeedError, FeedItem, FeedLimits, ParsedFeed
from services.fetch.formats.feed_parser import parse_feed

URL = "https://paper.example/sitemaps/news.xml"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
)


def url(path: str, title: str, date: str = "2026-03-01T10:00:00+01:00", paper: str = "The Paper") -> str:
    return (
        f"<url><loc>https://paper.example/{path}</loc><lastmod>2026-03-02</lastmod><news:news><news:publication>"
        f"<news:name>{paper}</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title>"
        "<news:keywords>ships, trade ,</news:keywords></news:news></url>"
    )


def parse(document: str, **limits: int) -> ParsedFeed:
    return parse_feed(document.encode(), "application/xml", URL, FeedLimits(**limits))


def error_of(document: str) -> FeedError:
    with pytest.raises(FeedError) as caught:
        parse(document)
    return caught.value


def test_an_article_of_a_news_sitemap_is_an_item() -> None:
    feed = parse(HEAD + url("a?x=1&amp;y=2", "Ports &amp; ships") + "</urlset>")
    link = "https://paper.example/a?x=1&y=2"
    assert feed == ParsedFeed(
        title="The Paper",
        items=(
            FeedItem(
                guid=link,
                url=link,
                title="Ports & ships",
                is_html=True,
                published="2026-03-01T10:00:00+01:00",
                updated="2026-03-02",
                language="en",
                categories=("ships", "trade"),
            ),
        ),
    )


def test_the_prefix_is_the_documents_own_choice() -> None:
    document = (HEAD + url("a", "t") + "</urlset>").replace("news:", "n:").replace("xmlns:n:", "xmlns:n")
    document = document.replace("xmlns:news", "xmlns:n").replace("http://www.google", "https://www.google")
    assert parse(document).items[0].title == "t"


def test_sections_among_the_articles_are_counted_and_papers_that_differ_give_no_title() -> None:
    section = "<url><loc>https://paper.example/sport</loc></url>"
    feed = parse(HEAD + section + url("a", "one") + url("b", "two", paper="Other") + section + "</urlset>")
    assert [item.title for item in feed.items] == ["one", "two"]
    assert (feed.title, feed.problems) == (None, ("items-without-news:2",))


def test_the_newest_articles_are_kept() -> None:
    rising = "".join(url(str(day), str(day), f"2026-03-{day:02}") for day in range(1, 10))
    feed = parse(f"{HEAD}{rising}</urlset>", items=3)
    assert ([item.title for item in feed.items], feed.items_cut) == (["7", "8", "9"], 6)
    assert feed.problems == ("items-cut:6",)


def test_a_cut_off_sitemap_keeps_what_can_be_read() -> None:
    feed = parse(HEAD + url("a", "one") + "<url><loc>https://paper.example/b</loc><news:news><news:title>tw")
    assert [item.title for item in feed.items] == ["one", "tw"]
    assert feed.problems == ("truncated:1",)


def test_a_plain_sitemap_is_no_feed_and_says_what_it_is() -> None:
    error = error_of(HEAD + "<url><loc>https://paper.example/a</loc></url>" * 3 + "</urlset>")
    assert (error.code, error.message) == ("not-a-feed", "a plain sitemap of 3 pages, none of them with tags for news")


def test_an_index_of_sitemaps_names_those_of_news_first() -> None:
    children = [f"https://paper.example/sitemap-{name}.xml" for name in ("2024", "2025", "tags", "news", "NEWS-2")]
    listed = "".join(f"<sitemap><loc>{child}</loc></sitemap>" for child in children)
    error = error_of(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</sitemapindex>')
    assert error.code == "sitemap-index"
    assert [word.strip(",") for word in error.message.split() if "http" in word] == [
        children[3],
        children[4],
        children[0],
    ]
    assert error_of("<sitemapindex/>").code == "sitemap-index"


def test_an_index_of_endless_sitemaps_has_a_short_message() -> None:
    child = f"<sitemap><loc>https://news.example/{'a' * 120}</loc></sitemap>"
    long_one = f"<sitemap><loc>https://news.example/{'b' * 5_000}</loc></sitemap>"
    assert len(error_of(f"<sitemapindex>{long_one}{child * 20_000}</sitemapindex>").message) < 500


def test_what_is_new_about_a_feed_travels_through_the_wire() -> None:
    feed = parse(HEAD + url("a", "t") + url("b", "u") + "</urlset>", items=1)
    assert feed.items_cut == 1
    with_hub = ParsedFeed(hub="https://hub.example/", self_url=URL, items=feed.items, items_cut=1)
    for one in (feed, with_hub):
        assert decode_result(encode_result(one)) == one
