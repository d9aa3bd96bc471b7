"""Forgetting in the embedded file: one transaction, and then no byte of it is left in the file or beside it."""

from __future__ import annotations

from datetime import datetime

from services.alert.forgetting import forgotten, shows, without_evidence
from services.alert.verdict import AlertVerdict
from services.cluster.verdict import ClusterVerdict
from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters, Ledger
from shared.adapters.sqlite.erase import erase_unused
from shared.adapters.sqlite.reading import SqliteReading
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.views import drop_views
from shared.contracts import Alert
from shared.forgetting import Report, Target, alerts_anew, endings, find_target, letter_without, newest_versions
from shared.pipeline import ALERT


def forget(store: Store, what: str, now: datetime) -> Report | None:
    """None where nothing is known of it. Nobody else may work in the folder, and nothing may wait in its log.

    Raises `NotAvailable` where its bytes could not be removed, and says whether it is forgotten: it is to be forgotten once more.
    """
    target = find_target(SqliteReading(store), what)
    if not target.is_known:
        return None
    drop_views(store)
    store.connection.execute("PRAGMA secure_delete=ON")
    with store.transaction():
        report = _Forgetting(store, target, now).run()
    erase_unused(store)
    return report


class _Forgetting:
    """Must run inside a transaction."""

    def __init__(self, store: Store, target: Target, now: datetime) -> None:
        self._run = store.connection.execute
        self._store = store
        self._target = target
        self._now = now
        self._index = SqliteArticleIndex(store)
        self._letters = DeadLetters(store)

    def run(self) -> Report:
        report = Report()
        report.articles = sum(self._index.delete(id_) for id_ in self._target.articles)
        # A deleted row is only marked in the words' index until its parts are merged.
        self._run("INSERT INTO articles_fts (articles_fts) VALUES ('optimize')")
        self._verdicts()
        self._story_records()
        alerts = alerts_anew(self._index.alerts(), self._target.articles)
        self._alert_records()
        self._index.put(alerts)
        report.alerts = len(alerts)
        self._messages()
        report.letters = self._dead_letters()
        ends = [end for end, _ in endings(Ledger(self._store), self._target, self._now)]
        Ledger(self._store).end(ends)
        report.entries = len(ends)
        return report

    def _verdicts(self) -> None:
        for record in self._target.records:
            self._run(
                "UPDATE state SET body = ? WHERE stage = 'deduplicate' AND id = ?",
                (self._target.becomes(record).to_bytes(), record.id),
            )
        if not self._target.records:
            for group in self._target.groups:
                record = self._target.placeholder(group, self._now)
                self._run(
                    "INSERT OR IGNORE INTO state (stage, id, grp, body) VALUES ('deduplicate', ?, ?, ?)",
                    (record.id, record.group, record.to_bytes()),
                )

    def _story_records(self) -> None:
        log = SqliteStateLog(self._store, "cluster", ClusterVerdict)
        for article in self._target.articles:
            for record in log.group(article):
                self._run(
                    "UPDATE state SET body = ? WHERE stage = 'cluster' AND id = ?",
                    (record.forgotten().to_bytes(), record.id),
                )

    def _alert_records(self) -> None:
        articles = self._target.articles
        rows = set[int]()
        for id_ in articles:
            found = self._run("SELECT seq FROM state WHERE stage = 'alert' AND instr(body, ?)", (id_.encode(),))
            rows.update(seq for (seq,) in found)
        if not rows:
            return
        newest = newest_versions(SqliteStateLog(self._store, "alert", AlertVerdict).read())
        for seq in sorted(rows):
            (body,) = self._run("SELECT body FROM state WHERE seq = ?", (seq,)).fetchone()
            record = forgotten(AlertVerdict.from_bytes(body), articles, newest)
            self._run("UPDATE state SET body = ? WHERE seq = ?", (record.to_bytes(), seq))

    def _messages(self) -> None:
        for id_ in self._target.entries:
            self._run("DELETE FROM log WHERE json_extract(headers, '$.ce_id') = ?", (id_,))
        for id_ in self._target.articles:
            rows = self._run(
                "SELECT offset, value FROM log WHERE topic = ? AND instr(value, ?)", (ALERT, id_.encode())
            ).fetchall()
            for offset, value in rows:
                alert = Alert.from_bytes(value)
                if shows(alert, self._target.articles):
                    told = without_evidence(alert, self._target.articles).to_bytes()
                    self._run("UPDATE log SET value = ? WHERE topic = ? AND offset = ?", (told, ALERT, offset))

    def _dead_letters(self) -> int:
        deleted = 0
        for letter in self._letters.kept():
            if self._target.has_letter(letter):
                self._run("DELETE FROM dead_letters WHERE id = ?", (letter.id,))
                deleted += 1
            elif (kept := letter_without(letter, self._target.articles)) is not None:
                self._run("UPDATE dead_letters SET body = ? WHERE id = ?", (kept.to_bytes(), letter.id))
        return deleted
