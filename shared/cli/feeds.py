"""newsloom feeds: the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.feed_check import check
from shared.cli.options import DataDir, registry_of
from shared.cli.printable import printable

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource

app = typer.Typer(no_args_is_help=True)


def _add(sources: list[FeedSource], data_dir: Path | None) -> None:
    registry = registry_of(data_dir)
    print(printable(f"{registry.add(sources)} added; polled by {registry.polled_by}"))


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


@app.command()
def add(url: Annotated[list[str], typer.Argument(metavar="URL…")], data_dir: DataDir = None) -> None:
    """Adds feeds: to the folder's own list, feeds.opml, or to the cluster's registry."""
    _add([feed_of(each) for each in url], data_dir)


@app.command("import")
def import_(file: Path, data_dir: DataDir = None) -> None:
    """Adds the feeds of an OPML file or a plain list of URLs."""
    from shared.adapters.feed_list_file import read_sources

    _add(read_sources(file), data_dir)


@app.command()
def export(data_dir: DataDir = None) -> None:
    """Prints the folder's own list, or the cluster's registry, as OPML."""
    from services.fetch.feed_list import write_opml

    typer.echo(write_opml(registry_of(data_dir).listed()).decode())


@app.command()
def remove(url: Annotated[list[str], typer.Argument(metavar="URL…")], data_dir: DataDir = None) -> None:
    """Takes feeds out of the list; what was read of them stays."""
    from services.fetch.item_identity import feed_id
    from shared.errors import Misuse

    registry = registry_of(data_dir)
    known = {feed_id(source.url) for source in registry.listed()}
    missing = [each for each in url if feed_id(each) not in known]
    if missing:
        raise Misuse(f"not in the list: {', '.join(missing)}; see `newsloom feeds export`")
    registry.remove(url)
    print(f"{len({feed_id(each) for each in url})} removed")


app.command()(check)
