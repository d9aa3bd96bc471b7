"""What the pipeline needs from outside, as protocols. Adapters implement them; one contract suite tests every adapter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.contracts import Actor, Alert, ArticleDocument


class Clock(Protocol):
    """Where the time comes from: the system's in service, a simulated one in replays, the demo and tests."""

    def now(self) -> datetime:
        """Aware, UTC. May be set back: to measure how long something takes or waits is for `monotonic`."""
        ...

    def monotonic(self) -> float:
        """Seconds since any one moment; never goes back."""
        ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Query:
    """What `newsloom articles` asks for. `words` are found without their diacritics, in any script; all must occur."""

    words: str | None = None
    actor: str | None = None
    language: str | None = None
    since: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """A document with what is computed when read."""

    document: ArticleDocument
    copies: int
    first_publisher: str
    story_size: int
    event_size: int


@dataclass(frozen=True, slots=True)
class PairCount:
    """How often two actors appeared together, in independent stories."""

    actors: tuple[str, str]
    names: tuple[str, str]
    stories: int
    same_sentence: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class ActorCount:
    """An actor and its independent stories."""

    actor: Actor
    stories: int
    articles: int
    languages: tuple[str, ...]


class ArticleIndex(Protocol):
    """Documents to search. An older revision never replaces a newer one; writing the same document twice changes nothing."""

    def put(self, documents: Sequence[ArticleDocument | Alert]) -> None: ...

    def get(self, id_: str) -> ArticleDocument | None: ...

    def find(self, url_or_id: str) -> ArticleDocument | None:
        """By article id, entry id, URL as given or canonical URL."""
        ...

    def search(self, query: Query) -> Iterator[ReadArticle]:
        """Newest first."""
        ...

    def pairs(self) -> Iterator[PairCount]:
        """Most stories first."""
        ...

    def actors(self) -> Iterator[ActorCount]:
        """Most stories first."""
        ...

    def alerts(self) -> Iterator[Alert]:
        """Newest window first."""
        ...

    def ids(self) -> Iterator[str]:
        """Of all articles."""
        ...
