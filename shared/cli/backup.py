"""Commands for the day after a bad one: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, load_settings
from shared.cli.progress import progress_bar

if TYPE_CHECKING:
    from shared.settings import Settings

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
    for name, path in _elsewhere(load_settings(), folder):
        print(f"not in it: {path}, which {name} names")
    if (imported := folder / "gazetteer" / "built").exists():
        print(f"not in it: {imported}, which `newsloom gazetteer build` makes again")


def _elsewhere(config: Settings, folder: Path) -> list[tuple[str, Path]]:
    """Lists that settings name and that a backup does not have: it has those of the folder that bear their usual names."""
    from shared.adapters.sqlite.backup import BESIDE

    taken = {(folder / name).resolve() for name in BESIDE}
    fields = ("gazetteer_file", "gazetteer_imported", "outlets_file", "alert_rules")
    named = ((f"NEWSLOOM_{field.upper()}", getattr(config, field)) for field in fields)
    return [(name, path) for name, path in named if path is not None and path.resolve() not in taken]


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
