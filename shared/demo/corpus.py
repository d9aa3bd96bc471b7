"""The demo's articles and outlets. All of it is made up, but for the sample article; nobody said or did any of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson

FOLDER = Path(__file__).with_name("corpus")

FeedFormat = Literal["rss091", "rss092", "rss2", "rss2-content", "rdf", "atom", "jsonfeed"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """`charset` is what its feed is encoded in; Python's name of it is the same."""

    key: str
    name: str
    domain: str
    language: str
    format: FeedFormat
    charset: str


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article as its outlet published it; `kind` and `of` say what it was written to be, and the pipeline never sees them."""

    id: str
    url: str
    title: str
    text: str
    source: str
    outlet: str
    language: str
    published: datetime
    author: str | None
    kind: str
    of: str | None
    row: bytes
    """The line of the file, as `newsloom ingest` reads it."""


def outlets() -> list[Outlet]:
    fields = ("key", "name", "domain", "language", "format", "charset")
    return [
        Outlet(**{field: row[field] for field in fields})
        for row in orjson.loads((FOLDER / "outlets.json").read_bytes())
    ]


def articles() -> list[DemoArticle]:
    """All of them, in the order of publication."""
    return sorted(_read(), key=lambda article: (article.published, article.id))


def _read() -> Iterator[DemoArticle]:
    for path in sorted(FOLDER.glob("articles-*.jsonl")):
        for line in path.read_bytes().splitlines():
            row = orjson.loads(line)
            yield DemoArticle(
                id=row["_id"],
                url=row["url"],
                title=row["title"],
                text=row["text"],
                source=row["source"],
                outlet=row["_outlet"],
                language=row["_language"],
                published=datetime.fromisoformat(row["published"]),
                author=row.get("author"),
                kind=row["_kind"],
                of=row["_of"],
                row=line,
            )
