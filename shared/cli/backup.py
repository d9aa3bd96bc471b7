"""Commands for the day after a bad one: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, load_settings
from shared.cli.progress import progress_bar

ON_A_CLUSTER = (
    "is for the embedded runtime, and NEWSLOOM_RUNTIME is kafka: back up Kafka's log directories and take a snapshot of "
    "Elasticsearch, see docs/operations/backup.md"
)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup, one file: newsloom-2026-03-01.tar.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Look at the copy afterwards: its structure and its ledger.")
    ] = True,
    data_dir: DataDir = None,
) -> None:
    """The data folder as one file, while the pipeline works on."""
    from shared.adapters.sqlite.backup import back_up

    folder = _embedded("backup", data_dir)
    with progress_bar("copying") as told:
        found = back_up(folder, file, force=force, check=check, told=told)
    size = file.stat().st_size / 1e6
    said = (
        f"{counted(found.entries, 'entry', 'entries')}, {counted(found.articles, 'article')}, the ledger holds"
        if found
        else "not checked"
    )
    print(f"{file}: {size:.1f} MB, {said}")
    own = load_settings().gazetteer_file
    if own is not None and own.resolve().parent != folder.resolve():
        print(f"not in it: {own}, which NEWSLOOM_GAZETTEER_FILE names")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `newsloom backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the data that the folder has; they are gone then.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """A backup back into a data folder that is empty."""
    from shared.adapters.sqlite.restore import restore as put_back
    from shared.errors import NewsloomError

    folder = _embedded("restore", data_dir)
    with progress_bar("unpacking") as told:
        found = put_back(file, folder, force=force, told=told)
    print(f"{folder}: {counted(found.entries, 'entry', 'entries')}, {counted(found.articles, 'article')} restored")
    if not found.holds:
        raise NewsloomError(f"restored, yet its ledger does not hold: {found.broken[0]}")


def _embedded(command: str, data_dir: Path | None) -> Path:
    """The data folder. Raises `Misuse` on a cluster, where the data are elsewhere."""
    from shared.errors import Misuse

    config = load_settings()
    if config.runtime != "embedded":
        raise Misuse(f"newsloom {command} {ON_A_CLUSTER}")
    return data_dir or config.data_dir
