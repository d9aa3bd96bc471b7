"""A backup back into a data folder: everything is unpacked and looked at beside the folder's own files before one of them is touched."""

from __future__ import annotations

import hashlib
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from shared.adapters.sqlite.backup import BESIDE, CHUNK, DATABASE, FORMAT, MANIFEST, checked, put_in_place
from shared.adapters.sqlite.store import SCHEMA_VERSION, database, take_lock
from shared.adapters.sqlite.views import view_files
from shared.conservation import Account
from shared.errors import Misuse, NotAvailable

NAMES = (*BESIDE, DATABASE)
AT_FIRST = ("demo", "feeds.opml", "gazetteer.yaml", DATABASE)
"""What was looked for by those who did not write it into the manifest."""
LARGEST_MANIFEST = 65_536

Told = Callable[[int, int], None]
"""(done, all), in bytes."""


def restore(file: Path, data_dir: Path, *, force: bool = False, told: Told = lambda done, all_: None) -> Account:
    """Returns what the restored ledger says. With `force` the folder is afterwards as it was when the backup was made; what whoever made
    it did not know of stays.

    Raises `Misuse` for a folder in which something would be replaced or taken away, and for a file that is no backup, of another version,
    damaged or cut short; `NotAvailable` when a pipeline works in the folder or the disk is full. The folder is then as it was.
    """
    if not file.is_file():
        raise Misuse(f"{file}: {'no file' if file.exists() else 'no such file'}")
    try:
        with take_lock(data_dir):
            about = _manifest_of(file)
            kept = [name for name in about.looked_for if (data_dir / name).exists()]
            if kept and not force:
                raise Misuse(
                    f"{data_dir} has {kept[-1]} already: restore into another --data-dir, or replace all with --force"
                )
            with tempfile.TemporaryDirectory(prefix=".restoring.", dir=data_dir) as folder:
                _unpack(file, about.files, Path(folder), told)
                found = _look(file, Path(folder) / DATABASE)
                _put(Path(folder), data_dir, about)
                return found
    except OSError as error:
        raise NotAvailable(f"{error.filename or data_dir}: {error.strerror}") from error


def _look(file: Path, unpacked: Path) -> Account:
    try:
        return checked(unpacked)
    except (NotAvailable, sqlite3.DatabaseError) as error:
        raise Misuse(f"{file} is damaged: take an earlier backup ({error})") from error


def _put(unpacked: Path, data_dir: Path, about: _Manifest) -> None:
    """Killed in between, the folder has an old or the new database, each whole, and the same command with --force goes on."""
    if database(data_dir).exists():
        _close(database(data_dir))
    for name in NAMES:
        if name in about.files:
            put_in_place(unpacked / name, data_dir / name)
    # Only now: until the database is another one, the demo's mark says that its news are invented.
    for name in about.looked_for:
        if name not in about.files:
            (data_dir / name).unlink(missing_ok=True)
    # They would not be used any more, and have names from the data that were replaced.
    for each in view_files(database(data_dir)):
        each.unlink(missing_ok=True)


def _close(path: Path) -> None:
    """The log beside the old database would be taken for the new one's."""
    with suppress(sqlite3.DatabaseError):
        old = sqlite3.connect(path, isolation_level=None)
        try:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            old.close()
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _damaged(file: Path) -> Misuse:
    return Misuse(f"{file} is damaged or cut short: take another copy, or an earlier backup")


def _unpack(file: Path, files: dict[str, Any], folder: Path, told: Told) -> None:
    """By name, into files that we name; nothing of a member is believed that the manifest does not say."""
    try:
        with tarfile.open(file, "r:") as archive:
            archive.next()  # the manifest
            whole = sum(each["bytes"] for each in files.values())
            done, names = 0, list[str]()
            while (member := archive.next()) is not None:
                about = files.get(member.name)
                if about is None or member.name in names or member.type != tarfile.REGTYPE or member.issparse():
                    raise Misuse(f"{file} is no backup of newsloom: it holds {member.name!r}")
                stream = archive.extractfile(member)
                assert stream is not None
                digest = hashlib.sha256()
                with (folder / member.name).open("xb") as target:
                    while chunk := stream.read(CHUNK):
                        digest.update(chunk)
                        target.write(chunk)
                        done += len(chunk)
                        told(done, whole)
                if digest.hexdigest() != about["sha256"]:
                    raise _damaged(file)
                names.append(member.name)
            if set(names) != set(files):
                raise _damaged(file)
    except tarfile.TarError as error:
        raise _damaged(file) from error


class _Manifest(NamedTuple):
    files: dict[str, Any]
    """What the backup has, by name."""
    looked_for: Sequence[str]
    """What it would have, had it been there."""


def _manifest_of(file: Path) -> _Manifest:
    try:
        with tarfile.open(file, "r:") as archive:
            return _manifest(file, archive)
    except tarfile.TarError as error:
        raise _damaged(file) from error


def _manifest(file: Path, archive: tarfile.TarFile) -> _Manifest:
    strange = Misuse(f"{file} is no backup of newsloom")
    first = archive.next()
    if first is None or first.name != MANIFEST or first.type != tarfile.REGTYPE or first.size > LARGEST_MANIFEST:
        raise strange
    stream = archive.extractfile(first)
    try:
        about = orjson.loads(stream.read() if stream else b"")
        format_, schema, files = about["format"], about["schema"], about["files"]
        looked_for = [name for name in NAMES if name in about.get("looked_for", AT_FIRST) or name in files]
        fits = DATABASE in files and all(
            name in NAMES and isinstance(each["bytes"], int) and isinstance(each["sha256"], str)
            for name, each in files.items()
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise strange from None
    if format_ != FORMAT or schema != SCHEMA_VERSION:
        raise Misuse(
            f"{file} holds data of version {schema} (format {format_}), this program reads version {SCHEMA_VERSION} "
            f"(format {FORMAT}): see docs/operations/upgrade.md"
        )
    if not fits:
        raise strange
    return _Manifest(dict(files), looked_for)
