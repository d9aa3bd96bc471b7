"""The file at one moment, for the law of conservation."""

from __future__ import annotations

from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.pipeline import NODES, OF_ENTRIES
from shared.ports import Snapshot


def snapshot(store: Store) -> Snapshot:
    """Everything in one consistent view of the file."""
    store.connection.execute("BEGIN")
    try:
        waiting, waiting_keys = _waiting(store)
        articles = frozenset(SqliteArticleIndex(store).ids())
        letter_entries, letter_keys = DeadLetters(store).contents()
        return Snapshot(
            rows=list(Ledger(store).rows()),
            articles_before=articles,
            articles_after=articles,
            waiting=waiting,
            waiting_keys=frozenset(waiting_keys),
            letter_entries=frozenset(letter_entries),
            letter_keys=frozenset(letter_keys),
        )
    finally:
        store.connection.execute("ROLLBACK")


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
