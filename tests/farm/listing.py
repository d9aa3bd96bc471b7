"""farm.opml, manifest.json, and the table of kinds."""

from __future__ import annotations

from html import escape
from typing import Any

from farm.feed import Feed
from farm.model import Kind

FOLDERS = ("World", "Towns", "Rivers", "Trade", "Weather", "Culture", "Sport", "Science")


def opml(feeds: list[Feed]) -> str:
    """An OPML 2.0 document: 8 folders, each with a nested folder, and some feeds in no folder."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for feed in feeds:
        title = escape(feed.title)
        line = (
            f'<outline type="rss" text="{title}" title="{title}" xmlUrl="{escape(feed.url)}" '
            f'htmlUrl="{escape(feed.base)}/"/>'
        )
        slot = feed.index % 17
        place = () if slot == 16 else (FOLDERS[slot % 8],) if slot < 8 else (FOLDERS[slot % 8], "Local")
        groups.setdefault(place, []).append(line)
    out = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0"><head><title>Farm</title></head><body>']
    out += groups.get((), [])
    for name in FOLDERS:
        direct, nested = groups.get((name,), []), groups.get((name, "Local"), [])
        if direct or nested:
            out.append(f'<outline text="{name}" title="{name}">')
            out += direct
            if nested:
                out += ['<outline text="Local" title="Local">', *nested, "</outline>"]
            out.append("</outline>")
    out.append("</body></opml>")
    return "\n".join(out) + "\n"


def manifest(feeds: list[Feed]) -> list[dict[str, Any]]:
    """One object per feed. report: classes of outcome any of which is right; expect: the same as a sentence."""
    return [
        {
            "feed": f.url,
            "id": f.id,
            "host": f.host,
            "companion": f.companion,
            "title": f.title,
            "kind": f.kind.name,
            "theme": f.kind.theme,
            "healthy": f.kind.healthy,
            "summary": f.kind.summary,
            "report": list(f.kind.report),
            "expect": f.kind.expect,
        }
        for f in feeds
    ]


def kinds_table(kinds: list[Kind]) -> str:
    """A text table: theme, kind, one sentence, what is expected."""
    out = []
    for theme in dict.fromkeys(k.theme for k in kinds):
        members = [k for k in kinds if k.theme == theme]
        out.append(f"\n{theme} ({len(members)})")
        out += [f"  {k.name:<26} {k.summary}\n  {'':<26}   -> {'|'.join(k.report)}: {k.expect}" for k in members]
    return "\n".join(out).lstrip("\n") + f"\n\n{len(kinds)} kinds\n"
