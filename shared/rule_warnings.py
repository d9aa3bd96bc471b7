"""What rules name that nobody has: it is no error, for a gazetteer may learn it, but a rule about it gives no alert until then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from services.alert.rules import AlertRules, Rule
from services.enrich.gazetteer import Gazetteer
from services.enrich.topic_lexicon import SECOND_LEVEL, TOPICS

_NEW_FACE = "?"
"""A name that no gazetteer has begins with it; it is known when it is met."""


def warnings_about(rules: AlertRules, gazetteer: Callable[[], Gazetteer]) -> Iterator[str]:
    """One line for each. The gazetteer is loaded only where a rule names an actor."""
    topics = {id_ for id_, _ in TOPICS.values()} | {topic.id for topic in SECOND_LEVEL.values()}
    for rule in rules.rules:
        selection = rule.selection
        for id_ in sorted(selection.watchlist | selection.and_watchlist):
            if not id_.startswith(_NEW_FACE) and gazetteer().entry(id_) is None:
                yield _line(rule, f"no actor has the id {id_}", get_close_matches(id_, gazetteer().entries, 1))
        for id_ in sorted(selection.topics - topics):
            yield _line(rule, f"no article is given the topic {id_}", [])


def _line(rule: Rule, what: str, near: list[str]) -> str:
    return f"rule {rule.name}: {what}" + (f" (is it {near[0]}?)" if near else "")
