"""newsloom bench: the benchmarks, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench(
    what: Annotated[
        str,
        typer.Argument(
            help="all, speed, copies or parse; extraction; quality; stories; alerts; start; cluster, on a running cluster."
        ),
    ] = "all",
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="For extraction: pages with their texts; for quality: sentences with topics; default: ../shared/data."
        ),
    ] = None,
    articles: Annotated[int, typer.Option(min=100, help="Articles for speed and cluster, records for start.")] = 5_000,
    corpus: Annotated[Path | None, typer.Option(help="JSON lines to use instead of the demo's articles.")] = None,
) -> None:
    """Speed and memory of the embedded pipeline and of a cluster, copies, feeds and pages, actors, topics, stories, alerts, a start."""
    from shared.bench.run import benchmark

    benchmark(what, articles, corpus, folder)
