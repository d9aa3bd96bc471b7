from __future__ import annotations

import json

import pytest

from services.fetch.formats.feed_parser import parse_feed

URL = "http://paper.example/news/feed.xml"
HUB, OWN = "https://hub.example/", "http://paper.example/news/canonical"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


@pytest.mark.parametrize(
    "document",
    [
        f'<feed {ATOM}><link rel="hub" href="{HUB}"/><link rel="self" href="canonical"/></feed>',
        f'<feed {ATOM}><link rel="alternate" href="/"/><link rel=" SELF hub-x" href="{OWN}"/><link rel="Hub" href="{HUB}"/></feed>',
        f'<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><link>http://paper.example/</link><a:link rel="self" href="{OWN}"/>'
        f'<a:link rel="hub" href="javascript:x"/><a:link rel="hub" href="{HUB}"/></channel></rss>',
        f'<feed {ATOM} xml:base="http://paper.example/news/"><link rel="hub" href="{HUB}"/>'
        f'<link xml:base="/news/x/" rel="self" href="../canonical"/></feed>',
        json.dumps({"items": [], "feed_url": "canonical", "hubs": [{"type": "rssCloud", "url": "http://x/"}, 3,
                                                                  {"type": "WebSub", "url": HUB}]}),
        f"<rss><channel><atom:link rel='hub' href='{HUB}'/><link rel='self' href='{OWN}'/></channel></rss>",
    ],
    ids=["atom", "relations", "rss", "bases", "json", "no namespace"],
)  # fmt: skip
def test_hub_and_own_address(document: str) -> None:
    feed = parse_feed(document.encode(), None, URL)
    assert (feed.hub, feed.self_url) == (HUB, OWN)


@pytest.mark.parametrize(
    "document",
    [
        f'<feed {ATOM}><entry><link rel="hub" href="{HUB}"/><link rel="self" href="{OWN}"/></entry></feed>',
        '<rss><channel><link rel="hub">x</link></channel></rss>',
        json.dumps({"items": [], "hubs": {"type": "WebSub"}, "feed_url": ["x"]}),
        json.dumps({"items": [], "hubs": [{"type": "WebSub", "url": 7}, {"url": HUB}]}),
    ],
    ids=["of an entry", "no address", "no list", "no type"],
)
def test_no_hub(document: str) -> None:
    feed = parse_feed(document.encode(), None, URL)
    assert (feed.hub, feed.self_url) == (None, None)


def test_feedparser_passes_them_on() -> None:
    broken = "<item><title>a</title>&foo;</x></item>" * 30
    links = f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{OWN}"/>'
    document = f'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>{links}{broken}</channel></rss>'
    feed = parse_feed(document.encode(), None, URL)
    assert (feed.problems, feed.hub, feed.self_url) == (("lenient",), HUB, OWN)
