"""newsloom gazetteer: the known actors."""

from __future__ import annotations

from typing import Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, Jsonl, data_folder, load_settings, print_rows
from shared.cli.printable import printable

app = typer.Typer(no_args_is_help=True)


@app.command()
def check(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Collisions, ambiguous and unreachable aliases, aliases that are common words. Exit code 1 where there are some."""
    from services.enrich.check import check as findings_of
    from services.enrich.gazetteer import load_gazetteer
    from shared.stage_builders import user_gazetteer

    gazetteer = load_gazetteer(user_gazetteer(load_settings(), data_folder(data_dir)))
    findings = findings_of(gazetteer)
    if jsonl:
        print_rows(
            {"code": finding.code, "file": finding.file, "entry": finding.entry, "message": finding.detail}
            for finding in findings
        )
    else:
        for finding in findings:
            print(printable(f"{finding.code:18} {finding.file}  {finding.entry:28} {finding.detail}"))
        print(f"{counted(len(gazetteer.entries), 'actor')}, {counted(len(findings), 'finding')}")
    if findings:
        raise typer.Exit(1)


@app.command()
def lookup(name: Annotated[str, typer.Argument()], jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Who a name is, as the pipeline would see it in a sentence. Exit code 1 where it is nobody."""
    from services.enrich.gazetteer import load_gazetteer
    from shared.stage_builders import user_gazetteer

    gazetteer = load_gazetteer(user_gazetteer(load_settings(), data_folder(data_dir)))
    found = gazetteer.lookup(name)
    if jsonl:
        print_rows(
            {"id": entry.id, "name": entry.name, "type": entry.type, "wikidata": entry.wikidata} for entry in found
        )
    else:
        for entry in found:
            print(printable(f"{entry.id:28} {entry.type:13} {entry.wikidata or '':10} {entry.name}"))
        if not found:
            print(printable(f"nobody is named {name}"))
    if not found:
        raise typer.Exit(1)
