"""An archive of any size for the speed benchmark, made from the demo's articles."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import orjson

from shared.demo.corpus import DemoArticle, articles

WORDS = 130
"""Length of an article, about; in languages without spaces, twice as many characters."""
REPLACED = 0.45
_UNSPACED = {"zh", "ja"}


def archive(count: int, seed: int = 1) -> Iterator[bytes]:
    """`count` lines as `newsloom ingest` reads them: texts of real words, names included, no two alike.

    Each takes sentences from articles of one language and replaces nearly half of the words by others of that language: the stages
    meet text in twelve languages with as many names as news has, and near-copy detection meets few copies.
    """
    chance = random.Random(seed)
    by_language: dict[str, list[DemoArticle]] = defaultdict(list)
    for article in articles():
        by_language[article.language].append(article)
    pool = [article for group in by_language.values() if len(group) >= 20 for article in group]
    words = {language: _words(group) for language, group in by_language.items()}
    for number in range(count):
        base = pool[number % len(pool)]
        text = _text(base, by_language[base.language], words[base.language], chance)
        published = base.published + timedelta(minutes=number)
        yield orjson.dumps(
            {
                "url": f"{base.url}-{number}",
                "title": base.title,
                "text": text,
                "source": base.source,
                "published": published.isoformat(),
            }
        )


def _words(group: list[DemoArticle]) -> list[str]:
    return sorted({word for article in group for word in _units(article)})


def _units(article: DemoArticle) -> list[str]:
    return list(article.text) if article.language in _UNSPACED else article.text.split()


def _text(base: DemoArticle, group: list[DemoArticle], words: list[str], chance: random.Random) -> str:
    wanted = WORDS * 2 if base.language in _UNSPACED else WORDS
    units: list[str] = []
    while len(units) < wanted:
        sentences = re.split(r"(?<=[.!?。！？])\s*", chance.choice(group).text)
        sentence = chance.choice(sentences)
        units += list(sentence) if base.language in _UNSPACED else sentence.split()
    mixed = [chance.choice(words) if chance.random() < REPLACED else unit for unit in units]
    return ("" if base.language in _UNSPACED else " ").join(mixed)
