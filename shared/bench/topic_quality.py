"""How well topics are found: on the golden corpus, and on SIB-200, single sentences in many languages.

SIB-200 has seven classes, five of which have a twin among the top-level IPTC Media Topics; of the two others (geography, travel) nothing is
expected but that they take no sentence from the five. The best top-level topic of a sentence is held against its class.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.enrich.topic_lexicon import TOPICS
from services.enrich.topics import find_topics
from shared.bench.golden_corpus import Corpus
from shared.errors import Misuse

SENTENCES = Path("../shared/data/topics")
"""Beside the project and not in it: the sentences are other people's (CC BY-SA 4.0)."""

_TWINS: Mapping[str, str] = {
    "politics": "politics",
    "sports": "sport",
    "health": "health",
    "science/technology": "science",
    "entertainment": "arts",
}
_LANGUAGES: Mapping[str, str] = {
    "arb": "ar",
    "deu": "de",
    "eng": "en",
    "fra": "fr",
    "heb": "he",
    "hin": "hi",
    "ita": "it",
    "jpn": "ja",
    "kor": "ko",
    "pes": "fa",
    "pol": "pl",
    "por": "pt",
    "rus": "ru",
    "spa": "es",
    "tur": "tr",
    "ukr": "uk",
    "zho": "zh",
}
_TOP_LEVEL = frozenset(id_ for id_, _ in TOPICS.values())


@dataclass(frozen=True, slots=True)
class TopicQuality:
    """`macro_f1` over the five classes, all sentences in view; `five_only` with the sentences of the other two left out."""

    language: str
    sentences: int
    macro_f1: float
    five_only: float


def best_topic(title: str, text: str, language: str) -> str | None:
    """The id of the strongest top-level topic."""
    return next((topic.id for topic in find_topics(title, text, language) if topic.id in _TOP_LEVEL), None)


def score_sentences(folder: Path) -> list[TopicQuality]:
    """One result for each `<language>.*.tsv`, in the order of their names. Raises `Misuse` for a folder without any."""
    found = [_score_file(path) for path in sorted(folder.glob("*.tsv"))]
    if not found:
        raise Misuse(f"{folder}: there are no tables of sentences (*.tsv with category and text)")
    return found


def score_stories(corpus: Corpus) -> tuple[int, int]:
    """Articles of the golden corpus whose topic is the best or, as papers mix them, the second, of all."""
    right = 0
    for article in corpus.articles:
        topics = [
            each.id for each in find_topics(article.title, article.text, article.language) if each.id in _TOP_LEVEL
        ]
        right += TOPICS[article.topic][0] in topics[:2]
    return right, len(corpus.articles)


def macro_f1(pairs: Sequence[tuple[str | None, str | None]], classes: Iterable[str]) -> float:
    """Mean F1 over `classes` of (wanted, found) pairs."""
    scores = []
    for each in classes:
        both = sum(wanted == found == each for wanted, found in pairs)
        either = sum(wanted == each for wanted, _ in pairs) + sum(found == each for _, found in pairs)
        scores.append(2 * both / either if either else 1.0)
    return sum(scores) / len(scores)


def _score_file(path: Path) -> TopicQuality:
    language = _LANGUAGES.get(path.name[:3])
    if language is None:
        raise Misuse(f"{path}: the name does not begin with the code of a language that has topics")
    ids = {name: TOPICS[twin][0] for name, twin in _TWINS.items()}
    by_class: dict[str, list[str | None]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            by_class[row["category"]].append(best_topic("", row["text"], language))
    pairs = [(ids.get(name), found) for name, topics in by_class.items() for found in topics]
    five = [(wanted, found) for wanted, found in pairs if wanted is not None]
    return TopicQuality(language, len(pairs), macro_f1(pairs, ids.values()), macro_f1(five, ids.values()))
