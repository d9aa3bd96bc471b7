"""Feeds as most sites publish them, written from the demo's articles by the demo's own writer."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, replace

from shared.demo.corpus import DemoArticle, FeedFormat, Outlet, articles
from shared.demo.feed_writer import write_feed

ITEMS = (20, 50)
"""Of one feed, at least and at most."""
TEASER, FULL_TEXT = 200, 1_500
"""Characters of the text of an item, about."""
KINDS: dict[str, tuple[FeedFormat, int]] = {
    "RSS 2.0, teasers": ("rss2", TEASER),
    "RSS 2.0, content:encoded": ("rss2-content", FULL_TEXT),
    "Atom, teasers": ("atom", TEASER),
    "Atom, full texts": ("atom", FULL_TEXT),
    "JSON Feed, full texts": ("jsonfeed", FULL_TEXT),
}


@dataclass(frozen=True, slots=True)
class TypicalFeed:
    """A body as a server would send it, with the items that were written into it."""

    body: bytes
    content_type: str
    items: tuple[DemoArticle, ...]


def typical_feeds(kind: str, count: int, seed: int = 1) -> list[TypicalFeed]:
    """`count` feeds of one of `KINDS`, each in one language and UTF-8."""
    chance = random.Random(seed)
    written_as, length = KINDS[kind]
    by_language: dict[str, list[DemoArticle]] = defaultdict(list)
    for article in articles():
        by_language[article.language].append(article)
    groups = [group for group in by_language.values() if len(group) > ITEMS[1]]
    feeds = []
    for number in range(count):
        group = groups[number % len(groups)]
        items = tuple(
            _of_length(article, group, length, chance) for article in chance.sample(group, chance.randint(*ITEMS))
        )
        outlet = Outlet("typical", "The Typical", "typical.example", items[0].language, written_as, "utf-8")
        body, content_type = write_feed(outlet, items)
        feeds.append(TypicalFeed(body, content_type, items))
    return feeds


def _of_length(article: DemoArticle, group: list[DemoArticle], length: int, chance: random.Random) -> DemoArticle:
    """The article with its text cut, or grown by those of its neighbours."""
    text = article.text
    while len(text) < length:
        text += "\n" + chance.choice(group).text
    return replace(article, text=text[:length])
