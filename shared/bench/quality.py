"""Actors and topics against what persons marked, as tables."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.enrich.gazetteer import load_gazetteer
from services.enrich.stage import Enrich
from shared.bench.actor_quality import ActorQuality, in_order, score_actors
from shared.bench.golden_corpus import HALVES, Corpus, shipped
from shared.bench.topic_quality import SENTENCES, score_sentences, score_stories


def quality_tables(console: Console, folder: Path | None) -> None:
    """The golden corpus by its halves; sentences of `folder`, else of the folder beside the project, where there is one."""
    gazetteer = load_gazetteer()
    stage = Enrich(gazetteer)
    for half in HALVES:
        corpus = shipped(half)
        quality = score_actors(corpus, stage, gazetteer)
        console.print(_mentions(half, corpus, quality))
        console.print(_figures(half, corpus, quality))
        console.print(_reliability(half, quality))
    if folder is not None or SENTENCES.is_dir():
        console.print(_sentences(folder or SENTENCES))
    else:
        console.print(f"topics of single sentences: {SENTENCES} is not here, nothing measured")


def _mentions(half: str, corpus: Corpus, quality: ActorQuality) -> Table:
    title = f"Known actors, {half}: {len(corpus.articles)} articles"
    table = Table("language", "precision", "recall", "found", "marked", title=title, title_justify="left")
    for language, counts in in_order(quality):
        table.add_row(
            language, f"{counts.precision:.3f}", f"{counts.recall:.3f}", str(counts.found), str(counts.wanted)
        )
    return table


def _figures(half: str, corpus: Corpus, quality: ActorQuality) -> Table:
    table = Table("figure", "measured", "of", title=f"Actors and topics, {half}", title_justify="left")
    table.add_row("same id across languages", *_share(quality.same_id))
    table.add_row("wrong merges, mentions", str(quality.wrong_merges), str(quality.known_together().found))
    table.add_row(
        "places as parts of bodies' names, or the reverse", str(quality.parts), str(quality.known_together().found)
    )
    counts = quality.of_gazetteer
    table.add_row("recall of those in the gazetteer", f"{counts.recall:.3f}", str(counts.wanted))
    table.add_row("known, given to nobody", str(quality.unresolved), str(quality.known_together().wanted))
    table.add_row("could be several: left alone", *_share(quality.left_alone))
    table.add_row("known to the world, not in the gazetteer", str(len(quality.not_in_gazetteer)), str(len(corpus.cast)))
    for script, counts in sorted(quality.unknown.items()):
        table.add_row(f"new faces, {script}: precision", f"{counts.precision:.3f}", str(counts.found))
        table.add_row(f"new faces, {script}: recall", f"{counts.recall:.3f}", str(counts.wanted))
    table.add_row("new faces: same id in Latin and Cyrillic", *_share(quality.unknown_same_id))
    table.add_row("roles", *_share(quality.roles))
    table.add_row("quotations with their speaker", *_share(quality.quotes))
    table.add_row("topic among the first two", *_share(score_stories(corpus)))
    return table


def _reliability(half: str, quality: ActorQuality) -> Table:
    title = f"What a confidence is worth, {half}"
    table = Table("confidence", "said", "right", "mentions", title=title, title_justify="left")
    for tenth, (right, all_, promised) in sorted(quality.reliability.items()):
        table.add_row(
            f"{tenth:.1f} to {tenth + 0.1:.1f}", f"{promised / all_:.3f}", f"{right / all_:.3f}", f"{all_:.0f}"
        )
    return table


def _sentences(folder: Path) -> Table:
    found = score_sentences(folder)
    table = Table(
        "language", "macro-F1", "of the five classes only", "sentences", title=f"Topics, {folder}", title_justify="left"
    )
    for each in found:
        table.add_row(each.language, f"{each.macro_f1:.3f}", f"{each.five_only:.3f}", str(each.sentences))
    together = sum(each.macro_f1 for each in found) / len(found), sum(each.five_only for each in found) / len(found)
    table.add_row("all", *(f"{each:.3f}" for each in together), str(sum(each.sentences for each in found)))
    return table


def _share(counted: tuple[int, int]) -> tuple[str, str]:
    right, judged = counted
    return (f"{right / judged:.3f}" if judged else "-"), str(judged)
