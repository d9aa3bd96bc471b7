"""Which of the IPTC Media Topics an article is about: words counted by a lexicon, nothing learnt, everything explicable.

The evidence for a topic is the sum, over its words in the article, of weight x occurrences, where an occurrence in the title
counts twice and no word counts more than three times. The score is evidence / (evidence + 6): one strong word gives a third, ten
words near to 0.8. A topic needs evidence of 2, more in a text of over 500 characters (chance finds more words there), and half of
what the best one has.
"""

from __future__ import annotations

from services.enrich.topic_lexicon import TOPICS, Lexicon, lexicon
from shared.contracts.enrichment import Topic

MAX_TOPICS = 4
MAX_CHARS = 20_000
"""Characters of a text that are looked at: what an article is about it says by then."""
_TITLE_COUNTS = 2
_MAX_COUNT = 3
_HALF = 6.0
"""Evidence that gives a score of one half."""
_MIN_EVIDENCE = 2.0
_SHORT = 500
"""Characters up to which the least evidence does."""
_CHARS_FOR_ONE_MORE = 1_000
_MAX_MIN_EVIDENCE = 6.0
_SHARE_OF_BEST = 0.5


def find_topics(title: str, text: str, language: str) -> tuple[Topic, ...]:
    """The topics of an article, best first, at most `MAX_TOPICS`; none where nothing speaks for one or no lexicon is there."""
    words = lexicon(language)
    if words is None:
        return ()
    evidence: dict[str, float] = {}
    for index, count in _counts(words, title, text).items():
        entry = words.entries[index]
        evidence[entry.topic] = evidence.get(entry.topic, 0.0) + entry.weight * count
    if not evidence:
        return ()
    least = min(_MIN_EVIDENCE + max(len(text) - _SHORT, 0) / _CHARS_FOR_ONE_MORE, _MAX_MIN_EVIDENCE)
    least = max(least, _SHARE_OF_BEST * max(evidence.values()))
    # By id where the evidence is the same: the order must not depend on that of the lexicon.
    ranked = sorted((-found, *TOPICS[topic]) for topic, found in evidence.items() if found >= least)
    return tuple(
        Topic(id=topic, name=name, score=round(-found / (-found + _HALF), 3))
        for found, topic, name in ranked[:MAX_TOPICS]
    )


def explain(title: str, text: str, language: str) -> dict[str, list[tuple[str, float]]]:
    """Topic id → the entries of the lexicon that speak for it and what each adds, most first; also topics that stay too weak."""
    words = lexicon(language)
    if words is None:
        return {}
    found: dict[str, list[tuple[str, float]]] = {}
    for index, count in _counts(words, title, text).items():
        entry = words.entries[index]
        found.setdefault(TOPICS[entry.topic][0], []).append((entry.word, float(entry.weight * count)))
    return {topic: sorted(entries, key=lambda entry: (-entry[1], entry[0])) for topic, entries in sorted(found.items())}


def _counts(words: Lexicon, title: str, text: str) -> dict[int, int]:
    """Index of an entry → its occurrences, as they count."""
    counts = words.count(title[:MAX_CHARS], text[:MAX_CHARS], _TITLE_COUNTS)
    return {index: min(count, _MAX_COUNT) for index, count in counts.items()}
