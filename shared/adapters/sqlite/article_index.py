"""The article index in SQLite: documents as JSON, a few columns to select by, FTS5 for the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from shared.adapters.search_words import fold, match_expression
from shared.adapters.sqlite.store import Store
from shared.contracts import Actor, Alert, ArticleDocument, article_id
from shared.ports import ActorCount, PairCount, Query, ReadArticle

PAGE = 200
"""Documents that are read together: a text has up to 200,000 characters."""


class SqliteArticleIndex:
    """Implements `ArticleIndex`. Writing must happen inside a transaction of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, documents: Sequence[ArticleDocument | Alert], *, overwrite: bool = False) -> None:
        """`overwrite` replaces an article of an equal revision, too."""
        for document in documents:
            if isinstance(document, Alert):
                self._put_alert(document)
            else:
                self._put_article(document, overwrite)

    def _put_alert(self, alert: Alert) -> None:
        self._store.connection.execute(
            "INSERT INTO alerts (id, version, window_end, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "version = excluded.version, window_end = excluded.window_end, body = excluded.body "
            "WHERE excluded.version > alerts.version",
            (alert.id, alert.version, _sortable(alert.window.end), alert.to_bytes()),
        )

    def _put_article(self, document: ArticleDocument, overwrite: bool) -> None:
        run = self._store.connection.execute
        old = run("SELECT num, revision, body FROM articles WHERE id = ?", (document.id,)).fetchone()
        if old is not None:
            if old[1] > document.revision or (old[1] == document.revision and not overwrite):
                return
            self._remove(old[0], ArticleDocument.from_bytes(old[2]))
        number = run(
            "INSERT INTO articles (num, id, revision, url, language, source, happened, copy_of, story, event, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                old[0] if old else None,
                document.id,
                document.revision,
                document.url,
                document.language,
                document.source.name,
                _sortable(document.published or document.first_seen),
                document.copy_of,
                document.story_id,
                document.event_id,
                # The pairs are rows of their own.
                document.__pydantic_serializer__.to_json(document, exclude={"pairs"}),
            ),
        ).lastrowid
        run(
            "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
            (number, fold(document.title), fold(document.text)),
        )
        self._store.connection.executemany(
            "INSERT OR IGNORE INTO article_actors (num, actor, name, type, role, wikidata) VALUES (?, ?, ?, ?, ?, ?)",
            [(number, a.id, a.name, a.type, a.role, a.wikidata) for a in document.actors],
        )
        self._store.connection.executemany(
            "INSERT OR IGNORE INTO article_pairs (num, first, second, same_sentence) VALUES (?, ?, ?, ?)",
            [(number, pair.first, pair.second, pair.same_sentence) for pair in document.pairs],
        )

    def _remove(self, number: int, document: ArticleDocument) -> None:
        run = self._store.connection.execute
        # A contentless FTS5 table forgets a row only when it is given back what was indexed.
        run(
            "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
            (number, fold(document.title), fold(document.text)),
        )
        for table in ("article_actors", "article_pairs", "articles"):
            run(f"DELETE FROM {table} WHERE num = ?", (number,))

    def get(self, id_: str) -> ArticleDocument | None:
        row = self._store.connection.execute("SELECT body FROM articles WHERE id = ?", (id_,)).fetchone()
        return ArticleDocument.from_bytes(row[0]) if row else None

    def find(self, url_or_id: str) -> ArticleDocument | None:
        row = self._store.connection.execute(
            "SELECT body FROM articles WHERE id IN (?1, ?2) OR url = ?1 "
            "OR id = (SELECT article_id FROM ledger WHERE entry_id = ?1) LIMIT 1",
            (url_or_id, article_id(url_or_id)),
        ).fetchone()
        return ArticleDocument.from_bytes(row[0]) if row else None

    def ids(self) -> Iterator[str]:
        for (id_,) in self._store.connection.execute("SELECT id FROM articles"):
            yield id_

    def documents(self) -> Iterator[ArticleDocument]:
        """In the order in which they came; page by page, so that others may write meanwhile."""
        last = -1
        while True:
            rows = self._store.connection.execute(
                "SELECT num, body FROM articles WHERE num > ? ORDER BY num LIMIT ?", (last, PAGE)
            ).fetchall()
            for _, body in rows:
                yield ArticleDocument.from_bytes(body)
            if len(rows) < PAGE:
                return
            last = rows[-1][0]

    def delete(self, article_id: str) -> bool:
        """Whether it was there. Must run inside a transaction of the store."""
        row = self._store.connection.execute("SELECT num, body FROM articles WHERE id = ?", (article_id,)).fetchone()
        if row is not None:
            self._remove(row[0], ArticleDocument.from_bytes(row[1]))
        return row is not None

    def refresh(self) -> None:
        """What was committed can be read at once."""

    def search(self, query: Query) -> Iterator[ReadArticle]:
        """What merely contains an article names it in `copy_of`, yet is a story of its own and no copy."""
        conditions, values = ["1"], list[str | int]()
        if query.words is not None and query.words.strip():
            expression = match_expression(query.words)
            if expression is None:
                return
            conditions.append("num IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?)")
            values.append(expression)
        if query.actor is not None:
            conditions.append("num IN (SELECT num FROM article_actors WHERE actor = ?)")
            values.append(query.actor)
        if query.language is not None:
            conditions.append("language = ?")
            values.append(query.language)
        if query.since is not None:
            conditions.append("happened >= ?")
            values.append(_sortable(query.since))
        rows = self._store.connection.execute(
            f"""
            SELECT body,
                   (SELECT count(*) FROM articles c WHERE c.copy_of = a.id AND c.story = a.story),
                   (SELECT source FROM articles s WHERE s.story = a.story ORDER BY happened, id LIMIT 1),
                   (SELECT count(*) FROM articles s WHERE s.story = a.story),
                   (SELECT count(DISTINCT story) FROM articles e WHERE e.event = a.event)
            FROM articles a WHERE {" AND ".join(conditions)} ORDER BY happened DESC, id LIMIT ?
            """,
            (*values, -1 if query.limit is None else query.limit),
        )
        for body, copies, first_publisher, story_size, event_size in rows:
            yield ReadArticle(ArticleDocument.from_bytes(body), copies, first_publisher, story_size, event_size)

    def pairs(self) -> Iterator[PairCount]:
        rows = self._store.connection.execute(
            """
            SELECT first, second, count(DISTINCT story), count(DISTINCT CASE WHEN same_sentence THEN story END),
                   min(happened), max(happened),
                   (SELECT min(name) FROM article_actors WHERE actor = first),
                   (SELECT min(name) FROM article_actors WHERE actor = second)
            FROM article_pairs JOIN articles USING (num) GROUP BY first, second ORDER BY 3 DESC, 4 DESC, first, second
            """
        )
        for one, other, stories, same_sentence, first, last, name, other_name in rows:
            yield PairCount((one, other), (name, other_name), stories, same_sentence, _time(first), _time(last))

    def actors(self) -> Iterator[ActorCount]:
        rows = self._store.connection.execute(
            """
            SELECT actor, min(name), min(type), min(role), max(wikidata), count(DISTINCT story), count(*),
                   group_concat(DISTINCT language)
            FROM article_actors JOIN articles USING (num) GROUP BY actor ORDER BY 6 DESC, actor
            """
        )
        for actor, name, type_, role, wikidata, stories, articles, languages in rows:
            found = Actor(id=actor, name=name, type=type_, role=role, wikidata=wikidata, confidence=1.0, mentions=())
            yield ActorCount(found, stories, articles, tuple(sorted(languages.split(","))))

    def actor_id(self, name: str) -> str | None:
        """The actor that articles name so, the most frequent where several have the name."""
        row = self._store.connection.execute(
            "SELECT actor FROM article_actors WHERE name = ? COLLATE NOCASE OR actor = ? GROUP BY actor "
            "ORDER BY count(*) DESC LIMIT 1",
            (name, name),
        ).fetchone()
        return str(row[0]) if row else None

    def alerts(self) -> Iterator[Alert]:
        for (body,) in self._store.connection.execute("SELECT body FROM alerts ORDER BY window_end DESC, id"):
            yield Alert.from_bytes(body)


def _sortable(time: datetime) -> str:
    """Of one length, so that text sorts as time does: `…00Z` would sort after `…00.5Z`."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
