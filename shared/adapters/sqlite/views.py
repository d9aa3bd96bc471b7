"""A folded view as a file beside the database: seconds to read back, where folding all the records anew takes minutes.

It can be thrown away at any time. A number in the database says which file holds. The database itself takes it away with any record that
is changed or deleted, so that no program can forget to; ours then takes the file away, too, for it may have words of the record.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from zipfile import BadZipFile, ZipFile

import numpy as np
import structlog

from shared.adapters.sqlite.store import Store
from shared.adapters.sqlite.topics import Topics
from shared.columns import Columns, column_of_json, json_of
from shared.errors import NotAvailable
from shared.stage import Unavailable

log = structlog.get_logger()

_PLACE = "#view"
"""In the place of a topic: as an offset stands the file's number."""
_ABOUT = "about"
_TRIGGER = """CREATE TRIGGER IF NOT EXISTS view_holds_after_{event} AFTER {event} ON state BEGIN
    DELETE FROM consumed WHERE stage = old.stage AND topic = '{place}';
END"""


class Records(Protocol):
    """A log of records in the store."""

    def read(self, after: int = 0) -> Iterable[Any]: ...


class SqliteViews:
    """Implements `Views`, for one stage with its records in `records`."""

    def __init__(self, store: Store, stage: str, records: Records) -> None:
        self._store = store
        self._stage = stage
        self._records = records

    def newest(self, key: str) -> tuple[Columns, Iterable[Any]] | None:
        with self._store.available():
            about = {"key": key, "number": Topics(self._store).consumed(self._stage, _PLACE)}
        path = _file(self._store, self._stage)
        if not about["number"] or not path.exists():
            return None
        try:
            with ZipFile(path) as archive:
                if (damaged := archive.testzip()) is not None:
                    raise BadZipFile(f"{damaged} is damaged")
            with np.load(path, allow_pickle=False) as stored:
                found = json_of(stored[_ABOUT])
                after = found.pop("after")
                if found != about:
                    return None
                columns = {name: stored[name] for name in stored.files if name != _ABOUT}
        except Exception as error:
            # A damaged file makes zip, NumPy and JSON raise nearly anything, and is never a reason not to start.
            log.warning("view not used", file=str(path), reason=str(error))
            return None
        return columns, self._records.read(after)

    def keep(self, key: str, columns: Columns) -> None:
        path = _file(self._store, self._stage)
        part = path.with_suffix(".part")
        number = secrets.randbits(62) + 1
        try:
            about = {"key": key, "number": number, "after": self._last()}
            with part.open("wb") as out:
                np.savez(out, allow_pickle=False, **{_ABOUT: column_of_json(about)}, **columns)
                out.flush()
                os.fsync(out.fileno())
            part.replace(path)
            with self._store.transaction() as transaction:
                for event in ("UPDATE", "DELETE"):
                    transaction.execute(_TRIGGER.format(event=event, place=_PLACE))
                Topics(self._store).commit(self._stage, _PLACE, number)
        except (OSError, Unavailable) as error:
            # It saves time at the next start, no more.
            log.warning("view not kept", file=str(path), reason=str(error))
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _last(self) -> int:
        """The place of the last record that is stored."""
        with self._store.available():
            row = self._store.connection.execute(
                "SELECT seq FROM state WHERE +stage = ? ORDER BY seq DESC LIMIT 1", (self._stage,)
            ).fetchone()
        return int(row[0]) if row else 0


def drop_views(store: Store) -> None:
    """To be called before records are deleted for good. Raises `NotAvailable` for a file that cannot be removed."""
    for each in view_files(store.path):
        try:
            each.unlink(missing_ok=True)
        except OSError as error:
            raise NotAvailable(f"nothing is deleted, since {each} cannot be: {error.strerror}") from error


def view_files(database: Path) -> list[Path]:
    """All that lie beside it, half-written ones too."""
    return [each for ending in ("npz", "part") for each in database.parent.glob(f"{database.stem}.*.{ending}")]


def _file(store: Store, stage: str) -> Path:
    return store.path.with_name(f"{store.path.stem}.{stage}.npz")
