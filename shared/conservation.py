"""The law of conservation, proved by ids: every entry ever read has ended, or is found on its way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from shared.ports import Snapshot

EXAMPLES = 20


@dataclass(slots=True)
class Account:
    """`endings`: entries by ending; `under_way`: entries by the stage that they wait for; `broken`: what contradicts the law."""

    entries: int = 0
    articles: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    under_way: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.broken


def account(found: Snapshot) -> Account:
    """Looks at every entry and every article.

    Four things would break the law: an entry under way that waits nowhere; an entry that ended as an article which is not in
    the index; a dead letter that is not kept; an article in the index that no entry ended as.
    """
    result = Account(articles=len(found.articles_after))
    on_the_way = found.waiting_keys | found.letter_keys
    articles = found.articles_after
    ended_as: set[str] = set()
    for entry_id, ending, stage, code, article_id in found.rows:
        result.entries += 1
        result.endings[ending] += 1
        if code:
            result.codes[f"{stage}: {code}"] += 1
        if ending == "under-way":
            if entry_id in found.waiting:
                result.under_way.setdefault(found.waiting[entry_id], []).append(entry_id)
            elif found.judged is None or entry_id in found.judged:
                _break(result, f"entry {entry_id} is under way and waits nowhere")
        elif ending in ("indexed", "revision"):
            ended_as.add(article_id or "")
            if article_id not in articles:
                _break(result, f"entry {entry_id} ended as article {article_id}, which is not in the index")
        elif ending == "same" and article_id not in articles and article_id not in on_the_way:
            # The article itself may still be on its way, or have failed in a later stage.
            _break(result, f"entry {entry_id} is the same as article {article_id}, which is not in the index")
        elif ending == "dead-letter" and entry_id not in found.letter_entries:
            _break(result, f"entry {entry_id} became a dead letter that is not kept")
    for orphan in sorted(found.articles_before - ended_as):
        # Written a moment ago, its entry's end not yet: then its message waits to be acknowledged.
        if found.judged is None or orphan not in found.waiting_keys:
            _break(result, f"article {orphan} is in the index and no entry ended as it")
    return result


def _break(result: Account, what: str) -> None:
    if len(result.broken) < EXAMPLES:
        result.broken.append(what)
    elif len(result.broken) == EXAMPLES:
        result.broken.append("… and more")
