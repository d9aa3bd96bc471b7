"""newsloom feeds: the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.options import DataDir, Jsonl, data_folder, open_for_reading, print_rows

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource

app = typer.Typer(no_args_is_help=True)


def _list_file(data_dir: Path | None) -> Path:
    return data_folder(data_dir) / "feeds.opml"


def _read(path: Path) -> list[FeedSource]:
    from services.fetch.feed_list import FeedListError, read_feed_list
    from shared.errors import Misuse

    try:
        return list(read_feed_list(path.read_bytes()))
    except OSError as error:
        raise Misuse(f"{path}: {error.strerror}") from error
    except FeedListError as error:
        raise Misuse(f"{path}: {error}") from error


def _add(sources: list[FeedSource], data_dir: Path | None) -> None:
    from services.fetch.feed_list import write_opml
    from services.fetch.item_identity import feed_id

    path = _list_file(data_dir)
    known = _read(path) if path.exists() else []
    merged = {feed_id(source.url): source for source in [*sources, *known]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_opml(list(merged.values())))
    added = len(merged) - len({feed_id(source.url) for source in known})
    print(f"{added} added, {len(merged)} feeds in {path}: `newsloom run --feeds {path}`")


@app.command()
def add(url: Annotated[list[str], typer.Argument(metavar="URL…")], data_dir: DataDir = None) -> None:
    """Adds feeds to the folder's own list, feeds.opml."""
    from services.fetch.feed_list import FeedSource
    from shared.errors import Misuse

    wrong = [each for each in url if not each.startswith(("http://", "https://"))]
    if wrong:
        raise Misuse(f"{wrong[0]}: a feed's address begins with http:// or https://")
    _add([FeedSource(url=each) for each in url], data_dir)


@app.command("import")
def import_(file: Path, data_dir: DataDir = None) -> None:
    """Adds the feeds of an OPML file or a plain list of URLs."""
    _add(_read(file), data_dir)


@app.command()
def export(data_dir: DataDir = None) -> None:
    """Prints the folder's own list as OPML."""
    from services.fetch.feed_list import write_opml

    path = _list_file(data_dir)
    typer.echo(write_opml(_read(path) if path.exists() else []).decode())


@app.command()
def check(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Health of every feed that was ever polled, the ill ones first. Exit code 1 where there is one."""
    from shared.adapters.sqlite.intake import Intake
    from shared.contracts import rfc3339
    from shared.explanations import explain

    states = Intake(open_for_reading(data_dir)).feeds()
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
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table("health", "feed", "last success", "errors", "why", box=None, header_style="bold")
        for state in states:
            health = "retired" if state.retired else "ill" if state.last_error_code else "well"
            success = f"{state.last_success:%Y-%m-%d %H:%M}" if state.last_success else "never"
            reason = explain(state.last_error_code, state.last_error)
            table.add_row(health, Text(state.url), success, str(state.consecutive_errors or ""), Text(reason))
        Console().print(table if states else "no feed was polled yet")
    if any(state.last_error_code for state in states):
        raise typer.Exit(1)
