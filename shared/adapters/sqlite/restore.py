"""A backup back into a data folder: everything is unpacked and looked at beside the folder's own files before one of them is touched."""

from __future__ import annotations

import hashlib
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from shared.adapters.sqlite.backup import BESIDE, CHUNK, DATABASE, FORMAT, MANIFEST, checked, put_in_place
from shared.adapters.sqlite.store import SCHEMA_VERSION, database, take_lock
from shared.conservation import Account
from shared.errors import Misuse, NotAvailable

NAMES = (*BESIDE, DATABASE)
LARGEST_MANIFEST = 65_536

Told = Callable[[int, int], None]
"""(done, all), in bytes."""


def restore(file: Path, data_dir: Path, *, force: bool = False, told: Told = lambda done, all_: None) -> Account:
    """Returns what the restored ledger says. With `force` the folder is afterwards as it was when the backup was made.

    Raises `Misuse` for a folder that has data, and for a file that is no backup, of another version, damaged or cut short;
    `NotAvailable` when a pipeline works in the folder or the disk is full. The folder is then as it was.
    """
    if not file.is_file():
        raise Misuse(f"{file}: {'no file' if file.exists() else 'no such file'}")
    try:
        with take_lock(data_dir):
            kept = [name for name in NAMES if (data_dir / name).exists()]
            if kept and not force:
                raise Misuse(
                    f"{data_dir} has {kept[-1]} already: restore into another --data-dir, or replace all with --force"
                )
            with tempfile.TemporaryDirectory(prefix=".restoring.", dir=data_dir) as folder:
                names = _unpack(file, Path(folder), told)
                found = _look(file, Path(folder) / DATABASE)
                _put(Path(folder), data_dir, names)
                return found
    except OSError as error:
        raise NotAvailable(f"{error.filename or data_dir}: {error.strerror}") from error


def _look(file: Path, unpacked: Path) -> Account:
    try:
        return checked(unpacked)
    except (NotAvailable, sqlite3.DatabaseError) as error:
        raise Misuse(f"{file} is damaged: take an earlier backup ({error})") from error


def _put(unpacked: Path, data_dir: Path, names: list[str]) -> None:
    """Killed in between, the folder has an old or the new database, each whole, and the same command with --force goes on."""
    if DATABASE in names and database(data_dir).exists():
        _close(database(data_dir))
    for name in NAMES:
        if name in names:
            put_in_place(unpacked / name, data_dir / name)
    for name in NAMES:
        if name not in names:
            (data_dir / name).unlink(missing_ok=True)


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


def _unpack(file: Path, folder: Path, told: Told) -> list[str]:
    """By name, into files that we name; nothing of a member is believed that the manifest does not say."""
    damaged = Misuse(f"{file} is damaged or cut short: take another copy, or an earlier backup")
    try:
        with tarfile.open(file, "r:") as archive:
            files = _manifest(file, archive)
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
                    raise damaged
                names.append(member.name)
            if set(names) != set(files):
                raise damaged
    except tarfile.TarError as error:
        raise damaged from error
    return names


def _manifest(file: Path, archive: tarfile.TarFile) -> dict[str, Any]:
    """What the backup says it has, by name."""
    strange = Misuse(f"{file} is no backup of newsloom")
    first = archive.next()
    if first is None or first.name != MANIFEST or first.type != tarfile.REGTYPE or first.size > LARGEST_MANIFEST:
        raise strange
    stream = archive.extractfile(first)
    try:
        about = orjson.loads(stream.read() if stream else b"")
        format_, schema, files = about["format"], about["schema"], about["files"]
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
    return dict(files)
