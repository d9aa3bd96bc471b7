"""The golden corpus: made-up news in ten languages in which every actor is marked, with the traps that names set.

`golden/dev.jsonl` is what rules may be made with; `golden/frozen.jsonl` is scored, and not looked at. Both were written by people who
had seen neither the code nor the gazetteer. A mention is marked `{{Label|surface}}`: the label is the actor's usual English name, the
same in all languages; `Label!` has the role of a source; `?` is a name that could be several persons', to be left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shared.errors import Misuse

FOLDER = Path(__file__).with_name("golden")
HALVES = ("dev", "frozen")
_MARKED = re.compile(r"\{\{([^{}|]+)\|([^{}|]+)\}\}")

Kind = Literal["person", "organisation", "place"]


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast: `known` to the world, or made up (a new face)."""

    label: str
    kind: Kind
    known: bool
    wikidata: str | None


@dataclass(frozen=True, slots=True)
class MarkedMention:
    """`start`/`end` count characters of the body; `label` is None where nobody can say who is meant."""

    label: str | None
    source: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MarkedQuote:
    """How a quotation begins, and the label of who said it."""

    begins: str
    speaker: str | None


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """One story in one language."""

    id: str
    story: str
    language: str
    topic: str
    title: str
    text: str
    mentions: tuple[MarkedMention, ...]
    quotes: tuple[MarkedQuote, ...]

    @property
    def body(self) -> str:
        return f"{self.title}\n{self.text}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """`cast` by label."""

    articles: tuple[MarkedArticle, ...]
    cast: Mapping[str, Member]


def read_corpus(stories: Path, cast: Path) -> Corpus:
    """From a file of articles and one of its cast, JSON lines both. Raises `Misuse` with the line."""
    members = {member.label: member for member in map(_member, *_rows(cast))}
    articles = tuple(map(_article, *_rows(stories)))
    for article in articles:
        for mention in article.mentions:
            if mention.label is not None and mention.label not in members:
                raise Misuse(f"{stories}: {article.id}: `{mention.label}` is not in {cast.name}")
    return Corpus(articles, members)


def shipped(half: str) -> Corpus:
    return read_corpus(FOLDER / f"{half}.jsonl", FOLDER / f"{half}.cast.jsonl")


def unmarked(marked: str) -> tuple[str, list[MarkedMention]]:
    """The text without its marks, and the mentions in it."""
    pieces: list[str] = []
    mentions: list[MarkedMention] = []
    size = at = 0
    for found in _MARKED.finditer(marked):
        before = marked[at : found.start()]
        size += len(before)
        label, surface = found[1].strip(), found[2]
        source = label.endswith("!")
        label = label.rstrip("!")
        mentions.append(MarkedMention(None if label == "?" else label, source, size, size + len(surface)))
        size += len(surface)
        pieces += [before, surface]
        at = found.end()
    pieces.append(marked[at:])
    return "".join(pieces), mentions


def _rows(path: Path) -> tuple[list[dict[str, Any]], list[str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: not readable: {error}") from None
    rows, places = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise Misuse(f"{path}: line {number} is no JSON: {error}") from None
            places.append(f"{path}: line {number}")
    return rows, places


def _member(row: dict[str, Any], place: str) -> Member:
    try:
        return Member(row["label"], row["type"], bool(row["known"]), row.get("wikidata") or None)
    except (KeyError, TypeError) as error:
        raise Misuse(f"{place}: label, type and known are wanted ({error!r})") from None


def _article(row: dict[str, Any], place: str) -> MarkedArticle:
    try:
        title, in_title = unmarked(row["title"])
        text, in_text = unmarked(row["text"])
        if "{{" in title + text or "}}" in title + text:
            raise Misuse(f"{place}: a mark is not closed")
        shift = len(title) + 1
        moved = [MarkedMention(each.label, each.source, each.start + shift, each.end + shift) for each in in_text]
        return MarkedArticle(
            id=row["id"],
            story=row["story"],
            language=row["language"],
            topic=row["topic"].replace(" ", "_"),
            title=title,
            text=text,
            mentions=(*in_title, *moved),
            quotes=tuple(MarkedQuote(each["begins"], each.get("speaker")) for each in row.get("quotes", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Misuse(f"{place}: id, story, language, topic, title and text are wanted ({error!r})") from None
