"""The whole embedded pipeline, on the last articles of the demo's archive."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from eager import EAGER

from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.endings import DeadLetters
from shared.adapters.sqlite.reading import SqliteReading
from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import Store, database
from shared.conservation import Account, account
from shared.contracts import article_id
from shared.errors import NotAvailable
from shared.explanations import EXPLANATIONS
from shared.history_of import history_of
from shared.ports import Query
from shared.runtime.ingesting import Ingested, ingest_files
from shared.runtime.session import Session
from shared.settings import Settings
from shared.stage import Unavailable

Dump = Callable[[Path], dict[str, list[Any]]]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]) -> Path:
    path = tmp_path_factory.mktemp("archive") / "articles.jsonl"
    path.write_bytes(newest_rows(60))
    return path


def ingest(data_dir: Path, archive: Path, **changed: Any) -> tuple[Ingested, Account]:
    with Session(data_dir, config=Settings(**{**EAGER, **changed})) as session:
        result = ingest_files(session, [str(archive)], "auto")
        assert session.intake.unread() == 0
        return result, account(snapshot(session.store))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> Path:
    """A data folder after one undisturbed run."""
    data_dir = tmp_path_factory.mktemp("done")
    ingest(data_dir, archive)
    return data_dir


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(tmp_path / "data", config=Settings(**EAGER)) as opened:
        yield opened


def test_every_entry_ends_and_the_ledger_holds(tmp_path: Path, archive: Path, dump: Dump) -> None:
    result, found = ingest(tmp_path, archive)
    assert (result.read, result.new, result.known, result.unreadable) == (60, 60, 0, 0)
    assert found.holds, found.broken
    assert found.entries == 60 == sum(found.endings.values())
    assert set(found.endings) == {"indexed", "revision"}
    assert found.articles == found.endings["indexed"]
    said = dump(tmp_path)
    assert len(said["alerts"]) >= 3
    assert any(orjson.loads(alert)["version"] >= 3 for alert in said["alerts"]), "no alert was updated"


def test_ingesting_the_same_again_changes_nothing(tmp_path: Path, archive: Path, dump: Dump) -> None:
    ingest(tmp_path, archive)
    before = dump(tmp_path)
    result, found = ingest(tmp_path, archive)
    assert (result.new, result.known) == (0, 60)
    assert found.holds, found.broken
    assert dump(tmp_path) == before


def test_the_same_articles_under_other_ids_are_the_same_articles(
    tmp_path: Path, archive: Path, done: Path, dump: Dump
) -> None:
    """A second archive has them with another date of change: other entries, the same articles and texts."""
    ingest(tmp_path, archive)
    before = dump(tmp_path)
    again = tmp_path / "again.jsonl"
    # Of every article the newest version: an older one with a newer date would be a return to the older text.
    newest = {orjson.loads(line)["url"]: line for line in archive.read_bytes().splitlines(keepends=True)}
    again.write_bytes(b"".join(newest.values()).replace(b'{"url"', b'{"updated": "2024-07-01T00:00:00Z", "url"'))
    result, found = ingest(tmp_path, again)
    assert result.new == len(newest)
    assert found.holds, found.broken
    assert found.endings["same"] == len(newest)
    after = dump(tmp_path)
    for part in ("articles", "pairs", "actors", "alerts", "alert"):
        assert after[part] == before[part], part


def test_reports_that_share_a_link_overwrite_nothing_and_are_explained(tmp_path: Path) -> None:
    archive = tmp_path / "one-link.jsonl"
    texts = {
        "Bridge": "The swing bridge will close for nine nights while its bearings are replaced by engineers from the coast.",
        "Choir": "All four hundred seats in the granary went before noon, and a second evening is being looked into.",
    }
    rows = [{"url": "https://paper.example/", "title": title, "text": text} for title, text in texts.items()]
    archive.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    _, found = ingest(tmp_path, archive)
    assert found.holds, found.broken
    assert found.endings == {"indexed": 2}
    store = Store(database(tmp_path), read_only=True)
    documents = [read.document for read in SqliteArticleIndex(store).search(Query())]
    assert {document.title for document in documents} == set(texts)
    for document in documents:
        told = [step.what for step in history_of(SqliteReading(store), document.id) if step.stage == "deduplicate"]
        assert told == ["first version"]


def test_a_text_that_returns_to_an_earlier_wording_is_the_newest_revision(tmp_path: Path) -> None:
    archive = tmp_path / "back-and-forth.jsonl"
    texts = (
        "The bridge will close on Monday.",
        "The bridge will close on Tuesday.",
        "The bridge will close on Monday.",
    )
    rows = [
        {
            "url": "https://paper.example/bridge",
            "title": "Bridge",
            "text": text,
            "published": f"2024-05-0{day}T08:00:00Z",
        }
        for day, text in enumerate(texts, start=1)
    ]
    archive.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    _, found = ingest(tmp_path, archive)
    assert found.endings == {"indexed": 1, "revision": 2}
    store = Store(database(tmp_path), read_only=True)
    [read] = SqliteArticleIndex(store).search(Query())
    assert (read.document.revision, read.document.text) == (3, texts[2])


@pytest.mark.parametrize("batch_size", [1, 7])
def test_the_size_of_a_batch_changes_nothing(
    tmp_path: Path, archive: Path, done: Path, dump: Dump, batch_size: int
) -> None:
    ingest(tmp_path, archive, batch_size=batch_size)
    assert dump(tmp_path) == dump(done)


def test_a_restart_between_any_two_pieces_changes_nothing(
    tmp_path: Path, archive: Path, done: Path, dump: Dump
) -> None:
    lines = archive.read_bytes().splitlines(keepends=True)
    for start in range(0, 60, 13):
        piece = tmp_path / "piece.jsonl"
        piece.write_bytes(b"".join(lines[start : start + 13]))
        ingest(tmp_path, piece)
    assert dump(tmp_path) == dump(done)


def test_pruning_the_log_changes_nothing_that_can_be_read(
    tmp_path: Path, archive: Path, done: Path, dump: Dump
) -> None:
    with Session(tmp_path, config=Settings(**EAGER, log_retention_hours=1e-9)) as session:
        ingest_files(session, [str(archive)], "auto")
        assert session.pipeline.prune() > 200
        assert account(snapshot(session.store)).holds
    assert dump(tmp_path) == dump(done)


def test_a_second_process_is_refused_with_exit_code_3(session: Session, archive: Path) -> None:
    command = [sys.executable, "-c", "from shared.cli import main; main()", "ingest", str(archive)]
    second = subprocess.run(
        [*command, "--data-dir", str(session.data_dir)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert second.returncode == 3
    assert "another newsloom works in" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_closed_session_lets_the_next_one_in(tmp_path: Path) -> None:
    first = Session(tmp_path)
    with pytest.raises(NotAvailable, match="another newsloom works in"):
        Session(tmp_path)
    first.close()
    Session(tmp_path).close()


def fill(session: Session, done: Path, share: float) -> None:
    """The disk is full after this share of what the whole archive needs, for every connection that is open."""
    whole = Store(database(done), read_only=True).connection.execute("PRAGMA page_count").fetchone()[0]
    for store in (session.store, session._pipeline_store):
        empty = store.connection.execute("PRAGMA page_count").fetchone()[0]
        store.connection.execute(f"PRAGMA max_page_count={empty + int(share * (whole - empty))}")


def free(session: Session) -> None:
    for store in (session.store, session._pipeline_store):
        store.connection.execute("PRAGMA max_page_count=4294967294")


@pytest.mark.parametrize("share", [0, 0.2, 0.4, 0.6, 0.8, 0.95])
def test_a_full_disk_stops_the_work_and_loses_nothing(
    session: Session, archive: Path, done: Path, dump: Dump, share: float
) -> None:
    fill(session, done, share)
    with pytest.raises(NotAvailable, match="full"):
        ingest_files(session, [str(archive)], "auto")
    assert account(snapshot(session.store)).holds
    assert not list(DeadLetters(session.store).waiting()), "what a full disk does is no message's fault"
    free(session)
    ingest_files(session, [str(archive)], "auto")
    assert account(snapshot(session.store)).holds
    assert dump(session.data_dir) == dump(done)


def test_a_full_disk_heals_while_the_pipeline_waits(session: Session, archive: Path, done: Path, dump: Dump) -> None:
    """In a batch: what was judged and could not be written is judged again, from the state as it is stored."""
    fill(session, done, 0.7)
    with pytest.raises(NotAvailable):
        ingest_files(session, [str(archive)], "auto")
    for _ in range(3):
        with pytest.raises(Unavailable, match="full"):
            session.pipeline.drain()
    free(session)
    session.pipeline.drain()
    ingest_files(session, [str(archive)], "auto")
    assert dump(session.data_dir) == dump(done)


BAD_LINES = {
    b"{not json": "not-json",
    b"[1, 2]": "not-an-object",
    b'{"url": ["https://a.example/"], "title": "T"}': "wrong-type",
    b"\xff\xfe{": "not-json",
}


def test_bad_lines_become_dead_letters_that_can_be_explained(session: Session, tmp_path: Path, archive: Path) -> None:
    good = archive.read_bytes().splitlines()[:3]
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_bytes(b"\n".join([good[0], *BAD_LINES, b"", *good[1:]]))
    for _ in range(2):
        result = ingest_files(session, [str(mixed)], "auto")
        assert (result.read, result.unreadable) == (7, 4)
    found = account(snapshot(session.store))
    assert found.holds, found.broken
    assert (found.endings["dead-letter"], found.articles, found.entries) == (4, 3, 7)
    letters = {letter.value.strip(): letter for letter in DeadLetters(session.store).waiting()}
    assert {line: letter.code for line, letter in letters.items()} == BAD_LINES
    for letter in letters.values():
        for name in (letter.id, letter.entry_id, letter.key):
            told = " ".join(step.what for step in history_of(SqliteReading(session.store), name))
            assert EXPLANATIONS[letter.code] in told, name


def test_an_entry_with_nothing_in_it_is_dropped_and_explained(session: Session, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_bytes(b'{"url": "https://paper.example/empty", "title": " ", "text": ""}\n')
    ingest_files(session, [str(nothing)], "auto")
    found = account(snapshot(session.store))
    assert found.holds
    assert dict(found.endings) == {"dropped": 1}
    told = [step.what for step in history_of(SqliteReading(session.store), "https://paper.example/empty")]
    assert EXPLANATIONS["empty"] in " ".join(told)


def test_the_history_of_an_article_names_every_stage(done: Path) -> None:
    with Session(done) as session:
        index = SqliteArticleIndex(session.store)
        alert = next(index.alerts())
        document = index.get(alert.evidence[0].article_id)
        assert document
        for name in (document.id, document.url, document.canonical_url, document.entry_id):
            stages = [step.stage for step in history_of(SqliteReading(session.store), name)]
            wanted = ["fetch", "index", "normalise", "deduplicate", "enrich", "cluster", "alert"]
            assert not set(wanted) - set(stages), (name, stages)
        told = history_of(SqliteReading(session.store), alert.id)
        assert sum(step.stage == "evidence" for step in told) == len(alert.evidence)
        assert not history_of(SqliteReading(session.store), "https://nowhere.example/")


def test_evidence_is_of_indexed_articles_and_quotes_them(done: Path) -> None:
    with Session(done) as session:
        index = SqliteArticleIndex(session.store)
        for alert in index.alerts():
            assert len({evidence.article_id for evidence in alert.evidence}) == len(alert.evidence) == alert.stories
            for evidence in alert.evidence:
                document = index.get(evidence.article_id)
                assert document
                assert evidence.snippet in f"{document.title}\n{document.text}"
                assert {actor.id for actor in alert.actors} <= {actor.id for actor in document.actors}
            assert alert.owners == tuple(dict.fromkeys(evidence.owner for evidence in alert.evidence))


def test_offsets_of_a_document_point_at_what_they_say(done: Path) -> None:
    with Session(done) as session:
        for read in SqliteArticleIndex(session.store).search(Query()):
            document = read.document
            body = f"{document.title}\n{document.text}"
            spans = [mention for actor in document.actors for mention in actor.mentions]
            for span in (*spans, *document.quotes, *document.debris):
                assert body[span.start : span.end] == span.text


def test_a_replayed_dead_letter_ends_its_entry(session: Session, archive: Path, done: Path, dump: Dump) -> None:
    """A stage that failed on one message and was mended: the replay brings the article in."""
    worker = next(worker for worker in session.pipeline._workers if worker.node.stage == "enrich")
    stage = worker.judge._stage  # type: ignore[attr-defined]
    decide, victim = stage.decide, None

    def failing(message: Any) -> Any:
        nonlocal victim
        victim = victim or message.article.id
        if message.article.id == victim:
            raise RuntimeError("broken gazetteer")
        return decide(message)

    stage.decide = failing
    ingest_files(session, [str(archive)], "auto")
    found = account(snapshot(session.store))
    assert found.holds, found.broken
    assert found.codes["enrich: RuntimeError"] == 1
    (letter,) = DeadLetters(session.store).waiting()
    assert letter.error == "broken gazetteer"
    assert letter.attempts == session.config.attempts
    stage.decide = decide
    assert session.intake.replay([letter]) == 1
    assert account(snapshot(session.store)).under_way == {"enrich": [letter.entry_id]}
    session.pipeline.drain()
    assert account(snapshot(session.store)).holds
    assert dump(session.data_dir)["ledger"] == dump(done)["ledger"]
    assert SqliteArticleIndex(session.store).get(victim or "") is not None


def test_an_alert_that_cannot_be_indexed_leaves_its_entry_indexed(session: Session, archive: Path) -> None:
    worker = next(worker for worker in session.pipeline._workers if worker.node.stage == "index")
    stage = worker.judge._stage  # type: ignore[attr-defined]
    decide = stage.decide

    def failing(message: Any) -> Any:
        if not hasattr(message, "article"):
            raise RuntimeError("no room for alerts")
        return decide(message)

    stage.decide = failing
    ingest_files(session, [str(archive)], "auto")
    found = account(snapshot(session.store))
    assert found.holds, found.broken
    assert set(found.endings) == {"indexed", "revision"}
    assert found.entries == 60
    letters = list(DeadLetters(session.store).waiting())
    assert letters
    assert {letter.entry_id for letter in letters} == {None}
    stage.decide = decide
    session.intake.replay(letters)
    session.pipeline.drain()
    assert account(snapshot(session.store)).holds
    assert len(list(SqliteArticleIndex(session.store).alerts())) >= 3


def test_an_article_id_is_a_function_of_its_url(done: Path) -> None:
    with Session(done) as session:
        for read in SqliteArticleIndex(session.store).search(Query()):
            assert read.document.id == article_id(read.document.canonical_url)
