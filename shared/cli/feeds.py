"""newsloom feeds: the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.counted import counted
from shared.cli.feed_file import feed_of, own_list, read_sources, write_sources
from shared.cli.options import DataDir, Jsonl, data_folder, load_settings, print_rows, reading
from shared.cli.printable import printable

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource

app = typer.Typer(no_args_is_help=True)


def _add(sources: list[FeedSource], data_dir: Path | None) -> None:
    from services.fetch.item_identity import feed_id

    config = load_settings()
    if config.runtime == "kafka":
        from shared.adapters.kafka.client import KafkaClient
        from shared.adapters.kafka.feed_registry import add_feeds

        with KafkaClient(config) as client:
            added = add_feeds(client, sources)
        print(f"{added} added: a running `newsloom worker fetch` takes them up by itself")
        return
    path = own_list(data_folder(data_dir))
    known = read_sources(path) if path.exists() else []
    merged = {feed_id(source.url): source for source in [*sources, *known]}
    write_sources(path, merged.values())
    added = len(merged) - len({feed_id(source.url) for source in known})
    where = f" --data-dir {data_dir}" if data_dir else ""
    print(printable(f"{added} added, {counted(len(merged), 'feed')} in {path}: `newsloom run{where}`"))


def _registered(data_dir: Path | None) -> list[FeedSource]:
    config = load_settings()
    if config.runtime == "kafka":
        from shared.adapters.kafka.client import KafkaClient
        from shared.adapters.kafka.feed_registry import listed

        with KafkaClient(config) as client:
            return listed(client)
    path = own_list(data_folder(data_dir))
    return read_sources(path) if path.exists() else []


@app.command()
def add(url: Annotated[list[str], typer.Argument(metavar="URL…")], data_dir: DataDir = None) -> None:
    """Adds feeds: to the folder's own list, feeds.opml, or to the cluster's registry."""
    _add([feed_of(each) for each in url], data_dir)


@app.command("import")
def import_(file: Path, data_dir: DataDir = None) -> None:
    """Adds the feeds of an OPML file or a plain list of URLs."""
    _add(read_sources(file), data_dir)


@app.command()
def export(data_dir: DataDir = None) -> None:
    """Prints the folder's own list, or the cluster's registry, as OPML."""
    from services.fetch.feed_list import write_opml

    typer.echo(write_opml(_registered(data_dir)).decode())


@app.command()
def remove(url: Annotated[list[str], typer.Argument(metavar="URL…")], data_dir: DataDir = None) -> None:
    """Takes feeds out of the list; what was read of them stays."""
    from services.fetch.item_identity import feed_id
    from shared.errors import Misuse

    gone = {feed_id(each) for each in url}
    known = _registered(data_dir)
    missing = [each for each in url if feed_id(each) not in {feed_id(source.url) for source in known}]
    if missing:
        raise Misuse(f"not in the list: {', '.join(missing)}; see `newsloom feeds export`")
    config = load_settings()
    if config.runtime == "kafka":
        from shared.adapters.kafka.client import KafkaClient
        from shared.adapters.kafka.feed_registry import remove_feeds

        with KafkaClient(config) as client:
            remove_feeds(client, url)
    else:
        kept = [source for source in known if feed_id(source.url) not in gone]
        write_sources(own_list(data_folder(data_dir)), kept)
    print(f"{len(gone)} removed")


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
