"""newsloom bench: the benchmarks, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench(
    what: Annotated[
        str, typer.Argument(help="all, speed, copies or parse; extraction; quality; cluster, on a running cluster.")
    ] = "all",
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="For extraction: pages with their texts; for quality: sentences with topics; default: ../shared/data."
        ),
    ] = None,
    articles: Annotated[int, typer.Option(min=100, help="Articles for the speed benchmark.")] = 5_000,
    corpus: Annotated[Path | None, typer.Option(help="JSON lines to use instead of the demo's articles.")] = None,
) -> None:
    """Speed and memory of the embedded pipeline, near copies, feeds and pages, actors and topics; of a cluster: speed, delay, memory."""
    from shared.bench.run import benchmark

    benchmark(what, articles, corpus, folder)
