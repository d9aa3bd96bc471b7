"""The law of conservation, proved by ids: every entry ever read has ended, or is found on its way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.pipeline import NODES, OF_ENTRIES

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


def account(store: Store) -> Account:
    """Reads the whole ledger, the index's ids and what waits in the topics, in one consistent view of the file.

    Four things would break the law: an entry under way that waits nowhere; an entry that ended as an article which is not in
    the index; a dead letter that is not kept; an article in the index that no entry ended as.
    """
    store.connection.execute("BEGIN")
    try:
        return _account(store)
    finally:
        store.connection.execute("ROLLBACK")


def _account(store: Store) -> Account:
    result = Account()
    waiting, waiting_keys = _waiting(store)
    articles = set(SqliteArticleIndex(store).ids())
    kept, kept_keys = DeadLetters(store).contents()
    on_the_way = waiting_keys | kept_keys
    ended_as: set[str] = set()
    result.articles = len(articles)
    for entry_id, ending, stage, code, article_id in Ledger(store).rows():
        result.entries += 1
        result.endings[ending] += 1
        if code:
            result.codes[f"{stage}: {code}"] += 1
        if ending == "under-way":
            if entry_id in waiting:
                result.under_way.setdefault(waiting[entry_id], []).append(entry_id)
            else:
                _break(result, f"entry {entry_id} is under way and waits nowhere")
        elif ending in ("indexed", "revision"):
            ended_as.add(article_id or "")
            if article_id not in articles:
                _break(result, f"entry {entry_id} ended as article {article_id}, which is not in the index")
        elif ending == "same" and article_id not in articles and article_id not in on_the_way:
            # The article itself may still be on its way, or have failed in a later stage.
            _break(result, f"entry {entry_id} is the same as article {article_id}, which is not in the index")
        elif ending == "dead-letter" and entry_id not in kept:
            _break(result, f"entry {entry_id} became a dead letter that is not kept")
    for orphan in sorted(articles - ended_as):
        _break(result, f"article {orphan} is in the index and no entry ended as it")
    return result


def _waiting(store: Store) -> tuple[dict[str, str], set[str]]:
    """Entry id → the stage that it waits for, from the messages that were not consumed, and those messages' keys: article ids."""
    topics = Topics(store)
    found: dict[str, str] = {}
    keys: set[str] = set()
    for node in reversed(NODES):
        if node.ends_entries:
            for topic in OF_ENTRIES.intersection(node.reads):
                for delivery in topics.read(topic, topics.consumed(node.stage, topic)):
                    found[delivery.headers.get("ce_id", delivery.key)] = node.stage
                    keys.add(delivery.key)
    return found, keys


def _break(result: Account, what: str) -> None:
    if len(result.broken) < EXAMPLES:
        result.broken.append(what)
    elif len(result.broken) == EXAMPLES:
        result.broken.append("… and more")
