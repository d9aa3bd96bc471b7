"""Which of the IPTC Media Topics an article is about: words counted by a lexicon, nothing learnt, everything explicable.

The evidence for a topic is the sum, over its words in the article, of weight x occurrences, where an occurrence in the title
counts twice and no word counts more than three times. The score is evidence / (evidence + 6): one strong word gives a third, ten
words near to 0.8. A topic needs evidence of 2, more in a text of over 500 characters (chance finds more words there), and half of
what the best one has.

Below a top-level topic that was found, one of the second level is given where it is sure: two different words of its own say so, and
no other below the same topic has as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from services.enrich.topic_lexicon import SECOND_LEVEL, TOPICS, Lexicon, SecondLevel, lexicon
from shared.contracts.enrichment import Topic

MAX_TOPICS = 4
"""Of the top level."""
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
_SECOND_WORDS = 2
_SECOND_EVIDENCE = 2
_SECOND_WEIGHT = 2.0
"""All words of the second level weigh the same."""


def find_topics(title: str, text: str, language: str) -> tuple[Topic, ...]:
    """The topics of an article, those of the top level first, each level by score; none where nothing speaks for one or no lexicon
    is there."""
    words = lexicon(language)
    if words is None:
        return ()
    evidence: dict[str, float] = {}
    second: dict[str, list[int]] = {}
    for index, count in _counts(words, title, text).items():
        entry = words.entries[index]
        if entry.weight:
            evidence[entry.topic] = evidence.get(entry.topic, 0.0) + entry.weight * count
        else:
            second.setdefault(entry.topic, []).append(count)
    if not evidence:
        return ()
    least = min(_MIN_EVIDENCE + max(len(text) - _SHORT, 0) / _CHARS_FOR_ONE_MORE, _MAX_MIN_EVIDENCE)
    least = max(least, _SHARE_OF_BEST * max(evidence.values()))
    # By id where the evidence is the same: the order must not depend on that of the lexicon.
    ranked = sorted((-found, *TOPICS[topic], topic) for topic, found in evidence.items() if found >= least)[:MAX_TOPICS]
    return (
        *(Topic(id=id_, name=name, score=_score(-found)) for found, id_, name, _ in ranked),
        *_second_level(second, frozenset(topic for *_, topic in ranked)),
    )


def _second_level(counts: Mapping[str, Sequence[int]], tops: frozenset[str]) -> Iterator[Topic]:
    """`counts`: short name → how often each of its words stands there; `tops`: the topics above that were found."""
    by_top: dict[str, list[tuple[int, str]]] = {}
    for topic, found in counts.items():
        if (top := SECOND_LEVEL[topic].top) in tops:
            by_top.setdefault(top, []).append((sum(found), topic))
    sure: list[tuple[int, SecondLevel]] = []
    for ranked in by_top.values():
        ranked.sort(reverse=True)
        (most, topic), *others = ranked
        enough = most >= _SECOND_EVIDENCE and len(counts[topic]) >= _SECOND_WORDS
        if enough and (not others or others[0][0] < most):
            sure.append((-most, SECOND_LEVEL[topic]))
    for least, below in sorted(sure):
        yield Topic(id=below.id, name=below.name, score=_score(-least * _SECOND_WEIGHT))


def _score(evidence: float) -> float:
    return round(evidence / (evidence + _HALF), 3)


def explain(title: str, text: str, language: str) -> dict[str, list[tuple[str, float]]]:
    """Topic id → the entries of the lexicon that speak for it and what each adds, most first; also topics that stay too weak."""
    words = lexicon(language)
    if words is None:
        return {}
    found: dict[str, list[tuple[str, float]]] = {}
    for index, count in _counts(words, title, text).items():
        entry = words.entries[index]
        topic = TOPICS[entry.topic][0] if entry.weight else SECOND_LEVEL[entry.topic].id
        found.setdefault(topic, []).append((entry.word, (entry.weight or _SECOND_WEIGHT) * count))
    return {topic: sorted(entries, key=lambda entry: (-entry[1], entry[0])) for topic, entries in sorted(found.items())}


def _counts(words: Lexicon, title: str, text: str) -> dict[int, int]:
    """Index of an entry → its occurrences, as they count."""
    counts = words.count(title[:MAX_CHARS], text[:MAX_CHARS], _TITLE_COUNTS)
    return {index: min(count, _MAX_COUNT) for index, count in counts.items()}
