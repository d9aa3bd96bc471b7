"""newsloom gazetteer: the known actors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, Jsonl, data_folder, load_settings, print_rows, reading
from shared.cli.progress import progress_bar
from shared.printable import printable

if TYPE_CHECKING:
    from services.enrich.gazetteer import Gazetteer

app = typer.Typer(no_args_is_help=True)


@app.command()
def check(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Collisions, ambiguous and unreachable aliases, aliases that are common words. Exit code 1 where there are some."""
    from services.enrich.check import check as findings_of

    gazetteer = _gazetteer(data_dir)
    findings = findings_of(gazetteer)
    if jsonl:
        print_rows(
            {"code": finding.code, "file": finding.file, "entry": finding.entry, "message": finding.detail}
            for finding in findings
        )
    else:
        for finding in findings:
            print(printable(f"{finding.code:18} {finding.file}  {finding.entry:28} {finding.detail}"))
        imported = f", {counted(gazetteer.imported.count, 'imported one')}" if gazetteer.imported else ""
        print(f"{counted(len(gazetteer.entries), 'actor')}{imported}, {counted(len(findings), 'finding')}")
    if findings:
        raise typer.Exit(1)


@app.command()
def lookup(name: Annotated[str, typer.Argument()], jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Who a name is, as the pipeline would see it in a sentence. Exit code 1 where it is nobody."""
    found = _gazetteer(data_dir).lookup(name)
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


@app.command()
def add(
    name: Annotated[
        str, typer.Argument(help="An English name; or, to make a new face a known actor, its id: ?jane-roe.")
    ],
    type_: Annotated[str, typer.Option("--type", help="person, organisation or place.")] = "person",
    id_: Annotated[str | None, typer.Option("--id", help="Default: made from the name.", show_default=False)] = None,
    alias: Annotated[
        list[str] | None, typer.Option(help="A name of one language, as ru=Иван Петров; may be repeated.")
    ] = None,
    short: Annotated[
        list[str] | None, typer.Option(help="The same, for a name that counts only beside another of this actor.")
    ] = None,
    wikidata: Annotated[str | None, typer.Option(help="Q and a number.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters, ISO 3166.")] = None,
    kind: Annotated[str | None, typer.Option(help="minister, company, agency, …")] = None,
    data_dir: DataDir = None,
) -> None:
    """Adds an actor to your own gazetteer file. Articles that were read before learn of it by `newsloom reprocess --from enrich`."""
    from services.enrich.own_entries import add_entry
    from services.enrich.plain_letters import slug
    from shared.errors import Misuse
    from shared.stage_builders import user_gazetteer

    names = _by_language("--alias", alias)
    if name.startswith("?"):
        written = _provisional_names(name, data_dir)
        names = {language: [*written.pop(language, ()), *more] for language, more in names.items()} | written
        id_ = id_ or name[1:]
        name = next(iter(names.get("en") or next(iter(names.values()))))
    elif "en" not in names:
        names = {"en": [name], **names}
    id_ = id_ or slug(name, "en")
    if not id_:
        raise Misuse(f"{name}: no id can be made of it: give one with --id")
    row: dict[str, Any] = {"id": id_, "type": type_, "name": name}
    row |= {key: value for key, value in (("wikidata", wikidata), ("country", country), ("kind", kind)) if value}
    row |= {"aliases": names}
    if less := _by_language("--short", short):
        row["short"] = less
    config, folder = load_settings(), data_folder(data_dir)
    file = user_gazetteer(config, folder) or folder / "gazetteer.yaml"
    entry = add_entry(file, row)
    print(printable(f"{entry.id} is in {file}; `newsloom gazetteer check` says whether its names are safe"))


@app.command()
def build(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(help="Wikidata dump or SPARQL result (JSON), FollowTheMoney lines, CSV; .gz and .bz2 too."),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", help="wikidata, sparql, ftm or csv; default: by its beginning.")
    ] = None,
    min_weight: Annotated[
        int, typer.Option(min=0, help="Wikidata: actors with articles in fewer Wikipedias are left out.")
    ] = 5,
    data_dir: DataDir = None,
) -> None:
    """Imports actors by the thousand and builds what the pipeline maps into memory. What was broken off goes on where it stopped; without
    SOURCES, builds what was imported anew."""
    from services.enrich.compiling import compile_entries
    from services.enrich.imports.importing import import_source, imported_entries
    from shared.errors import Misuse

    folder = data_folder(data_dir) / "gazetteer"
    total = 0
    for source in sources or ():
        with progress_bar(f"reading {source.name}") as told:
            found = import_source(source, folder / "imports", format_, min_weight=min_weight, progress=told)
        total += found.entries
        unreadable = f", {found.unreadable} unreadable" if found.unreadable else ""
        print(
            printable(
                f"{source.name}: {counted(found.entries, 'actor')} of {counted(found.records, 'record')}{unreadable}"
            )
        )
    if not sources and not list((folder / "imports").glob("*.jsonl")):
        raise Misuse("nothing was imported yet: name a file, as in `newsloom gazetteer build actors.csv`")
    with progress_bar("building") as told:
        done = 0

        def one_more(count: int) -> None:
            nonlocal done
            done += count
            if done % 1_000 == 0:
                told(done, total or done)

        count = compile_entries(imported_entries(folder / "imports"), folder / "built", one_more)
    print(f"{counted(count, 'imported actor')} built; articles from now on know them")


def _gazetteer(data_dir: Path | None) -> Gazetteer:
    from shared.stage_builders import gazetteer_of

    return gazetteer_of(load_settings(), data_folder(data_dir))


def _by_language(option: str, given: list[str] | None) -> dict[str, list[str]]:
    from services.enrich.alias import GAZETTEER_LANGUAGES
    from shared.errors import Misuse

    names: dict[str, list[str]] = {}
    for each in given or ():
        language, equals, name = each.partition("=")
        if not equals or not name.strip() or language not in GAZETTEER_LANGUAGES:
            raise Misuse(f"{option} {each}: give a language and a name, as in ru=Иван Петров")
        names.setdefault(language, []).append(name.strip())
    return names


def _provisional_names(id_: str, data_dir: Path | None) -> dict[str, list[str]]:
    """The full names under which articles have a new face, by language, the most frequent first."""
    from collections import Counter

    from services.enrich.alias import GAZETTEER_LANGUAGES
    from shared.errors import NewsloomError
    from shared.ports import Query

    counts: dict[str, Counter[str]] = {}
    for read in reading(data_dir).index.search(Query(actor=id_)):
        document = read.document
        for actor in document.actors:
            if actor.id == id_ and document.language in GAZETTEER_LANGUAGES:
                counts.setdefault(document.language, Counter())[actor.name] += 1
    if not counts:
        raise NewsloomError(f"no article has the actor {id_}")
    return {language: [name for name, _ in names.most_common(5)] for language, names in sorted(counts.items())}
