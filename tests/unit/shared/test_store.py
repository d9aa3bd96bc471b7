from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import SCHEMA_VERSION, Store, take_lock
from shared.errors import Misuse, NotAvailable
from shared.stage import Record, Unavailable


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "folder" / "store.sqlite")


def rows(store: Store) -> list[tuple[str, int]]:
    return store.connection.execute("SELECT * FROM high_water ORDER BY 1").fetchall()


def insert(store: Store, keys: list[str], then: BaseException | None = None) -> None:
    with store.transaction() as transaction:
        transaction.executemany("INSERT INTO high_water VALUES (?, 1)", [(key,) for key in keys])
        if then is not None:
            raise then


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    insert(store, ["kept"])
    for error in (ZeroDivisionError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            insert(store, ["lost"], error)
    assert rows(store) == [("kept", 1)]
    assert not store.connection.in_transaction


def test_a_full_disk_is_unavailable_and_heals(store: Store) -> None:
    store.connection.execute("PRAGMA max_page_count=1")
    with pytest.raises(Unavailable, match="full"):
        insert(store, [f"{number:0500}" for number in range(1_000)])
    assert rows(store) == []
    store.connection.execute("PRAGMA max_page_count=100000")
    insert(store, ["kept"])
    assert rows(store) == [("kept", 1)]


def test_another_writer_is_waited_for_and_then_unavailable(store: Store) -> None:
    other = Store(store.path)
    other.connection.execute("PRAGMA busy_timeout=20")
    with store.transaction(), pytest.raises(Unavailable, match="locked"), other.transaction():
        pass
    insert(other, ["kept"])


def test_a_statement_of_ours_that_is_wrong_is_no_outage(store: Store) -> None:
    """Waiting for it to heal would be waiting for ever."""
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store.transaction() as transaction:
        transaction.execute("SELECT * FROM nowhere")
    assert not store.connection.in_transaction


def test_state_that_cannot_be_read_is_unavailable_and_no_messages_fault(store: Store) -> None:
    log = SqliteStateLog(store, "stage", Record)
    store.connection.execute("PRAGMA busy_timeout=20")
    store.connection.execute("PRAGMA journal_mode=DELETE")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for read in (log.get, log.group):
        with pytest.raises(Unavailable, match="locked"):
            read("a")
    other.close()
    assert log.get("a") is None


def test_the_schema_is_made_once_and_has_a_version(store: Store) -> None:
    assert store.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert store.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    insert(store, ["kept"])
    assert rows(Store(store.path)) == [("kept", 1)]


def test_data_of_another_version_is_refused(store: Store) -> None:
    store.connection.execute("PRAGMA user_version=99")
    for read_only in (True, False):
        with pytest.raises(Misuse, match="version 99"):
            Store(store.path, read_only=read_only)


def test_reading_makes_and_changes_nothing(tmp_path: Path, store: Store) -> None:
    with pytest.raises(Misuse, match="newsloom demo"):
        Store(tmp_path / "nowhere" / "store.sqlite", read_only=True)
    assert not (tmp_path / "nowhere").exists()
    reader = Store(store.path, read_only=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.connection.execute("INSERT INTO high_water VALUES ('x', 1)")


@pytest.mark.parametrize(
    "content", [b"not a database, but some text that is long enough" * 50, b"SQLite format 3\x00" + b"\xff" * 5_000]
)
def test_a_file_that_is_no_store_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(content)
    with pytest.raises(NotAvailable, match="is damaged: restore it from a backup"):
        Store(path)
    assert path.read_bytes() == content


def test_a_file_with_nothing_in_it_has_no_data_yet(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").touch()
    with pytest.raises(Misuse, match="no data yet"):
        Store(tmp_path / "store.sqlite", read_only=True)
    assert Store(tmp_path / "store.sqlite")


@pytest.fixture
def unwritable(store: Store) -> Iterator[Path]:
    """A store in a folder, and below folders, that another user may only read; the process is that user meanwhile."""
    insert(store, ["kept"])
    store.close()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "a folder" / "store.sqlite"
        copy.parent.mkdir()
        copy.write_bytes(store.path.read_bytes())
        copy.chmod(0o444)
        copy.parent.chmod(0o555)
        Path(folder).chmod(0o755)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65_534)
        try:
            yield copy
        finally:
            os.seteuid(user)
            copy.parent.chmod(0o755)


def test_a_copy_that_cannot_be_written_is_read(unwritable: Path) -> None:
    assert rows(Store(unwritable, read_only=True)) == [("kept", 1)]
    with pytest.raises(NotAvailable):
        Store(unwritable)
    with pytest.raises(NotAvailable, match="cannot be used"):
        take_lock(unwritable.parent)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotAvailable):
        Store(tmp_path / "file" / "store.sqlite")


def test_the_lock_is_one_processs_until_it_lets_go(tmp_path: Path) -> None:
    lock = take_lock(tmp_path)
    with pytest.raises(NotAvailable, match="another newsloom works in"):
        take_lock(tmp_path)
    lock.close()
    take_lock(tmp_path).close()


def test_a_folder_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotAvailable, match="cannot be used"):
            take_lock(folder)
