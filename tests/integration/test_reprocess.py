"""`newsloom reprocess`: an actor that the gazetteer learns is found in old articles; everything that was decided stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from eager import EAGER
from real import newsloom, rows, running_workers, settle

from shared.adapters.sqlite.snapshot import snapshot
from shared.conservation import account
from shared.errors import Misuse
from shared.pipeline import ARTICLE, BY_STAGE, UNIQUE
from shared.ports import Query
from shared.reprocessing import FROM_INDEX, FROM_TOPIC, reprocess
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings

Dump = Callable[[Path], dict[str, list[Any]]]


LEARNT = """\
- id: fabio-tramonti
  type: person
  name: Fabio Tramonti
  aliases: {it: [Fabio Tramonti], zh: [法比奧·特拉蒙蒂]}
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]) -> Path:
    """Copies, revisions, alerts; one line that is a dead letter, and one entry that is dropped."""
    path = tmp_path_factory.mktemp("archive") / "articles.jsonl"
    again = newest_rows(1).replace(b'{"url"', b'{"updated": "2024-07-01", "url"')
    path.write_bytes(newest_rows(60) + again + b"{broken\n")
    return path


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gazetteer") / "own.yaml"
    path.write_text(LEARNT, "utf-8")
    return path


def ingest(data_dir: Path, archive: Path) -> None:
    with Session(data_dir, config=Settings(**EAGER)) as session:
        ingest_files(session, [str(archive)], "auto")
        assert session.intake.unread() == 0


def run(data_dir: Path, stage: str, **changed: Any) -> int:
    with Session(data_dir, config=Settings(**{**EAGER, **changed})) as session:
        sent = reprocess(session, stage).sent
        found = account(snapshot(session.store))
        assert found.holds, found.broken
        assert not found.under_way
        return sent


def identities(data_dir: Path) -> set[tuple[Any, ...]]:
    with Session(data_dir, config=Settings(**EAGER)) as session:
        documents = session.reading.index.documents()
        return {(each.id, each.revision, each.first_seen, each.story_id, each.copy_of) for each in documents}


def found_by(data_dir: Path, actor: str) -> set[str]:
    with Session(data_dir, config=Settings(**EAGER)) as session:
        return {each.document.title for each in session.reading.index.search(Query(actor=actor))}


def test_what_the_gazetteer_learns_is_found_in_old_articles(
    tmp_path: Path, archive: Path, learnt: Path, dump: Dump
) -> None:
    ingest(tmp_path, archive)
    before, known = dump(tmp_path), identities(tmp_path)
    assert not found_by(tmp_path, "fabio-tramonti")
    assert len(before["alerts"]) >= 3
    assert run(tmp_path, "enrich", gazetteer_file=learnt) == len(before["articles"])
    assert found_by(tmp_path, "fabio-tramonti")
    after = dump(tmp_path)
    assert identities(tmp_path) == known
    for part in ("alerts", "ledger", "dead letters", "deduplicate", "alert"):
        assert after[part] == before[part], part
    # Once more, and nothing is other than before.
    assert run(tmp_path, "enrich", gazetteer_file=learnt) == len(before["articles"])
    assert dump(tmp_path) == after


@pytest.mark.parametrize("stage", [*FROM_INDEX, *FROM_TOPIC])
def test_without_a_change_nothing_changes(tmp_path: Path, archive: Path, dump: Dump, stage: str) -> None:
    """From any stage, and twice: the second time does not send what the first one sent."""
    ingest(tmp_path, archive)
    before = dump(tmp_path)
    sent = run(tmp_path, stage)
    assert sent >= 50
    assert dump(tmp_path) == before
    assert run(tmp_path, stage) == sent
    assert dump(tmp_path) == before


def test_what_it_leads_to_carries_the_mark_and_raises_no_alert(tmp_path: Path, archive: Path) -> None:
    ingest(tmp_path, archive)
    with Session(tmp_path, config=Settings(**EAGER)) as session:
        last = {topic: sum(1 for _ in session.reading.retained(topic)) for topic in (UNIQUE, "news.alert.v1")}
        reprocess(session, "deduplicate")
        fresh = [json.loads(each.value) for each in list(session.reading.retained(UNIQUE))[last[UNIQUE] :]]
        assert fresh
        assert all(each["article"]["reprocessed"] for each in fresh)
        assert sum(1 for _ in session.reading.retained("news.alert.v1")) == last["news.alert.v1"]


def test_a_newer_revision_is_not_replaced(tmp_path: Path, archive: Path) -> None:
    """All versions of an article are sent once more; the newest stays."""
    ingest(tmp_path, archive)
    with Session(tmp_path, config=Settings(**EAGER)) as session:
        revised = [each for each in session.reading.index.documents() if each.revision > 1]
        assert revised
        reprocess(session, "normalise")
        for document in revised:
            assert session.reading.index.get(document.id) == document


def test_messages_of_dead_letters_are_left_to_their_replay(tmp_path: Path, archive: Path) -> None:
    ingest(tmp_path, archive)
    with Session(tmp_path, config=Settings(**EAGER)) as session:
        store = session.store.connection
        (entry,) = store.execute("SELECT entry_id FROM ledger WHERE ending = 'indexed' LIMIT 1").fetchone()
        store.execute("UPDATE ledger SET ending = 'dead-letter' WHERE entry_id = ?", (entry,))
        result = reprocess(session, "normalise")
        assert result.skipped == 1
        assert result.since
        ((ending,),) = store.execute("SELECT ending FROM ledger WHERE entry_id = ?", (entry,)).fetchall()
        assert ending == "dead-letter"


@pytest.mark.parametrize(
    ("stage", "said"), [("alert", "never taken anew"), ("fetch", "not fetched again"), ("x", "one of")]
)
def test_stages_that_nothing_can_be_sent_to_again(tmp_path: Path, stage: str, said: str) -> None:
    assert stage not in (*FROM_INDEX, *FROM_TOPIC)
    done = newsloom(Settings(data_dir=tmp_path), "reprocess", "--from", stage, expect=2)
    assert done == ""
    with Session(tmp_path) as session, pytest.raises(Misuse, match=said):
        reprocess(session, stage)


def test_the_command_says_how_far_back_the_log_reaches(tmp_path: Path, archive: Path) -> None:
    ingest(tmp_path, archive)
    said = newsloom(Settings(data_dir=tmp_path), "reprocess", "--from", "deduplicate")
    assert "messages reprocessed from deduplicate; the log reaches back to 20" in said
    assert "articles reprocessed from enrich" in newsloom(Settings(data_dir=tmp_path), "reprocess", "--from", "enrich")


def test_every_source_is_the_topic_that_the_stage_reads() -> None:
    assert BY_STAGE["deduplicate"].reads == (ARTICLE,)
    assert BY_STAGE["enrich"].reads == (UNIQUE,)


@pytest.mark.slow
@pytest.mark.long
def test_on_a_cluster(cluster: Settings, archive: Path, learnt: Path) -> None:
    """The workers of the second run know the new actor. What else is told of the articles is as it was."""
    config = cluster.model_copy(update=EAGER)
    with running_workers(config):
        newsloom(config, "ingest", str(archive))
    before = _said(config)
    taught = config.model_copy(update={"gazetteer_file": learnt})
    with running_workers(taught) as workers:
        newsloom(taught, "reprocess", "--from", "enrich")
        after = _said(taught)
        for stage in ("normalise", "deduplicate", "enrich", "cluster", "index"):
            newsloom(taught, "reprocess", "--from", stage)
            settle(workers)
            assert _said(taught) == after, stage
    assert rows(taught, "articles", "--actor", "fabio-tramonti")
    for name in ("alerts", "ledger"):
        assert after[name] == before[name], name
    kept = ("id", "revision", "first_seen", "story", "copy_of", "text")
    assert [[row[name] for name in kept] for row in after["articles"]] == [
        [row[name] for name in kept] for row in before["articles"]
    ]


def _said(config: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {what: rows(config, what) for what in ("articles", "pairs", "actors", "alerts")}
    ledger = json.loads(newsloom(config, "ledger", "--json"))
    found["ledger"] = {name: ledger[name] for name in ("holds", "entries", "articles", "endings", "under_way")}
    return found
