"""`ledger` must be able to say no: every way of breaking the law of conservation, made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import Store
from shared.conservation import EXAMPLES, account
from shared.pipeline import ENTRY
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings


@pytest.fixture
def store(tmp_path: Path, newest_rows: Callable[[int], bytes]) -> Iterator[Store]:
    archive = tmp_path / "articles.jsonl"
    archive.write_bytes(
        newest_rows(20) + b"{broken\n" + newest_rows(1).replace(b'{"url"', b'{"updated": "2024-07-01", "url"')
    )
    with Session(tmp_path / "data", config=Settings()) as session:
        ingest_files(session, [str(archive)], "auto")
        yield session.store


def said(store: Store, change: str) -> str:
    assert account(snapshot(store)).holds
    store.connection.execute(change)
    found = account(snapshot(store))
    assert not found.holds
    return "\n".join(found.broken)


def test_the_law_holds_with_every_kind_of_ending(store: Store) -> None:
    found = account(snapshot(store))
    assert found.holds, found.broken
    assert found.entries == 22
    assert {"indexed", "same", "dead-letter"} <= set(found.endings)
    assert found.codes["fetch: not-json"] == 1


def test_an_entry_that_waits_nowhere(store: Store) -> None:
    assert "is under way and waits nowhere" in said(
        store, "UPDATE ledger SET ending = 'under-way' WHERE ending = 'indexed'"
    )


def test_an_article_that_is_not_in_the_index(store: Store) -> None:
    told = said(store, "DELETE FROM articles WHERE num = (SELECT min(num) FROM articles)")
    assert "which is not in the index" in told


def test_the_same_as_an_article_that_is_not_in_the_index(store: Store) -> None:
    told = said(store, "UPDATE ledger SET article_id = 'nowhere' WHERE ending = 'same'")
    assert "is the same as article nowhere" in told


def test_a_dead_letter_that_is_not_kept(store: Store) -> None:
    assert "became a dead letter that is not kept" in said(store, "DELETE FROM dead_letters")


def test_an_article_that_nobody_brought(store: Store) -> None:
    assert "no entry ended as it" in said(store, "DELETE FROM ledger WHERE ending = 'indexed'")


def test_the_list_of_what_is_broken_is_bounded(store: Store) -> None:
    store.connection.execute("UPDATE ledger SET ending = 'under-way'")
    store.connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
        "INSERT INTO ledger (entry_id, ending, stage, detail) SELECT 'e' || i, 'under-way', 'fetch', '' FROM n"
    )
    found = account(snapshot(store))
    assert len(found.broken) == EXAMPLES + 1


def test_entries_on_their_way_are_named_with_the_stage_that_they_wait_for(
    tmp_path: Path, make_entry: Callable[..., object], noon: object
) -> None:
    with Session(tmp_path / "data") as session:
        entries = [make_entry(f"https://a.example/{number}", text=f"text {number}") for number in range(3)]
        session.intake.take(entries, noon)  # type: ignore[arg-type]
        found = account(snapshot(session.store))
        assert found.holds
        assert sorted(found.under_way["normalise"]) == sorted(entry.id for entry in entries)  # type: ignore[attr-defined]
        session.pipeline.drain()
        assert not account(snapshot(session.store)).under_way


def test_a_message_that_vanishes_from_the_log_is_missed(
    tmp_path: Path, make_entry: Callable[..., object], noon: object
) -> None:
    with Session(tmp_path / "data") as session:
        session.intake.take([make_entry()], noon)  # type: ignore[list-item,arg-type]
        session.store.connection.execute("DELETE FROM log WHERE topic = ?", (ENTRY,))
        assert "waits nowhere" in account(snapshot(session.store)).broken[0]


def test_looking_leaves_no_transaction_open(store: Store) -> None:
    account(snapshot(store))
    assert not store.connection.in_transaction
