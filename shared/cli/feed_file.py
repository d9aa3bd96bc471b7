"""Lists of feeds on disk: read with a limit, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource


def own_list(folder: Path) -> Path:
    """The list that a data folder has of its own."""
    return folder / "feeds.opml"


def read_sources(path: Path) -> list[FeedSource]:
    """Raises `Misuse` for a file that is missing or no list of feeds, `NotAvailable` for one that cannot be read."""
    from services.fetch.feed_list import LIST_BYTES, FeedListError, read_feed_list
    from shared.errors import Misuse, NotAvailable

    try:
        with path.open("rb") as file:
            return list(read_feed_list(file.read(LIST_BYTES + 1)))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Misuse(f"{path}: {error.strerror}") from error
    except OSError as error:
        raise NotAvailable(f"{path} cannot be read: {error.strerror}") from error
    except FeedListError as error:
        raise Misuse(f"{path}: {error}") from error


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


def feed_of(url: str) -> FeedSource:
    """The feed of an address that somebody typed. Raises `Misuse` where a list of feeds could not hold it."""
    from services.fetch.feed_list import FeedListError, FeedSource, read_feed_list
    from shared.errors import Misuse

    source = FeedSource(url=url)
    try:
        fits = read_feed_list(url.encode("utf-8", "replace")) == (source,)
    except FeedListError:
        fits = False
    if not fits:
        raise Misuse(f"{url}: a feed's address begins with http:// or https://, and a host's name follows")
    return source
