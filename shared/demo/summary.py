"""What the demo ends with: articles per stage, languages, copies, actors, alerts, and where to look next."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from prometheus_client import Counter as Metric
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared import metrics
from shared.cli.render import alert_panel
from shared.conservation import account
from shared.pipeline import NODES
from shared.ports import ArticleIndex, Query
from shared.runtime.feeding import Feeding


def print_summary(console: Console, session: Feeding) -> None:
    """Reads everything from the store, so it says the same after a second run over the same folder."""
    index = session.reading.index
    if session.config.runtime == "embedded":
        _stages(console)  # on a cluster, other processes have counted
    _articles(console, index)
    _actors(console, index)
    alerts = list(index.alerts())
    console.print(Text(f"\n{len(alerts)} alerts", style="bold"))
    for alert in alerts:
        console.print(alert_panel(alert))
    _ledger(console, session)
    where = "" if str(session.data_dir) == ".newsloom" else f" --data-dir {session.data_dir}"
    real = "newsloom run --feeds deploy/feeds/world.opml --data-dir news"
    if session.config.runtime == "kafka":
        real = "newsloom feeds import deploy/feeds/world.opml"
    console.print(Text("\nWhere to look next", style="bold"))
    for command, what in (
        (f"newsloom alerts{where}", "the alerts with their evidence"),
        (f"newsloom articles --query 普京{where}", "search, in any script"),
        (f"newsloom articles --actor vladimir-putin{where}", "one actor across languages"),
        (f"newsloom pairs{where}", "who appears with whom, by independent story"),
        (f"newsloom why URL{where}", "everything that happened to one article"),
        (f"newsloom feeds check{where}", "which feeds are ill, and why"),
        (f"newsloom ledger{where}", "the proof that nothing was lost"),
        (real, "the real world, with a network"),
    ):
        console.print(Text.assemble(("  " + command, "cyan"), f"   {what}"), soft_wrap=True)


def _stages(console: Console) -> None:
    """From this run's counters: a second run over the same folder has nothing to do, and says so."""
    table = Table(
        "stage",
        "received",
        "sent",
        "dropped",
        "dead letters",
        title="This run, by stage",
        title_justify="left",
        box=None,
    )
    for node in NODES:
        cells = (
            _count(metrics.RECEIVED, node.stage),
            _count(metrics.SENT, node.stage),
            _count(metrics.DROPPED, node.stage),
            _count(metrics.DEAD_LETTERS, node.stage),
        )
        table.add_row(node.stage, *(str(cell) for cell in cells))
    console.print()
    console.print(table)


def _count(counter: Metric, stage: str) -> int:
    samples = (sample for metric in counter.collect() for sample in metric.samples)
    return int(sum(each.value for each in samples if each.name.endswith("_total") and each.labels["stage"] == stage))


def _articles(console: Console, index: ArticleIndex) -> None:
    languages: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    stories, sources = set(), set()
    for read in index.search(Query()):
        languages[read.document.language] += 1
        kinds[read.document.copy_kind or "original"] += 1
        kinds["revised"] += read.document.revision > 1
        stories.add(read.document.story_id)
        sources.add(read.document.source.domain)
    total = sum(languages.values())
    console.print(
        Text(f"\n{total} articles from {len(sources)} sources, {len(stories)} independent stories", style="bold")
    )
    console.print("languages: " + ", ".join(f"{language} {count}" for language, count in languages.most_common()))
    console.print(
        f"copies collapsed: {kinds['exact']} exact, {kinds['near']} near; {kinds['contains']} contain another; "
        f"{kinds['revised']} revised"
    )


def _actors(console: Console, index: ArticleIndex) -> None:
    found = (count for count in index.actors() if count.actor.type != "place" and count.actor.role == "actor")
    table = Table("actor", "stories", "languages", title="Most in the news", title_justify="left", box=None)
    for count in islice(found, 12):
        table.add_row(Text(count.actor.name), str(count.stories), " ".join(count.languages))
    console.print()
    console.print(table)


def _ledger(console: Console, session: Feeding) -> None:
    found = account(session.reading.snapshot())
    endings = ", ".join(f"{count} {ending}" for ending, count in found.endings.most_common())
    verdict = "every entry is accounted for" if found.holds else "BROKEN: see `newsloom ledger`"
    console.print(
        Text(f"\nledger: {found.entries} entries: {endings}; {verdict}", style="bold" if found.holds else "bold red")
    )
    letters = sum(1 for _ in session.reading.letters.waiting())
    if letters:
        console.print(f"{letters} dead letters, from the feeds that are none: `newsloom dlq list`")
