"""Making sure that what was deleted is in the file no more."""

from __future__ import annotations

from shared.adapters.sqlite.store import Store
from shared.errors import NotAvailable
from shared.stage import Unavailable


def erase_unused(store: Store) -> None:
    """Writes the file anew and empties its log: pages that are in use no more, and the unused ends of others, hold what was deleted or
    moved at any time. Takes as much room as the file, for as long as it runs.

    Raises `NotAvailable` where there is no room, or somebody reads the file and keeps old pages.
    """
    try:
        with store.available():
            # Else the copy would be made in memory.
            store.connection.execute("PRAGMA temp_store=FILE")
            store.connection.execute("VACUUM")
            busy = store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except Unavailable as error:
        raise NotAvailable(
            f"deleted, but {error} while the file was written anew: run the same command again"
        ) from error
    if busy:
        raise NotAvailable(f"deleted, but somebody reads {store.path} and keeps old pages: run the same command again")
