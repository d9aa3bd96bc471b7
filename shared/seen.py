"""Which ids were met already, of more than fit into memory."""

from __future__ import annotations

import sqlite3


class Seen:
    """In a file of its own, which nobody else sees and which goes by itself."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")

    def before(self, id_: str) -> bool:
        """Whether it was met before; from now on it was."""
        return not self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (id_,)).rowcount
