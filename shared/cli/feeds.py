"""newsloom feeds: the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, Jsonl, print_rows, reading, registry_of
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


@app.command()
def check(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Health of every feed that was ever polled, the ill ones first. Exit code 1 where there is one."""
    from shared.contracts import rfc3339
    from shared.explanations import explain

    states = reading(data_dir).feeds()
    states.sort(key=lambda state: (-state.consecutive_errors, state.url))
    if jsonl:
        print_rows(
            {
                "feed_id": state.feed_id,
                "url": state.url,
                "title": state.title,
                "last_success": rfc3339(state.last_success) if state.last_success else None,
                "error": state.last_error_code,
                "message": state.last_error,
                "errors": state.consecutive_errors,
                "next_poll": rfc3339(state.next_poll),
                "retired": state.retired,
            }
            for state in states
        )
    else:
        # Lines and no table: an address that is cut is no address.
        for state in states:
            health = "retired" if state.retired else "ill" if state.last_error_code else "well"
            success = f"{state.last_success:%Y-%m-%d %H:%M}" if state.last_success else "never"
            errors = f"{counted(state.consecutive_errors, 'error')}, " if state.consecutive_errors else ""
            reason = explain(state.last_error_code, state.last_error)
            print(printable(f"{health:8} {state.url}  {errors}last success {success}{reason and ': ' + reason}"))
        if not states:
            print("no feed was polled yet")
    if any(state.last_error_code for state in states):
        raise typer.Exit(1)
