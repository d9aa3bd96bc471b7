"""newsloom backtest: the alerts that rules would have given on an archive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import Jsonl, load_settings, print_rows
from shared.cli.progress import progress_bar
from shared.printable import printable

if TYPE_CHECKING:
    from services.alert.rules import AlertRules
    from shared.backtesting import Backtested
    from shared.contracts import Alert


def backtest(
    archives: Annotated[
        list[Path],
        typer.Argument(
            metavar="ARCHIVE…",
            help="What `newsloom articles --jsonl` printed, a data folder, or documents as `newsloom ingest` reads them (slower).",
        ),
    ],
    rules: Annotated[
        Path | None,
        typer.Option(help="A file of rules; without, the file of the settings or the data folder.", show_default=False),
    ] = None,
    diff: Annotated[
        Path | None, typer.Option(help="Other rules: shows what only one of the two gives.", show_default=False)
    ] = None,
    jsonl: Jsonl = False,
) -> None:
    """The alerts that these rules would have given, day by day, with every article in event time."""
    from shared.archive_making import archives_of
    from shared.archives import in_order
    from shared.backtesting import backtest as run
    from shared.logs import configure
    from shared.rule_warnings import warnings_about
    from shared.stage_builders import alert_rules, gazetteer_of, rules_file

    config = load_settings()
    configure(config.log_level, config.log_format)
    tried = [alert_rules(config, rules or rules_file(config))]
    if diff is not None:
        tried.append(alert_rules(config, diff))
    for each in tried:
        for line in warnings_about(each, lambda: gazetteer_of(config, None)):
            print(printable(line), file=sys.stderr)
    with archives_of(archives, config) as files, progress_bar("backtest") as told:
        total = sum(_lines(path) for path in files)
        results = run(in_order(files, lambda done: told(done, total)), tried)
    if diff is not None:
        _print_difference(results[0], results[1], str(rules or "the rules"), str(diff), jsonl)
    else:
        _print(results[0], tried[0], jsonl)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))


def _print(found: Backtested, rules: AlertRules, jsonl: bool) -> None:
    from shared.rows import alert_row

    if jsonl:
        print_rows({**alert_row(alert), "opened": _opened(found, alert)} for alert in found.alerts.values())
        return
    day = ""
    for alert in found.alerts.values():
        opened = _opened(found, alert)
        if opened[:10] != day:
            day = opened[:10]
            print(day)
        print(printable(f"  {opened[11:16]}  {_line(alert)}"))
    confirmed = sum(alert.tier == "CONFIRMED" for alert in found.alerts.values())
    names = ", ".join(rule.name for rule in rules.rules)
    print(
        f"{counted(found.articles, 'article')}: {counted(len(found.alerts), 'alert')}, {confirmed} of them confirmed, "
        f"on {counted(len({_opened(found, alert)[:10] for alert in found.alerts.values()}), 'day')}; rules: {names}"
    )


def _print_difference(one: Backtested, other: Backtested, its_name: str, others_name: str, jsonl: bool) -> None:
    """Alerts are the same where they have the same id: the same pair, begun by the same story."""
    from shared.rows import alert_row

    only = [
        *(("-", one, alert) for id_, alert in one.alerts.items() if id_ not in other.alerts),
        *(("+", other, alert) for id_, alert in other.alerts.items() if id_ not in one.alerts),
    ]
    only.sort(key=lambda each: _opened(each[1], each[2]))
    if jsonl:
        print_rows({"only": sign, **alert_row(alert), "opened": _opened(of, alert)} for sign, of, alert in only)
        return
    print(printable(f"--- {its_name}: {counted(len(one.alerts), 'alert')}"))
    print(printable(f"+++ {others_name}: {counted(len(other.alerts), 'alert')}"))
    for sign, of, alert in only:
        print(printable(f"{sign} {_opened(of, alert)[:16].replace('T', ' ')}  {_line(alert)}"))
    if not only:
        print("no difference")


def _opened(found: Backtested, alert: Alert) -> str:
    from shared.contracts import rfc3339

    return rfc3339(found.opened[alert.id].window.end)


def _line(alert: Alert) -> str:
    names = " + ".join(actor.name for actor in alert.actors)
    retracted = ", retracted" if alert.retracted else ""
    return (
        f"{alert.alert_class:5} {alert.tier.lower():11} {names}: {counted(alert.stories, 'story', 'stories')} by "
        f"{counted(len(alert.owners), 'owner')}, score {alert.score:g}, rule {alert.rule}{retracted}"
    )
