"""The tree of commands."""

from __future__ import annotations

import typer

from shared.cli import alerts, backtest, backup, cluster, dead_letters, feeds, gazetteer, life, measure, pipeline, read

app = typer.Typer(
    name="newsloom",
    help="Reads the world's news feeds and tells which actors appear together who never did before, with the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(pipeline.demo)
app.command()(pipeline.run)
app.command()(pipeline.ingest)
app.command()(read.articles)
app.command()(read.pairs)
app.command()(read.actors)
app.add_typer(alerts.app, name="alerts", help="Alerts, each with its evidence; mute, verdict, verdicts.")
app.command()(read.why)
app.command()(read.ledger)
app.add_typer(dead_letters.app, name="dlq", help="Messages that went no further: list, show, replay.")
app.add_typer(feeds.app, name="feeds", help="The registry of feeds: add, import, export, remove, check, discover.")
app.add_typer(gazetteer.app, name="gazetteer", help="The known actors: check, lookup.")
app.command()(backtest.backtest)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(life.reprocess)
app.command()(life.forget)
app.command()(cluster.setup)
app.command()(cluster.worker)
app.command()(measure.bench)
