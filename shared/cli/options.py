"""Options that several commands share, and the printing of rows."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from shared.ports import FeedRegistry, Reading
    from shared.runtime.feeding import Feeding

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder of the data; default: NEWSLOOM_DATA_DIR, else .newsloom.", show_default=False
    ),
]
Jsonl = Annotated[bool, typer.Option("--jsonl", "--json", help="One JSON object a line.")]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=1, help="Rows at most; default: 20 on a terminal, all with --jsonl.", show_default=False
    ),
]


def data_folder(given: Path | None) -> Path:
    return given or load_settings().data_dir


def load_settings() -> Any:
    """The settings. Raises `Misuse` with one line per value of the environment that does not fit."""
    from pydantic import ValidationError

    from shared.errors import Misuse
    from shared.settings import settings

    warn_of_unknown_variables()
    try:
        return settings()
    except ValidationError as error:
        wrong = "; ".join(f"NEWSLOOM_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise Misuse(wrong) from error


@cache
def warn_of_unknown_variables() -> None:
    """Once: a misspelt setting has no effect, which nobody would notice. Names only: a value may be a secret."""
    from shared.settings import unknown_variables

    for name, like in unknown_variables(os.environ):
        hint = f"; did you mean {like}?" if like else ""
        print(f"newsloom: {printable(name)} is no setting and has no effect{hint}", file=sys.stderr)


def reading(given: Path | None) -> Reading:
    """What is to be read, of the runtime that the settings name; closed when the command ends."""
    from shared.bootstrap import open_reading
    from shared.logs import configure

    config = load_settings()
    # To standard error: structlog's own way is standard output, in the middle of what a program reads there.
    configure(config.log_level, config.log_format)
    opened = open_reading(given, config)
    _to_close.append(opened)
    return opened


def registry_of(given: Path | None) -> FeedRegistry:
    """The feeds of the runtime that the settings name."""
    from shared.bootstrap import open_feeds

    return open_feeds(given, load_settings())


_to_close: list[Reading] = []


def close_all() -> None:
    """What the command opened for reading."""
    while _to_close:
        _to_close.pop().close()


def feeding(given: Path | None) -> Feeding:
    """The pipeline to hand entries to, of the runtime that the settings name."""
    from shared.bootstrap import open_feeding

    return open_feeding(given, config=load_settings())


def time_of(option: str, text: str) -> datetime:
    """Aware, UTC. Raises `Misuse`."""
    from datetime import UTC, datetime

    from shared.errors import Misuse

    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Misuse(f"{option} {text}: give a date or time such as 2024-06-19 or 2024-06-19T06:00Z") from error


def row_limit(limit: int | None, jsonl: bool) -> int | None:
    if limit is not None:
        return min(limit, sys.maxsize)  # a larger number is all rows, too, yet none that SQLite or islice can hold
    return None if jsonl else 20


def print_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON lines, UTF-8. Lone surrogates cannot occur: normalise replaces them."""
    import orjson

    for row in rows:
        sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
