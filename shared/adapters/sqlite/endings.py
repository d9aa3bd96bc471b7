"""The ledger and the dead letters, in SQLite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.adapters.sqlite.store import Store
from shared.contracts import DeadLetter, Entry, LedgerEntry, rfc3339
from shared.contracts.endings import FORGOTTEN

IDS_TOGETHER = 500
"""Values in one statement."""


class Ledger:
    """Every entry ever read, by id, and how it ended."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, entries: Sequence[Entry]) -> list[Entry]:
        """Takes note of entries that were just read and returns those that are new. Must run inside a transaction."""
        fresh = []
        for entry in entries:
            added = self._store.connection.execute(
                "INSERT OR IGNORE INTO ledger (entry_id, ending, stage, detail, url, title, read_at) "
                "VALUES (?, 'under-way', 'fetch', '', ?, ?, ?)",
                (entry.id, entry.url, entry.title[:200], rfc3339(entry.read_at)),
            )
            if added.rowcount:
                fresh.append(entry)
        return fresh

    def end(self, endings: Sequence[LedgerEntry]) -> None:
        """Must run inside a transaction. A later ending replaces an earlier one: a replayed dead letter may end well. Of what
        is forgotten neither URL nor title is kept."""
        self._store.connection.executemany(
            "INSERT INTO ledger (entry_id, ending, stage, code, detail, article_id, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (entry_id) DO UPDATE SET ending = excluded.ending, stage = excluded.stage, code = excluded.code, "
            "detail = excluded.detail, article_id = excluded.article_id, ended_at = excluded.ended_at, "
            f"url = CASE WHEN excluded.code = '{FORGOTTEN}' THEN NULL ELSE url END, "
            f"title = CASE WHEN excluded.code = '{FORGOTTEN}' THEN NULL ELSE title END",
            [
                (each.entry_id, each.ending, each.stage, each.code, each.detail, each.article_id, rfc3339(each.at))
                for each in endings
            ],
        )

    def note(self, opening: LedgerEntry) -> None:
        """Takes note of what was read, whatever is known of its end. Must run inside a transaction."""
        self._store.connection.execute(
            "INSERT INTO ledger (entry_id, ending, stage, detail, url, title, read_at) "
            "VALUES (?, 'under-way', 'fetch', '', ?, ?, ?) ON CONFLICT (entry_id) DO UPDATE SET "
            f"url = CASE WHEN code = '{FORGOTTEN}' THEN NULL ELSE coalesce(url, excluded.url) END, "
            f"title = CASE WHEN code = '{FORGOTTEN}' THEN NULL ELSE coalesce(title, excluded.title) END, "
            "read_at = coalesce(read_at, excluded.read_at)",
            (opening.entry_id, opening.url, opening.title, rfc3339(opening.read_at or opening.at)),
        )

    def forget(self, entry_id: str) -> None:
        """Must run inside a transaction."""
        self._store.connection.execute("DELETE FROM ledger WHERE entry_id = ?", (entry_id,))

    def ended(self, ids: Sequence[str]) -> set[str]:
        """Those of the entries that have ended."""
        return self._which(ids, "ending != 'under-way'")

    def not_articles(self, ids: Sequence[str]) -> set[str]:
        """Those of the entries that are under way, dead letters or forgotten."""
        return self._which(ids, f"(ending IN ('under-way', 'dead-letter') OR code = '{FORGOTTEN}')")

    def _which(self, ids: Sequence[str], condition: str) -> set[str]:
        found = set[str]()
        for start in range(0, len(ids), IDS_TOGETHER):
            some = ids[start : start + IDS_TOGETHER]
            found.update(
                id_
                for (id_,) in self._store.connection.execute(
                    f"SELECT entry_id FROM ledger WHERE {condition} AND entry_id IN ({', '.join('?' * len(some))})",
                    list(some),
                )
            )
        return found

    def rows(self) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        """(entry id, ending, stage, code, article id) of every entry."""
        yield from self._store.connection.execute("SELECT entry_id, ending, stage, code, article_id FROM ledger")

    def find(self, url_or_id: str) -> list[dict[str, str | None]]:
        """Entries by their id, their article's id or their URL as read, oldest first."""
        columns = ("entry_id", "ending", "stage", "code", "detail", "article_id", "url", "title", "read_at", "ended_at")
        rows = self._store.connection.execute(
            f"SELECT {', '.join(columns)} FROM ledger WHERE entry_id = ?1 OR article_id = ?1 OR url = ?1 ORDER BY read_at",
            (url_or_id,),
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]


class DeadLetters:
    """Messages that went no further, whole."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, letters: Sequence[DeadLetter]) -> None:
        """Must run inside a transaction."""
        self._store.connection.executemany(
            "INSERT OR REPLACE INTO dead_letters (id, stage, body, at) VALUES (?, ?, ?, ?)",
            [(letter.id, letter.stage, letter.to_bytes(), rfc3339(letter.at)) for letter in letters],
        )

    def waiting(self, stage: str | None = None) -> Iterator[DeadLetter]:
        """Those that were not replayed, oldest first."""
        rows = self._store.connection.execute(
            "SELECT body FROM dead_letters WHERE NOT replayed AND (?1 IS NULL OR stage = ?1) ORDER BY at, id", (stage,)
        )
        for (body,) in rows:
            yield DeadLetter.from_bytes(body)

    def get(self, id_: str) -> DeadLetter | None:
        row = self._store.connection.execute("SELECT body FROM dead_letters WHERE id = ?", (id_,)).fetchone()
        return DeadLetter.from_bytes(row[0]) if row else None

    def kept(self) -> Iterator[DeadLetter]:
        """All of them, replayed or not, one after the other."""
        last = ""
        while row := self._store.connection.execute(
            "SELECT id, body FROM dead_letters WHERE id > ? ORDER BY id LIMIT 1", (last,)
        ).fetchone():
            last = row[0]
            yield DeadLetter.from_bytes(row[1])

    def contents(self) -> tuple[set[str], set[str]]:
        """The entry ids and the message keys that dead letters, replayed or not, are kept of."""
        entries, keys = set[str](), set[str]()
        for (body,) in self._store.connection.execute("SELECT body FROM dead_letters"):
            letter = DeadLetter.from_bytes(body)
            keys.add(letter.key)
            if letter.entry_id:
                entries.add(letter.entry_id)
        return entries, keys

    def mark_replayed(self, ids: Sequence[str]) -> None:
        """Must run inside a transaction."""
        self._store.connection.executemany("UPDATE dead_letters SET replayed = 1 WHERE id = ?", [(id_,) for id_ in ids])
