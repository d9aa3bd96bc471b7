"""Commands that read: articles, pairs, actors, alerts, why, ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.counted import counted
from shared.cli.options import (
    DataDir,
    Jsonl,
    Limit,
    data_folder,
    load_settings,
    print_rows,
    reading,
    row_limit,
    time_of,
)
from shared.printable import printable

if TYPE_CHECKING:
    from shared.ports import ArticleIndex

ByActor = Annotated[str | None, typer.Option(help="An actor's id, or a name that the gazetteer knows.")]


def articles(
    query: Annotated[str | None, typer.Option("--query", "-q", help="Words that must all occur.")] = None,
    actor: ByActor = None,
    lang: Annotated[str | None, typer.Option(help="A language code: fr, ru, zh, …")] = None,
    since: Annotated[str | None, typer.Option(help="A date or time: 2024-06-19, 2024-06-19T06:00Z.")] = None,
    limit: Limit = None,
    jsonl: Jsonl = False,
    data_dir: DataDir = None,
) -> None:
    """Articles, newest first, copies too."""
    from shared.cli.render import headline
    from shared.ports import Query
    from shared.rows import article_row

    index = reading(data_dir).index
    wanted = Query(
        query,
        _actor_id(actor, index, data_dir),
        _language(lang),
        time_of("--since", since) if since is not None else None,
        row_limit(limit, jsonl),
    )
    found = index.search(wanted)
    if jsonl:
        print_rows(article_row(read) for read in found)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("published", "lang", "source", "title", "actors", box=None, header_style="bold")
    for read in found:
        document = read.document
        when = document.published or document.first_seen
        names = ", ".join(each.name for each in document.actors if each.type != "place" and each.role == "actor")
        mark = f" [{document.copy_kind}]" if document.copy_kind else f" (+{read.copies})" if read.copies else ""
        table.add_row(
            f"{when:%Y-%m-%d %H:%M}",
            document.language,
            _safe(document.source.name),
            _safe(headline(document) + mark),
            _safe(names),
        )
    Console().print(table if table.row_count else "no articles match")


def pairs(actor: ByActor = None, limit: Limit = None, jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Actors who appear together, by independent story."""
    from itertools import islice

    from shared.rows import pair_row

    index = reading(data_dir).index
    wanted = _actor_id(actor, index, data_dir)
    every = (pair for pair in index.pairs() if wanted is None or wanted in pair.actors)
    found = islice(every, row_limit(limit, jsonl))
    if jsonl:
        print_rows(pair_row(pair) for pair in found)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("pair", "stories", "one sentence", "first", "last", box=None, header_style="bold")
    for pair in found:
        table.add_row(
            _safe(" + ".join(pair.names)),
            str(pair.stories),
            str(pair.same_sentence),
            f"{pair.first:%Y-%m-%d}",
            f"{pair.last:%Y-%m-%d}",
        )
    Console().print(table if table.row_count else ("no pairs with this actor" if wanted else "no pairs yet"))


def actors(limit: Limit = None, jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """Actors, by independent story."""
    from itertools import islice

    from shared.rows import actor_row

    found = islice(reading(data_dir).index.actors(), row_limit(limit, jsonl))
    if jsonl:
        print_rows(actor_row(count) for count in found)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("actor", "id", "type", "stories", "articles", "languages", box=None, header_style="bold")
    for count in found:
        table.add_row(
            _safe(count.actor.name),
            _safe(count.actor.id),
            count.actor.type,
            str(count.stories),
            str(count.articles),
            " ".join(count.languages),
        )
    Console().print(table if table.row_count else "no actors yet")


def why(
    what: Annotated[
        str, typer.Argument(metavar="URL|ID", help="Of an article, an entry, a feed, an alert or a dead letter.")
    ],
    jsonl: Jsonl = False,
    data_dir: DataDir = None,
) -> None:
    """Everything that happened to it, stage by stage."""
    from shared.history_of import history_of

    steps = history_of(reading(data_dir), what)
    if jsonl:
        print_rows({"stage": step.stage, "what": step.what, **step.data} for step in steps)
    else:
        from rich.console import Console
        from rich.text import Text

        for step in steps:
            Console().print(
                Text.assemble((printable(f"{step.stage:12}"), "bold cyan"), printable(step.what)), soft_wrap=True
            )
    if not steps:
        shown = printable(what)
        print(
            f"nothing is known of {shown}: not as a URL, nor as the id of an entry, article, alert, feed or dead letter"
        )
        raise typer.Exit(1)


def ledger(
    json: Annotated[bool, typer.Option("--json", "--jsonl", help="As one JSON object.")] = False,
    data_dir: DataDir = None,
) -> None:
    """The law of conservation: every entry ever read has ended, or is found on its way. Exit code 1 where it is broken."""
    from shared.conservation import account

    found = account(reading(data_dir).snapshot())
    if json:
        print_rows(
            [
                {
                    "holds": found.holds,
                    "entries": found.entries,
                    "articles": found.articles,
                    "endings": dict(found.endings),
                    "codes": dict(found.codes),
                    "under_way": {stage: sorted(ids) for stage, ids in found.under_way.items()},
                    "broken": found.broken,
                }
            ]
        )
    else:
        print(f"{counted(found.entries, 'entry', 'entries')} read, {counted(found.articles, 'article')} in the index")
        for ending, count in found.endings.most_common():
            print(f"  {count:>8}  {ending}")
        for code, count in found.codes.most_common():
            print(f"  {count:>8}    {code}")
        for stage, ids in found.under_way.items():
            print(f"  {len(ids):>8}  wait for {stage}")
        print("conserved: every entry has ended or is on its way" if found.holds else "BROKEN:")
        for what in found.broken:
            print(printable(f"  {what}"))
    if not found.holds:
        raise typer.Exit(1)


def _safe(text: str) -> Any:
    """Titles are other people's text: no markup of ours is read in them, and nothing that a terminal would obey."""
    from rich.text import Text

    return Text(printable(text))


def _language(given: str | None) -> str | None:
    """`FR` and `fr-FR` are `fr`; what is no language that we tell apart stays as it is, and finds nothing."""
    if given is None:
        return None
    from services.normalise.language import language_of_tag

    return language_of_tag(given) or given


def _actor_id(given: str | None, index: ArticleIndex, data_dir: Any) -> str | None:
    """An id as it is; a name becomes the id of the one actor that articles or the gazetteer know by it."""
    if given is None or given.startswith("?"):
        return given
    if known := index.actor_id(given):
        return known
    from shared.errors import Misuse, NewsloomError
    from shared.stage_builders import gazetteer_of

    gazetteer = gazetteer_of(load_settings(), data_folder(data_dir))
    if gazetteer.entry(given) is not None:
        return given
    ids = sorted(entry.id for entry in gazetteer.lookup(given))
    if len(ids) > 1:
        raise Misuse(f"--actor {given}: several are named so, give one of the ids {', '.join(ids)}")
    if not ids:
        raise NewsloomError(f"nobody is named {given}")
    return ids[0]
