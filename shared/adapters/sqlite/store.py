"""Opening the one file: connection, schema, transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from shared.errors import Locked, Misuse, NotAvailable
from shared.stage import Unavailable

SCHEMA_VERSION = 1
LOCK = "newsloom.lock"

_PASSING = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What can pass or be mended from outside. Any other error is damage or a bug of ours: waiting would not help."""

_UNWRITABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})

_SCHEMA = """
CREATE TABLE log (
    topic TEXT NOT NULL, offset INTEGER NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, value BLOB NOT NULL,
    appended REAL NOT NULL,
    PRIMARY KEY (topic, offset)
) WITHOUT ROWID;
CREATE TABLE high_water (topic TEXT PRIMARY KEY, next_offset INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE consumed (
    stage TEXT NOT NULL, topic TEXT NOT NULL, next_offset INTEGER NOT NULL, PRIMARY KEY (stage, topic)
) WITHOUT ROWID;
CREATE TABLE state (
    seq INTEGER PRIMARY KEY, stage TEXT NOT NULL, id TEXT NOT NULL, grp TEXT NOT NULL, body BLOB NOT NULL
);
CREATE UNIQUE INDEX state_id ON state (stage, id);
CREATE INDEX state_group ON state (stage, grp);
CREATE TABLE ledger (
    entry_id TEXT PRIMARY KEY, ending TEXT NOT NULL, stage TEXT NOT NULL, code TEXT, detail TEXT NOT NULL,
    article_id TEXT, url TEXT, title TEXT, read_at TEXT, ended_at TEXT
) WITHOUT ROWID;
CREATE INDEX ledger_article ON ledger (article_id);
CREATE INDEX ledger_url ON ledger (url);
CREATE TABLE dead_letters (
    id TEXT PRIMARY KEY, stage TEXT NOT NULL, body BLOB NOT NULL, replayed INTEGER NOT NULL DEFAULT 0, at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE feeds (feed_id TEXT PRIMARY KEY, url TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    num INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, url TEXT NOT NULL,
    language TEXT NOT NULL, source TEXT NOT NULL, happened TEXT NOT NULL, copy_of TEXT, story TEXT NOT NULL, event TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX articles_happened ON articles (happened);
CREATE INDEX articles_story ON articles (story, happened);
CREATE INDEX articles_event ON articles (event, story);
CREATE INDEX articles_url ON articles (url);
CREATE INDEX articles_copy ON articles (copy_of) WHERE copy_of IS NOT NULL;
CREATE TABLE article_actors (
    num INTEGER NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, role TEXT NOT NULL, wikidata TEXT,
    PRIMARY KEY (actor, num)
) WITHOUT ROWID;
CREATE INDEX article_actors_num ON article_actors (num);
CREATE TABLE article_pairs (
    num INTEGER NOT NULL, first TEXT NOT NULL, second TEXT NOT NULL, same_sentence INTEGER NOT NULL,
    PRIMARY KEY (first, second, num)
) WITHOUT ROWID;
CREATE INDEX article_pairs_num ON article_pairs (num);
CREATE VIRTUAL TABLE articles_fts USING fts5 (
    title, text, content='', tokenize="unicode61 remove_diacritics 0"
);
CREATE TABLE alerts (id TEXT PRIMARY KEY, version INTEGER NOT NULL, window_end TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
"""


class Store:
    """One connection to the file. A thread or process that needs another one opens another `Store`."""

    def __init__(self, path: Path, *, read_only: bool = False, cache_mib: int = 16) -> None:
        """Creates the file with its schema where there is none.

        Raises `Misuse` for a file opened read-only that is missing or has nothing in it yet, or is of another version, and
        `NotAvailable` for a folder or disk that cannot be used, a damaged file, or one that somebody else keeps locked.
        """
        self.path = path
        self._cache_mib = cache_mib
        try:
            if read_only and not path.exists():
                raise self._no_data()
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            with self.available():
                self._open(read_only)
        except Unavailable as error:
            raise NotAvailable(str(error)) from error
        except sqlite3.DatabaseError as error:
            raise NotAvailable(f"{path} is damaged: restore it from a backup ({error})") from error
        except OSError as error:
            raise NotAvailable(f"the data folder {path.parent} cannot be used: {error.strerror}") from error

    def _open(self, read_only: bool) -> None:
        self.connection = _connect(str(self.path))
        try:
            self._prepare(read_only)
        except sqlite3.OperationalError as error:
            if not read_only or not _is_unwritable(error) or self._has_unmerged_log():
                raise
            # Even a reader of a file in WAL mode makes a file beside it. In a folder that cannot be written, or on a disk that is
            # full, nobody else does either, so the file can be read as one that never changes.
            self.connection.close()
            self.connection = _connect(f"{self.path.absolute().as_uri()}?immutable=1", uri=True)
            self._prepare(read_only)

    def _has_unmerged_log(self) -> bool:
        """Its transactions are not in the file itself, which without them may be torn."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return log.exists() and log.stat().st_size > 0

    def _no_data(self) -> Misuse:
        return Misuse(
            f"no data yet in {self.path.parent}: run `newsloom demo`, `newsloom run` or `newsloom ingest` first"
        )

    def _prepare(self, read_only: bool) -> None:
        run = self.connection.execute
        if not read_only:
            # Messages are a few kilobytes: on SQLite's pages of 4 KiB most would spill over. Heeded by a new file only.
            run("PRAGMA page_size=16384")
        run("PRAGMA query_only=ON" if read_only else "PRAGMA journal_mode=WAL")
        # WAL with NORMAL never loses a committed transaction to a killed process; to a power cut it may lose the last ones, and
        # then loses them whole: offset, state and outputs together, so they are worked on again.
        run("PRAGMA synchronous=NORMAL")
        run("PRAGMA temp_store=MEMORY")
        run(f"PRAGMA cache_size=-{self._cache_mib * 1024}")
        version = int(run("PRAGMA user_version").fetchone()[0])
        if version == 0 and not read_only:
            with self.transaction():
                if int(run("PRAGMA user_version").fetchone()[0]) == 0:
                    for statement in _statements(_SCHEMA):
                        run(statement)
                    run(f"PRAGMA user_version={SCHEMA_VERSION}")
        elif version == 0 and run("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            raise self._no_data()
        elif version != SCHEMA_VERSION:
            raise Misuse(f"{self.path} has data of version {version}, this program reads version {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises `Unavailable` when the disk is full or another writer holds the file for too long."""
        with self.available():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def available(self) -> Iterator[None]:
        """Raises `Unavailable` for an error of the disk or of locking: it is nothing that a message could be blamed for."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if not passes(error):
                raise
            raise Unavailable(f"{self.path}: {error}") from error

    def close(self) -> None:
        self.connection.close()


def passes(error: sqlite3.DatabaseError) -> bool:
    """Whether it can pass or be mended from outside: a full disk, a lock, a file that may not be written."""
    return _code(error) in _PASSING


def _is_unwritable(error: sqlite3.OperationalError) -> bool:
    # SHMSIZE: there is no room for the file beside it.
    return _code(error) in _UNWRITABLE or error.sqlite_errorcode == sqlite3.SQLITE_IOERR_SHMSIZE


def _code(error: sqlite3.DatabaseError) -> int | None:
    """SQLite's primary result code; the module's own errors have none."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _connect(name: str, *, uri: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(name, isolation_level=None, check_same_thread=False, timeout=30, uri=uri)


def database(data_dir: Path) -> Path:
    """Where the file is in a data folder."""
    return data_dir / "newsloom.sqlite"


def lock_file(data_dir: Path) -> Path:
    return data_dir / LOCK


def take_lock(data_dir: Path, name: str = LOCK) -> IO[str]:
    """Keeps a second pipeline off the same folder until the returned file is closed.

    Raises `Locked` when somebody else holds it, `NotAvailable` for a folder that cannot be made or written. The kernel lets go of it
    when the process ends, however it ends.
    """
    import fcntl

    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = (data_dir / name).open("a")
    except OSError as error:
        raise NotAvailable(f"the data folder {data_dir} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        handle.close()
        raise Locked(f"another newsloom works in {data_dir}: stop it, or use another --data-dir") from error
    except OSError as error:
        handle.close()
        raise NotAvailable(f"{data_dir / name} cannot be locked: {error.strerror}") from error
    return handle


def _statements(script: str) -> list[str]:
    return [statement for statement in script.split(";\n") if statement.strip()]
