"""Commands that work: demo, run, ingest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.options import DataDir, data_folder, load_settings

if TYPE_CHECKING:
    from services.fetch.poller import Report


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything is processed.")] = False,
    port: Annotated[int, typer.Option(help="First of the loopback ports that the sample feeds are served on.")] = 8650,
    data_dir: DataDir = None,
) -> None:
    """Sample feeds, served on loopback, through the whole pipeline."""
    from shared.demo.show import show

    _logs()
    show(data_folder(data_dir), once=once, port=port)


def run(
    feeds: Annotated[Path, typer.Option("--feeds", help="OPML, or a plain list of URLs.")],
    once: Annotated[bool, typer.Option("--once", help="Poll every feed once, process what came, end.")] = False,
    allow_private: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-private", metavar="CIDR", help="A private network that may be fetched from, on any port."
        ),
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option(help="Serve Prometheus metrics on this port of 127.0.0.1.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """The embedded pipeline on your own feeds."""
    import asyncio

    from services.fetch.feed_list import FeedListError, read_feed_list
    from shared.errors import Misuse
    from shared.runtime.fetching import run_feeds
    from shared.runtime.session import Session
    from shared.runtime.signals import stop_on_signals

    _logs()
    try:
        sources = read_feed_list(feeds.read_bytes())
    except OSError as error:
        raise Misuse(f"--feeds {feeds}: {error.strerror}") from error
    except FeedListError as error:
        raise Misuse(f"--feeds {feeds}: {error}") from error
    if not sources:
        raise Misuse(f"--feeds {feeds}: there is no feed in it")
    tally = _Tally(len(sources))
    if metrics_port is not None:
        _serve_metrics(metrics_port)

    async def work() -> None:
        with Session(data_folder(data_dir)) as session, stop_on_signals() as stop:
            session.start()
            await run_feeds(session, sources, allow_private or [], once=once, stop=stop, on_report=tally.add)

    asyncio.run(work())
    tally.close()


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…|-", help="Files; - reads standard input.")],
    format: Annotated[str, typer.Option("--format", help="auto, jsonl, feed or html.")] = "auto",
    data_dir: DataDir = None,
) -> None:
    """Documents from files, through the whole pipeline."""
    from typing import cast, get_args

    from services.fetch.documents import Format
    from shared.errors import Misuse
    from shared.runtime.ingesting import ingest_files
    from shared.runtime.session import Session

    _logs()
    if format not in get_args(Format):
        raise Misuse(f"--format {format}: give one of {', '.join(get_args(Format))}")
    for path in paths:
        if path != "-" and not Path(path).is_file():
            raise Misuse(f"{path}: {'a folder, give its files' if Path(path).is_dir() else 'no such file'}")
    with Session(data_folder(data_dir)) as session:
        result = ingest_files(session, paths, cast("Format", format))
    print(
        f"{result.read} documents read: {result.new} new, {result.known} known before, {result.unreadable} unreadable"
        + (" (see `newsloom dlq list`)" if result.unreadable else "")
    )


def _serve_metrics(port: int) -> None:
    from prometheus_client import start_http_server

    from shared.errors import NotAvailable
    from shared.metrics import REGISTRY

    try:
        start_http_server(port, "127.0.0.1", REGISTRY)
    except OSError as error:
        raise NotAvailable(f"--metrics-port {port}: {error.strerror}") from error


class _Tally:
    """Prints a line for every feed that is ill or brought something, and a sum."""

    def __init__(self, feeds: int) -> None:
        self._feeds = feeds
        self._well = self._ill = self._new = 0

    def add(self, report: Report) -> None:
        self._new += report.new
        if report.error:
            self._ill += 1
            print(f"ill   {report.state.url}  {report.error}", flush=True)
        else:
            self._well += 1
            if report.new:
                print(f"read  {report.state.url}  {report.new} new", flush=True)

    def close(self) -> None:
        print(f"{self._feeds} feeds: {self._well} polls went well, {self._ill} did not; {self._new} new entries")


def _logs() -> None:
    from shared.logs import configure

    config = load_settings()
    configure(config.log_level, config.log_format)
