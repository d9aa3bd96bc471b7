"""The benchmarks as tables."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from shared.demo.corpus import FOLDER
from shared.errors import Misuse


def benchmark(what: str, articles: int, corpus: Path | None, folder: Path | None = None) -> None:
    """`what` is all, speed, copies or parse; or what is no part of all: extraction, over the pages of `folder`, quality, stories, alerts,
    start or cluster. Raises `Misuse` for anything else."""
    if what not in (
        "all",
        "speed",
        "copies",
        "parse",
        "extraction",
        "quality",
        "stories",
        "alerts",
        "start",
        "cluster",
    ):
        raise Misuse(f"{what}: give all, speed, copies, parse, extraction, quality, stories, alerts, start or cluster")
    if folder is not None and what not in ("extraction", "quality"):
        raise Misuse(f"{folder}: only `newsloom bench extraction` and `newsloom bench quality` take a folder")
    if corpus is not None and not corpus.is_file():
        raise Misuse(f"--corpus {corpus}: no such file")
    console = Console()
    if what in ("all", "speed"):
        _speed(console, articles, corpus)
    if what in ("all", "copies"):
        _copies(console)
    if what in ("all", "parse"):
        _parse(console)
    if what == "extraction":
        _extraction(console, folder)
    if what == "quality":
        from shared.bench.quality import quality_tables

        quality_tables(console, folder)
    if what == "stories":
        _stories(console)
    if what == "alerts":
        _alerts(console)
    if what == "start":
        _start(console, articles)
    if what == "cluster":
        _cluster(console, articles)


def _start(console: Console, articles: int) -> None:
    from shared.bench.start import measure

    found = measure(articles)
    table = Table("figure", "CPU seconds", "peak", title="`alert` with much behind it", title_justify="left")
    for name, step in (
        (f"folding {found.records:,} records", found.folded),
        (f"keeping the view, {found.file_bytes / 1e6:.0f} MB", found.kept),
        ("starting from it", found.started),
    ):
        table.add_row(name, f"{step.seconds:.1f}", f"{step.peak_bytes / 2**20:.0f} MiB")
    console.print(table)


def _cluster(console: Console, articles: int) -> None:
    from shared.bench.cluster import LOAD, LOAD_SECONDS, measure_cluster
    from shared.settings import settings

    found = measure_cluster(settings(), articles, LOAD, LOAD_SECONDS)
    table = Table("figure", "measured", title="Six workers, broker and Elasticsearch together", title_justify="left")
    table.add_row("articles", str(found.articles))
    table.add_row("articles per second, until all can be found", f"{found.articles / found.seconds:.0f}")
    table.add_row("a plain aiokafka loop over the same topics", f"{found.articles / found.plain_seconds:.0f}")
    table.add_row("ratio to the plain loop", f"{found.plain_seconds / found.seconds:.2f}")
    table.add_row("articles per CPU second of the workers", f"{found.articles / sum(found.cpu_seconds.values()):.0f}")
    table.add_row(f"entry to searchable at {found.load:g}/s, median", f"{found.delay(0.5):.2f} s")
    table.add_row(f"entry to searchable at {found.load:g}/s, p95", f"{found.delay(0.95):.2f} s")
    table.add_row("ledger", "holds" if found.ledger_holds else "BROKEN")
    for stage, seconds in found.cpu_seconds.items():
        early, late = found.memory_early[stage] / 2**20, found.memory_late[stage] / 2**20
        table.add_row(
            f"  {stage}", f"{seconds:.1f} CPU s, {early:.0f} MiB in the second quarter, {late:.0f} in the last"
        )
    console.print(table)


def _speed(console: Console, articles: int, corpus: Path | None) -> None:
    from shared.bench.speed import measure

    found = measure(articles, corpus)
    table = Table("figure", "measured", title="Embedded pipeline, text only, all stages", title_justify="left")
    table.add_row("articles", str(found.articles))
    table.add_row("articles per CPU second", f"{found.articles / found.cpu_seconds:.0f}")
    table.add_row("articles per second", f"{found.articles / found.wall_seconds:.0f}")
    table.add_row("a bare loop's, same libraries", f"{found.articles / found.bare_seconds:.0f}")
    table.add_row("CPU seconds to start", f"{found.start_seconds:.2f}")
    table.add_row("peak memory, MiB", f"{found.peak_bytes / 2**20:.0f}")
    for stage, share in found.shares.items():
        table.add_row(f"  share of {stage}", f"{share:.1%}")
    console.print(table)


def _extraction(console: Console, folder: Path | None) -> None:
    from shared.bench.extraction import PAGES, compare

    found = compare(folder or PAGES)
    table = Table("figure", "trafilatura alone", "the tiers", title="Articles out of pages", title_justify="left")
    both = (found.reference, found.tiers)
    table.add_row("pages", str(found.pages), str(found.pages))
    table.add_row("  decided by the fast tier", "", str(found.sure))
    table.add_row("F1", *(f"{each.f1:.4f}" for each in both))
    table.add_row("  of the pages with odd places", *(f"{each.halves[0]:.4f}" for each in both))
    table.add_row("  of the pages with even places", *(f"{each.halves[1]:.4f}" for each in both))
    table.add_row("pages per CPU second", *(f"{each.pages_per_cpu_second:.0f}" for each in both))
    console.print(table)


def _copies(console: Console) -> None:
    from shared.bench.copies import score
    from shared.bench.edited_copies import edited_copies, iter_base

    found = score(edited_copies(iter_base(sorted(FOLDER.glob("articles-*.jsonl")))))
    table = Table("kind of edit", "as expected", "cases", title="Near copies, edited by program", title_justify="left")
    for kind, total in found.total.items():
        table.add_row(kind, f"{found.right[kind] / total:.3f}", str(total))
    table.add_section()
    table.add_row("precision of copies", f"{found.precision:.4f}", str(found.found_copies))
    table.add_row("recall of copies", f"{found.recall:.4f}", str(found.copies))
    console.print(table)


def _stories(console: Console) -> None:
    from shared.bench.stories import corpora, score

    table = Table(
        "corpus",
        "articles",
        "of",
        "F1",
        "precision",
        "recall",
        title="Translated copies and events",
        title_justify="left",
    )
    for name, written in corpora():
        found = score(written)
        for kind, pairs in (("stories", found.stories), ("events", found.events)):
            figures = (f"{figure:.3f}" for figure in (pairs.f1, pairs.precision, pairs.recall))
            table.add_row(name, str(found.articles), kind, *figures)
    console.print(table)


def _alerts(console: Console) -> None:
    from tempfile import TemporaryDirectory

    from shared.archive_making import through_the_pipeline
    from shared.bench.alerts import score_articles, write_archive
    from shared.settings import settings
    from shared.stage_builders import alert_rules

    config = settings()
    with TemporaryDirectory(prefix="newsloom-bench-") as name:
        folder = Path(name)
        archive, outlets = write_archive(folder)
        known = config.model_copy(update={"outlets_file": outlets})
        found = score_articles(through_the_pipeline([archive], folder, known), alert_rules(config))
    table = Table("figure", "measured", title="Alerts on a simulated archive of 60 days", title_justify="left")
    table.add_row("articles", str(found.articles))
    table.add_row("planted pairs found", f"{found.found} of {found.planted} ({found.recall:.3f})")
    table.add_row(
        "confirmed alerts about planted pairs",
        f"{found.confirmed_planted} of {found.confirmed} ({found.precision:.3f})",
    )
    for kind, count in found.others.most_common():
        table.add_row(f"  others: {kind}", str(count))
    table.add_row("provisional alerts", str(found.provisional))
    table.add_row("alerts per day", f"{(found.confirmed + found.provisional) / found.days:.1f}")
    table.add_row("opened with the n-th independent report, median n", f"{found.median_delay:g}")
    table.add_row("pairs with a second alert", str(found.doubled))
    table.add_row("alerts that a replay added", str(found.replayed))
    table.add_row("articles per CPU second of the stage", f"{found.articles / found.cpu_seconds:.0f}")
    for missed in found.missed:
        table.add_row("  missed", " + ".join(missed))
    console.print(table)


def _parse(console: Console) -> None:
    from shared.bench.odd_feeds import collection_is_here, compare
    from shared.bench.parse import measure_parsing

    table = Table(
        "kind of feed",
        "items",
        "ours",
        "feedparser",
        "ratio",
        title="Items per CPU second, parsed",
        title_justify="left",
    )
    for found in measure_parsing():
        theirs = found.feedparsers
        compared = (f"{theirs:.0f}", f"{found.ours / theirs:.1f}") if theirs else ("cannot read it", "")
        table.add_row(found.kind, str(found.items), f"{found.ours:.0f}", *compared)
    console.print(table)
    if collection_is_here():
        ours, feedparsers = compare()
        table = Table(
            "field", "ours", "feedparser", "judged", title="Odd feeds, read as specified", title_justify="left"
        )
        for field, (right, judged) in ours.items():
            table.add_row(field, f"{right / judged:.3f}", f"{feedparsers[field][0] / judged:.3f}", str(judged))
        console.print(table)
