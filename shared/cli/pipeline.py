"""Commands that work: demo, run, ingest."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, data_folder, feeding, load_settings
from shared.cli.patience import wait_for_channels, wait_for_workers
from shared.printable import printable

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource
    from services.fetch.poller import Report
    from shared.ports import Reading


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
    feeds: Annotated[
        Path | None,
        typer.Option("--feeds", help="OPML, or a plain list of URLs; default: the folder's own, see `newsloom feeds`."),
    ] = None,
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

    from shared.bootstrap import open_reading
    from shared.cli.alert_watch import AlertWatch
    from shared.errors import Misuse
    from shared.runtime.fetching import run_feeds
    from shared.runtime.signals import stop_on_signals

    _logs()
    if load_settings().runtime == "kafka":
        raise Misuse(
            "`newsloom run` polls on one machine; on a cluster `newsloom feeds import FILE` registers feeds and "
            "`newsloom worker fetch` polls them"
        )
    folder = data_folder(data_dir)
    sources = _sources(feeds, folder)
    tally = _Tally(len(sources))
    if metrics_port is not None:
        _serve_metrics(metrics_port)
    _warn_of_the_demo(folder)

    ended: list[Reading] = []

    async def work() -> AlertWatch:
        with feeding(data_dir) as session, stop_on_signals() as stop:
            # Over a connection that the pipeline's thread does not use.
            looking = open_reading(folder, session.config)
            ended.append(looking)
            watch = AlertWatch(looking.index)
            print(f"{'polling' if once else 'watching'} {counted(len(sources), 'feed')}, Ctrl-C ends it", flush=True)
            session.start()
            showing = asyncio.create_task(watch.keep_showing())
            # Where alerts cannot be shown any more the run ends; the last look, below, then says why.
            showing.add_done_callback(lambda _: stop.set())
            try:
                await run_feeds(session, sources, allow_private or [], once=once, stop=stop, on_report=tally.add)
                if once and not stop.is_set():
                    await asyncio.to_thread(wait_for_channels, session)
            finally:
                showing.cancel()
                await asyncio.gather(showing, return_exceptions=True)
        return watch

    watch = asyncio.run(work())
    # Only now: the batch at hand was worked to its end while the session closed.
    with closing(ended[0]):
        watch.show()
        tally.close()
        print(f"{counted(watch.articles(), 'new article')}, {counted(watch.found, 'new alert')}")


def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH…|-", help="Files; - reads standard input.")],
    format: Annotated[str, typer.Option("--format", help="auto, jsonl, feed, html or warc.")] = "auto",
    wait: Annotated[
        bool, typer.Option(help="On a cluster: end only when the workers are through with it.", show_default=True)
    ] = True,
    data_dir: DataDir = None,
) -> None:
    """Documents from files, through the whole pipeline."""
    from typing import cast, get_args

    from services.fetch.documents import Format
    from shared.cli.alert_watch import AlertWatch
    from shared.errors import Misuse
    from shared.runtime.ingesting import ingest_files

    _logs()
    if format not in get_args(Format):
        raise Misuse(f"--format {format}: give one of {', '.join(get_args(Format))}")
    for path in paths:
        if path != "-" and not Path(path).is_file():
            raise Misuse(f"{path}: {'a folder, give its files' if Path(path).is_dir() else 'no such file'}")
    folder = data_folder(data_dir)
    _warn_of_the_demo(folder)
    with feeding(data_dir) as session:
        watch = AlertWatch(session.reading.index)
        result = ingest_files(session, paths, cast("Format", format))
        if wait:
            wait_for_workers(session)
            wait_for_channels(session)
        alerts = len(watch.new())
    print(
        f"{counted(result.read, 'document')} read: {result.new} new, {result.known} known before, "
        f"{result.unreadable} unreadable" + (" (see `newsloom dlq list`)" if result.unreadable else "")
    )
    if result.passed_over:
        kinds = ", ".join(counted(number, kind) for kind, number in result.passed_over.most_common())
        print(f"{counted(result.passed_over.total(), 'record')} passed over: {kinds}")
    if alerts:
        print(f"{counted(alerts, 'new alert')}: `newsloom alerts`")


def _sources(given: Path | None, folder: Path) -> list[FeedSource]:
    """Of the file that was given, else of the folder's own list."""
    from shared.adapters.feed_list_file import FeedListFile, read_sources
    from shared.errors import Misuse

    path = given or FeedListFile(folder).path
    if given is None and not path.exists():
        raise Misuse(f"{path} is not there: make it with `newsloom feeds add URL`, or give a list with --feeds FILE")
    return read_sources(path)


def _warn_of_the_demo(folder: Path) -> None:
    from shared.demo.marker import is_marked

    if is_marked(folder):
        print(
            f"newsloom: {folder} holds the demo's invented news: give another --data-dir for real ones", file=sys.stderr
        )


def _serve_metrics(port: int) -> None:
    from prometheus_client import start_http_server

    from shared.errors import Misuse, NotAvailable
    from shared.metrics import REGISTRY

    if not 0 < port < 65_536:
        raise Misuse(f"--metrics-port {port}: give a port from 1 to 65535")
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
            print(printable(f"ill   {report.state.public_url}  {report.error}"), flush=True)
        else:
            self._well += 1
            if report.new:
                print(printable(f"read  {report.state.public_url}  {report.new} new"), flush=True)

    def close(self) -> None:
        polls = f"{counted(self._well, 'poll')} went well, {self._ill} did not"
        print(f"{counted(self._feeds, 'feed')}: {polls}; {counted(self._new, 'new entry', 'new entries')}")


def _logs() -> None:
    from shared.logs import configure

    config = load_settings()
    configure(config.log_level, config.log_format)
