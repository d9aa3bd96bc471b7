"""Commands for what changes in the life of an archive: reprocess, forget."""

from __future__ import annotations

from typing import Annotated

import typer

from shared.cli.counted import counted
from shared.cli.options import DataDir, feeding, load_settings
from shared.cli.patience import wait_for_workers
from shared.cli.progress import progress_bar
from shared.printable import printable


def reprocess(
    stage: Annotated[
        str, typer.Option("--from", metavar="STAGE", help="normalise, deduplicate, enrich, cluster, index.")
    ],
    wait: Annotated[
        bool, typer.Option(help="On a cluster: end only when the workers are through with it.", show_default=True)
    ] = True,
    data_dir: DataDir = None,
) -> None:
    """Articles once more from a stage on, after a change of gazetteer or code. Verdicts and alerts stand."""
    from shared import reprocessing
    from shared.errors import NotAvailable
    from shared.logs import configure

    config = load_settings()
    configure(config.log_level, config.log_format)
    reprocessing.check_stage(stage)
    with feeding(data_dir) as session:
        from_index = stage in reprocessing.FROM_INDEX
        with progress_bar("reprocessing") as told:
            total = sum(1 for _ in session.reading.index.ids()) if from_index else None
            result = reprocessing.reprocess(session, stage, lambda done: told(done, total))
        if wait and not wait_for_workers(session):
            raise NotAvailable(f"{counted(result.sent, 'message')} sent to {stage}, and not all of them worked on yet")
    if from_index:
        print(f"{counted(result.sent, 'article')} reprocessed from {stage}")
        return
    reach = f"; the log reaches back to {result.since}" if result.since else "; the log has none any more"
    print(f"{counted(result.sent, 'message')} reprocessed from {stage}{reach}")
    if result.skipped:
        print(f"{result.skipped} left out: under way, forgotten, or dead letters (for these: `newsloom dlq replay`)")


def forget(
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="All articles under a URL, or the one of an id.")],
    data_dir: DataDir = None,
) -> None:
    """Takes an article out of everything that holds its words, the evidence of alerts included. It stays out when it is read again."""
    from shared.bootstrap import forgetting
    from shared.errors import NewsloomError
    from shared.logs import configure

    config = load_settings()
    configure(config.log_level, config.log_format)
    report = forgetting(what, data_dir, config)
    if report is None:
        raise NewsloomError(
            f"nothing is known of {what}: give a URL, or an id as `newsloom articles --jsonl` prints it"
        )
    print(
        f"forgotten: {counted(report.articles, 'article')}, {counted(report.entries, 'entry', 'entries')}, "
        f"{counted(report.letters, 'dead letter')}, the evidence of {counted(report.alerts, 'alert')}"
    )
    for line in report.remains:
        print(printable(line))
