from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from shared.adapters.sqlite.store import Store
from shared.cli.failures import ending_of
from shared.errors import Misuse, NotAvailable
from shared.stage import Unavailable


def broken(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("it went wrong")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (Misuse("a wrong option"), 2, "a wrong option"),
        (NotAvailable("no server"), 3, "no server"),
        (Unavailable("the disk is full"), 3, "nothing is lost"),
        (sqlite3.DatabaseError("malformed"), 3, "is damaged: restore it from a backup (malformed)"),
        (broken(sqlite3.SQLITE_CORRUPT_INDEX), 3, "is damaged"),
        (broken(sqlite3.SQLITE_BUSY_SNAPSHOT), 3, "nothing is lost"),
        (PermissionError(13, "Permission denied", "feeds.opml"), 3, "feeds.opml: Permission denied"),
        (OSError(28, "No space left on device"), 3, "No space left on device"),
        (ExceptionGroup("tasks", [OSError(5, "I/O"), ExceptionGroup("inner", [Misuse("meant")])]), 2, "meant"),
        (ExceptionGroup("tasks", [ValueError("a bug"), OSError(5, "I/O")]), 3, "I/O"),
    ],
)
def test_what_a_person_can_mend_is_one_line(error: Exception, code: int, says: str) -> None:
    ending = ending_of(error)
    assert ending is not None
    assert ending.exit_code == code
    assert says in ending.line


@pytest.mark.parametrize(
    "error", [ValueError("a bug"), sqlite3.ProgrammingError("closed"), ExceptionGroup("tasks", [KeyError("a bug")])]
)
def test_a_bug_of_ours_keeps_its_traceback(error: Exception) -> None:
    assert ending_of(error) is None


def test_damage_in_the_middle_of_the_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "newsloom.sqlite"
    store = Store(path)
    with store.transaction() as transaction:
        transaction.executemany("INSERT INTO high_water VALUES (?, 1)", [(f"{n:0999}",) for n in range(500)])
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:32_768] + b"\xa5" * (len(whole) - 32_768))
    with pytest.raises((sqlite3.DatabaseError, NotAvailable)) as raised:
        Store(path, read_only=True).connection.execute("SELECT * FROM high_water").fetchall()
    ending = ending_of(raised.value)
    assert ending is not None
    assert "is damaged: restore it from a backup" in ending.line
