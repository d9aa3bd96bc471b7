"""What rules name that nobody has: it is no error, for a gazetteer may learn it, but a rule about it gives no alert until then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from services.alert.rules import AlertRules
from services.enrich.gazetteer import Gazetteer
from services.enrich.topic_lexicon import SECOND_LEVEL, TOPICS

SHOWN = 20
"""Lines of a kind: somebody may have another gazetteer altogether, and to guess what was meant takes a tenth of a second each."""
_NEW_FACE = "?"
"""A name that no gazetteer has begins with it; it is known when it is met."""


def warnings_about(rules: AlertRules, gazetteer: Callable[[], Gazetteer]) -> Iterator[str]:
    """One line for each, and one for all that are too many. The gazetteer is loaded only where a rule names an actor."""
    actors = [
        (rule.name, id_)
        for rule in rules.rules
        for id_ in sorted(rule.selection.watchlist | rule.selection.and_watchlist)
        if not id_.startswith(_NEW_FACE) and gazetteer().entry(id_) is None
    ]
    known = {id_ for id_, _ in TOPICS.values()} | {topic.id for topic in SECOND_LEVEL.values()}
    topics = [(rule.name, id_) for rule in rules.rules for id_ in sorted(rule.selection.topics - known)]
    for rule, id_ in actors[:SHOWN]:
        near = get_close_matches(id_, gazetteer().entries, 1)
        yield f"rule {rule}: no actor has the id {id_}" + (f" (is it {near[0]}?)" if near else "")
    for rule, id_ in topics[:SHOWN]:
        yield f"rule {rule}: no article is given the topic {id_}"
    if more := len(actors[SHOWN:]) + len(topics[SHOWN:]):
        yield f"and {more} more that nobody has"
