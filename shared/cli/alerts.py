"""newsloom alerts, and alerts mute|verdict|verdicts: what people decide about them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from shared.cli.options import DataDir, Jsonl, Limit, load_settings, print_rows, reading, row_limit
from shared.printable import printable

if TYPE_CHECKING:
    from shared.contracts import Alert, Decision

app = typer.Typer()

AlertId = Annotated[str, typer.Argument(metavar="ALERT", help="An alert's id, or the beginning of it.")]


@app.callback(invoke_without_command=True)
def alerts(
    context: typer.Context,
    limit: Limit = None,
    jsonl: Jsonl = False,
    atom: Annotated[bool, typer.Option("--atom", help="As an Atom feed.")] = False,
    stix: Annotated[bool, typer.Option("--stix", help="As a STIX 2.1 bundle.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Alerts, the newest first, each with its evidence."""
    from shared.errors import Misuse

    if context.invoked_subcommand is not None:
        if data_dir is not None or limit is not None or jsonl or atom or stix:
            raise Misuse(
                f"give options behind the command: newsloom alerts {context.invoked_subcommand} … --data-dir FOLDER"
            )
        return
    from itertools import islice

    from shared.cli.alert_formats import one_format, print_alerts
    from shared.cli.render import alert_panel
    from shared.rows import alert_row

    document = one_format(atom=atom, stix=stix, jsonl=jsonl)
    found = list(islice(reading(data_dir).index.alerts(), row_limit(limit, jsonl or document is not None)))
    if document is not None:
        print_alerts(found, document, load_settings())
        return
    if jsonl:
        print_rows(alert_row(alert) for alert in found)
        return
    from rich.console import Console

    console = Console()
    for alert in found:
        console.print(alert_panel(alert))
    if not found and limit != 0:
        console.print("no alerts yet")


@app.command()
def mute(
    alert_id: AlertId,
    span: Annotated[str | None, typer.Option("--for", help="How long: 12h, 7d, 2w.", show_default=False)] = None,
    until: Annotated[
        str | None, typer.Option(help="Until when: 2024-06-19, 2024-06-19T06:00Z.", show_default=False)
    ] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Ends a mute.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Channels hear nothing of this pair until then, whatever alert it has or comes to have."""
    from shared.clock import SystemClock
    from shared.deciding import mute_of, span_of
    from shared.errors import Misuse

    if (span is not None) + (until is not None) + lift != 1:
        raise Misuse("mute: give one of --for, --until and --lift")
    now = SystemClock().now()
    end = None if lift else now + span_of(span) if span is not None else _time(until or "")
    if end is not None and end <= now:
        raise Misuse(f"--until {until}: that is past; --lift ends a mute")
    alert = _alert(alert_id, data_dir)
    _send(mute_of(alert, end, now), data_dir)
    names = " + ".join(actor.name for actor in alert.actors)
    print(printable(f"{names}: {'heard again' if end is None else f'muted until {end:%Y-%m-%d %H:%M} UTC'}"))


@app.command()
def verdict(
    alert_id: AlertId,
    judgement: Annotated[
        Literal["useful", "noise", "wrong-entity"],
        typer.Argument(help="useful; noise closes it; wrong-entity retracts it: it said what is not so."),
    ],
    note: Annotated[str, typer.Option(help="Why, for those who come after you.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Whether an alert was worth opening. `newsloom alerts verdicts` counts."""
    from shared.clock import SystemClock
    from shared.deciding import judgement_of

    alert = _alert(alert_id, data_dir)
    _send(judgement_of(alert, judgement, SystemClock().now(), note[:500]), data_dir)
    end = {"useful": "", "noise": "; closed", "wrong-entity": "; retracted and closed"}[judgement]
    closed = " (it stays closed)" if judgement == "useful" and alert.status == "closed" else ""
    print(printable(f"{' + '.join(actor.name for actor in alert.actors)}: {judgement}{end}{closed}"))


@app.command()
def verdicts(jsonl: Jsonl = False, data_dir: DataDir = None) -> None:
    """How many of the alerts that people judged were useful, by rule and by class."""
    from shared.deciding import judged

    found = judged(reading(data_dir).index.alerts())
    if jsonl:
        print_rows(
            {"of": name, "alerts": each.alerts, "judged": dict(each.found), "precision": each.precision}
            for name, each in found.items()
        )
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("of", "alerts", "useful", "noise", "wrong entity", "precision", box=None, header_style="bold")
    for name, each in found.items():
        share = f"{each.precision:.0%}" if each.precision is not None else ""
        counts = (each.found["useful"], each.found["noise"], each.found["wrong-entity"])
        table.add_row(printable(name), str(each.alerts), *map(str, counts), share)
    Console().print(table if found else "no alerts yet")


def _alert(begins: str, data_dir: DataDir) -> Alert:
    """Raises `NewsloomError` where no alert is meant, `Misuse` where several may be."""
    from shared.errors import Misuse, NewsloomError

    found = {alert.id: alert for alert in reading(data_dir).index.alerts() if alert.id.startswith(begins)}
    if begins in found:
        return found[begins]
    if not found or not begins:
        raise NewsloomError(f"no alert has the id {begins}: `newsloom alerts --jsonl` shows them")
    if len(found) > 1:
        raise Misuse(f"{begins}: {len(found)} alerts begin so, give more of the id")
    return next(iter(found.values()))


def _send(decision: Decision, data_dir: DataDir) -> None:
    from shared.bootstrap import send_decision

    send_decision(decision, data_dir, load_settings())


def _time(text: str) -> datetime:
    from shared.cli.options import time_of

    return time_of("--until", text)
