"""The list of feeds that comes with the project: no network here, only what can be told from the file."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from services.fetch.feed_list import FeedSource, read_feed_list

WORLD = Path(__file__).parents[3] / "deploy" / "feeds" / "world.opml"


@pytest.fixture(scope="module")
def feeds() -> tuple[FeedSource, ...]:
    return read_feed_list(WORLD.read_bytes())


@pytest.fixture(scope="module")
def outlines() -> list[dict[str, str]]:
    """The attributes of every feed as they stand, since `read_feed_list` merges a URL that is there twice."""
    root = etree.fromstring(WORLD.read_bytes())
    assert root.get("version") == "2.0"
    return [
        {str(k): str(v) for k, v in outline.attrib.items()}
        for outline in root.iter("outline")
        if "xmlUrl" in outline.attrib
    ]


def test_it_has_many_feeds_in_many_languages(feeds: tuple[FeedSource, ...], outlines: list[dict[str, str]]) -> None:
    assert len(feeds) >= 75
    assert len({outline["language"] for outline in outlines}) >= 14


def test_every_feed_is_in_the_folder_of_its_language(
    feeds: tuple[FeedSource, ...], outlines: list[dict[str, str]]
) -> None:
    language = {outline["xmlUrl"]: outline["language"] for outline in outlines}
    pairs = {(feed.tags, language[feed.url]) for feed in feeds}
    assert all(len(tags) == 1 for tags, _ in pairs)
    assert len(pairs) == len({tags for tags, _ in pairs}) == len({code for _, code in pairs})


def test_no_address_stands_twice_in_any_spelling(outlines: list[dict[str, str]]) -> None:
    spelled = [outline["xmlUrl"].partition("://")[2].rstrip("/").lower() for outline in outlines]
    assert len(spelled) == len(set(spelled))


def test_every_address_is_https_with_a_public_host(outlines: list[dict[str, str]]) -> None:
    for outline in outlines:
        for name in ("xmlUrl", "htmlUrl"):
            parts = urlsplit(outline[name])
            assert parts.scheme == "https", outline[name]
            assert "." in (parts.hostname or ""), outline[name]
            assert parts.port is None, outline[name]
            assert parts.username is None, outline[name]


def test_every_feed_says_what_it_is(outlines: list[dict[str, str]]) -> None:
    for outline in outlines:
        assert outline.keys() == {"type", "text", "title", "xmlUrl", "htmlUrl", "language"}
        assert outline["type"] == "rss"
        assert outline["text"] == outline["title"].strip() != ""
