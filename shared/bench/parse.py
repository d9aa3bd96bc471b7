"""Items per CPU second of the feed parser and of feedparser, in one run over the same typical feeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import feedparser

from services.fetch.formats.feed_parser import parse_feed
from shared.bench.typical_feeds import KINDS, TypicalFeed, typical_feeds

FEEDS = 24
"""Of each kind, about 35 items each."""
ROUNDS = 5
"""The median counts: the machine may be shared. One parser's round comes after the other's."""
_URL = "https://typical.example/feed"


@dataclass(frozen=True, slots=True)
class ParseSpeed:
    """Items per CPU second; None where feedparser does not know the format."""

    kind: str
    items: int
    ours: float
    feedparsers: float | None


def measure_parsing(feeds: int = FEEDS) -> list[ParseSpeed]:
    """One row for each kind of feed. Raises `ValueError` where an item was lost: a fast parser of fewer items is no faster one."""
    return [_measured(kind, typical_feeds(kind, feeds)) for kind in KINDS]


def _measured(kind: str, feeds: Sequence[TypicalFeed]) -> ParseSpeed:
    written = sum(len(feed.items) for feed in feeds)
    _ours(feeds[0]), _feedparsers(feeds[0])  # Imports and tables are start-up.
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(_ours, feeds, written))
        if _feedparsers(feeds[0]):
            theirs.append(_seconds(_feedparsers, feeds, written))
    return ParseSpeed(kind, written, written / median(ours), written / median(theirs) if theirs else None)


def _seconds(parse: Callable[[TypicalFeed], int], feeds: Sequence[TypicalFeed], written: int) -> float:
    started = time.process_time()
    read = sum(parse(feed) for feed in feeds)
    seconds = time.process_time() - started
    if read != written:
        raise ValueError(f"{read} items read of {written}")
    return seconds


def _ours(feed: TypicalFeed) -> int:
    return len(parse_feed(feed.body, feed.content_type, _URL).items)


def _feedparsers(feed: TypicalFeed) -> int:
    headers = {"content-type": feed.content_type, "content-location": _URL}
    return len(feedparser.parse(feed.body, response_headers=headers).entries)
