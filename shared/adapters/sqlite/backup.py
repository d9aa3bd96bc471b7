"""A data folder as one file: a tar with the database as it was at one moment, the lists beside it, and what each must be.

The first member is the manifest: names, sizes and checksums of the others. So a file that was cut short or changed is known as such
before anything is put anywhere. It also names what was looked for: what is not in the backup was either not there, or not known yet.
"""

from __future__ import annotations

import hashlib
import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson

from shared.adapters.sqlite.snapshot import snapshot
from shared.adapters.sqlite.store import SCHEMA_VERSION, Store, database, passes
from shared.conservation import Account, account
from shared.contracts import rfc3339
from shared.errors import Misuse, NewsloomError, NotAvailable

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = database(Path()).name
BESIDE = ("demo", "feeds.opml", "gazetteer.yaml", "outlets.tsv", "alert-rules.toml")
"""Of a data folder, what is neither the database nor made anew by itself; the first says that the news are invented."""
CHUNK = 2**20
PAGES_TOGETHER = 256

Told = Callable[[int, int], None]
"""(done, all), in pages of the database."""


def back_up(
    data_dir: Path, file: Path, *, force: bool = False, check: bool = True, told: Told = lambda done, all_: None
) -> Account | None:
    """While a pipeline works in the folder, or not. Returns what the backup's ledger says, when it was checked.

    Raises `Misuse` where there is nothing yet, or the file is there already, `NotAvailable` for a disk that is full or a database
    that is damaged; the file is then as it was.
    """
    target = file.resolve()
    if target.exists() and not (force and target.is_file()):
        raise Misuse(f"{file} is there already: give another name{', or --force' if target.is_file() else ''}")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            found = _make(data_dir, Path(folder), check=check, told=told)
            put_in_place(Path(folder) / "tar", target)
    except OSError as error:
        raise NotAvailable(f"{file} cannot be written: {error.strerror}") from error
    return found


def _make(data_dir: Path, folder: Path, *, check: bool, told: Told) -> Account | None:
    copy = folder / DATABASE
    small = _lists(data_dir)
    store = Store(database(data_dir), read_only=True)
    try:
        _copy(store, copy, told)
    finally:
        store.close()
    found = checked(copy) if check else None
    if found is not None and not found.holds:
        raise NewsloomError(
            f"the ledger of {data_dir} does not hold, --no-check keeps it all the same: {found.broken[0]}"
        )
    with tarfile.open(folder / "tar", "w", format=tarfile.PAX_FORMAT) as archive:
        size, digest = _measured(copy)
        files = {name: {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for name, raw in small.items()}
        files[DATABASE] = {"bytes": size, "sha256": digest}
        about = {
            "format": FORMAT,
            "schema": SCHEMA_VERSION,
            "made": rfc3339(datetime.now(UTC)),
            "looked_for": [*BESIDE, DATABASE],
            "files": files,
        }
        _add(archive, MANIFEST, orjson.dumps(about, option=orjson.OPT_INDENT_2))
        for name, raw in small.items():
            _add(archive, name, raw)
        with copy.open("rb") as stream:
            archive.addfile(_member(DATABASE, size), stream)
    return found


def _lists(data_dir: Path) -> dict[str, bytes]:
    found = {}
    for name in BESIDE:
        try:
            found[name] = (data_dir / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise NotAvailable(f"{data_dir / name} cannot be read: {error.strerror}") from error
    return found


def _copy(store: Store, copy: Path, told: Told) -> None:
    """With a transaction open: what a pipeline writes meanwhile is not seen, where otherwise each write would begin the copy anew."""
    target = sqlite3.connect(copy, isolation_level=None)
    try:
        with store.available():
            store.connection.execute("BEGIN")
            store.connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            store.connection.backup(
                target, pages=PAGES_TOGETHER, progress=lambda _, left, all_: told(all_ - left, all_)
            )
            store.connection.execute("ROLLBACK")
        # One file, without a log beside it.
        target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if passes(error):
            raise OSError(0, str(error)) from error
        raise
    finally:
        target.close()


def checked(copy: Path) -> Account:
    """What the ledger of a database that nobody writes to says. Raises `NotAvailable` for a damaged one, `Misuse` for one of another
    version."""
    store = Store(copy, read_only=True)
    try:
        (said,) = store.connection.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise NotAvailable(f"the database is damaged: restore it from an earlier backup ({said.splitlines()[0]})")
        return account(snapshot(store))
    finally:
        store.close()


def put_in_place(made: Path, target: Path) -> None:
    """Whole or not at all, on the disk for good."""
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    os.replace(made, target)
    with _folder(target.parent) as handle:
        os.fsync(handle)


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _measured(path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
        return stream.tell(), digest.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    return member


def _add(archive: tarfile.TarFile, name: str, raw: bytes) -> None:
    archive.addfile(_member(name, len(raw)), io.BytesIO(raw))
