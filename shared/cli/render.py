"""What commands print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.cli.counted import counted
from shared.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from shared.contracts import Alert, ArticleDocument


def headline(document: ArticleDocument) -> str:
    """The title, or how the text begins where there is none."""
    return document.title or f"({document.text[:70]}…)"


def _retraction(alert: Alert) -> str:
    if alert.judgement == "wrong-entity":
        return "retracted: somebody else was meant"
    return "retracted: what it was told by was corrected or deleted; below is what is left"


def alert_panel(alert: Alert) -> RenderableType:
    """What a person needs to check an alert in ten seconds: who, what is new, how sure, the sentences, the sources."""
    from rich import box
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    news = {
        "NEVER": f"never together in the {alert.horizon_days} days of history",
        "RARE": f"together again, the last time on {alert.last_together:%Y-%m-%d}"
        if alert.last_together
        else "rarely together",
        "SURGE": "together far more often than usual",
    }[alert.alert_class]
    lines = [
        Text(
            f"{news}; {counted(alert.stories, 'independent story', 'independent stories')} by "
            f"{counted(len(alert.owners), 'owner')} in {counted(len(alert.languages), 'language')}; "
            f"score {alert.score:g} at {counted(alert.observed, 'story', 'stories')} seen, {alert.expected:.2f} expected"
        )
    ]
    said = [
        *([_retraction(alert)] if alert.retracted else []),
        *(["somebody denies it"] if alert.denied else []),
        *(
            [
                printable(
                    f"a person found it {alert.judgement.replace('-', ' ')}{': ' if alert.note else ''}{alert.note}"
                )
            ]
            if alert.judgement
            else []
        ),
        *([f"muted until {alert.muted_until:%Y-%m-%d %H:%M} UTC"] if alert.muted_until else []),
        *([f"about the same happening: {', '.join(alert.related)}"] if alert.related else []),
    ]
    lines += [Text(each, style="italic") for each in said]
    for evidence in alert.evidence:
        when = f"{evidence.published:%Y-%m-%d %H:%M}" if evidence.published else "undated"
        where = printable(f"{evidence.source} ({evidence.language}), {when}{', denies it' if evidence.denies else ''}")
        snippet, url = printable(evidence.snippet), printable(evidence.url)
        lines.append(Text.assemble(("▸ ", "cyan"), (where, "bold"), f"\n  {snippet}\n  ", (url, "dim")))
    colour = "red" if alert.tier == "CONFIRMED" else "yellow"
    title = printable(f"{alert.actors[0].name} + {alert.actors[1].name}")
    return Panel(
        Group(*lines),
        title=Text(f" {alert.alert_class}  {title} ", style=f"bold {colour}"),
        subtitle=Text(f" {alert.tier.lower()}, {alert.status}, {alert.id} ", style="dim"),
        box=box.ROUNDED,
        border_style=colour,
        title_align="left",
        subtitle_align="right",
    )
