from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch.formats.feed import ParsedFeed
from services.fetch.websub.discovery import with_links

URL = "https://paper.example/news/feed"


def named(link: str | None, **feed: str) -> tuple[str | None, str | None]:
    found = with_links(ParsedFeed(**feed), link, URL)  # type: ignore[arg-type]
    return found.hub, found.self_url


@pytest.mark.parametrize(
    ("link", "hub", "topic"),
    [
        ('<https://hub.example/>; rel="hub", <https://p.example/f>; rel="self"', "https://hub.example/", "https://p.example/f"),
        ("<https://hub.example/>;rel=hub", "https://hub.example/", URL),
        ("<https://hub.example/>; rel='hub'", None, None),
        ('</hub>; title="a, b; rel=self"; REL="next HUB", <f>;rel=self', "https://paper.example/hub", "https://paper.example/news/f"),
        ('<https://a.example/>; rel="hub"; rel="next"', "https://a.example/", URL),
        ('<https://a.example/>; rel="next"; rel="hub"', None, None),
        ('<http://a.example/>; rel=hub, <https://b.example/>; rel=hub', "https://b.example/", URL),
        ('<http://a.example/>; rel=hub, <http://b.example/>; rel=hub', "http://a.example/", URL),
        ('<https://a.example/?x=1,2;3>; rel=hub', "https://a.example/?x=1,2;3", URL),
        ('<https://a.example/>; rel=hub; anchor="#elsewhere"', None, None),
        ('<ftp://a.example/>; rel=hub, <javascript:x>; rel=hub, <>; rel=hub, <https://>; rel=hub', None, None),
        ('<https://user:word@a.example/>; rel=hub', None, None),
        ('<https://[a.example/>; rel=hub', None, None),
        (f"<https://a.example/{'x' * 5_000}>; rel=hub", None, None),
        ("no header of this kind", None, None),
    ],
)  # fmt: skip
def test_hub_and_topic_of_a_header(link: str, hub: str | None, topic: str | None) -> None:
    assert named(link) == (hub, topic)


def test_the_header_comes_before_the_feed() -> None:
    feed = {"hub": "https://of-the-feed.example/", "self_url": "https://p.example/of-the-feed"}
    assert named(None, **feed) == tuple(feed.values())
    assert named("<https://hub.example/>; rel=hub", **feed) == ("https://hub.example/", "https://p.example/of-the-feed")
    both = "<https://hub.example/>; rel=hub, <https://p.example/of-the-header>; rel=self"
    assert named(both, **feed) == ("https://hub.example/", "https://p.example/of-the-header")


def test_a_feed_can_not_name_what_a_header_could_not() -> None:
    assert named(None, hub="file:///etc/passwd") == (None, None)
    assert named(None, hub="/hub", self_url="ftp://x/") == ("https://paper.example/hub", URL)


@given(st.text(alphabet='<>;,="\\ \tahubrelsf:/.é\0', max_size=300))
def test_any_header_is_read(link: str) -> None:
    for found in named(link):
        assert found is None or found.startswith(("http://", "https://"))


@pytest.mark.parametrize("piece", ['<a>;"', "<a>;a=", '<>;rel="', "<", ';"', "<a>; rel=hub,"])
def test_a_hostile_header_takes_no_time(piece: str) -> None:
    started = time.process_time()
    named(piece * 200_000)
    assert time.process_time() - started < 0.5
