"""Lists of feeds on disk: read with a limit, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource
    from shared.ports import Registered


class FeedListFile:
    """Implements `FeedRegistry`: the list that a data folder has of its own. Raises `NotAvailable` where it cannot be read or written."""

    def __init__(self, folder: Path, *, named: bool = False) -> None:
        """`named`: the folder was said on the command line, and must be said again."""
        self.path = folder / "feeds.opml"
        where = f" --data-dir {folder}" if named else ""
        self.polled_by = f"`newsloom run{where}`, from {self.path}"

    def listed(self) -> list[FeedSource]:
        return read_sources(self.path) if self.path.exists() else []

    def add(self, sources: Sequence[FeedSource]) -> Registered:
        from services.fetch.item_identity import feed_id
        from shared.adapters.feed_changes import changes_of, counted

        known = {feed_id(source.url): source for source in self.listed()}
        changes = changes_of(known, sources)
        if changes or not self.path.exists():
            write_sources(self.path, (known | changes).values())
        return counted(changes, known)

    def remove(self, urls: Sequence[str]) -> None:
        from services.fetch.item_identity import feed_id

        gone = {feed_id(url) for url in urls}
        write_sources(self.path, [source for source in self.listed() if feed_id(source.url) not in gone])


def read_sources(path: Path) -> list[FeedSource]:
    """Raises `Misuse` for a file that is missing or no list of feeds, `NotAvailable` for one that cannot be read.

    A secret's file that is not named from the root is taken to lie relative to the list.
    """
    from services.fetch.feed_list import LIST_BYTES, FeedListError, read_feed_list
    from shared.errors import Misuse, NotAvailable

    try:
        with path.open("rb") as file:
            sources = read_feed_list(file.read(LIST_BYTES + 1))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Misuse(f"{path}: {error.strerror}") from error
    except OSError as error:
        raise NotAvailable(f"{path} cannot be read: {error.strerror}") from error
    except FeedListError as error:
        raise Misuse(f"{path}: {error}") from error
    return [_with_whole_path(source, path.parent.absolute()) for source in sources]


def write_sources(path: Path, sources: Iterable[FeedSource]) -> None:
    """Raises `NotAvailable` where it cannot be written; the old list is then as it was."""
    from services.fetch.feed_list import write_opml
    from shared.errors import NotAvailable

    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("wb") as file:
                file.write(write_opml(sources))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise NotAvailable(f"{path} cannot be written: {error.strerror}") from error


def _with_whole_path(source: FeedSource, folder: Path) -> FeedSource:
    secret = source.options.secret_file
    if secret is None or secret.is_absolute():
        return source
    return replace(source, options=source.options.model_copy(update={"secret_file": folder / secret}))
