"""What the pipeline needs from outside, as protocols. Adapters implement them; one contract suite tests every adapter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from shared.contracts import Actor, Alert, ArticleDocument, DeadLetter
from shared.stage import Rec, StateLog, Unavailable

if TYPE_CHECKING:
    from services.fetch.feed_list import FeedSource
    from services.fetch.feed_state import FeedState
    from shared.policy import Delivery


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
class Refused:
    """A document that the index will never take, and why: for the dead letters."""

    document: ArticleDocument | Alert
    reason: str


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

    def documents(self) -> Iterator[ArticleDocument]:
        """All articles, page by page: others may write meanwhile."""
        ...

    def delete(self, article_id: str) -> bool:
        """Whether it was there."""
        ...

    def refresh(self) -> None:
        """From now on everything that was written can be read."""
        ...

    def actor_id(self, name: str) -> str | None:
        """The actor that articles name so, the most frequent where several have the name."""
        ...


class Registered(NamedTuple):
    """How many feeds of a list are new, and how many are known with other options, another title or other tags."""

    new: int
    changed: int


class FeedRegistry(Protocol):
    """The feeds that are polled."""

    polled_by: str
    """Who polls them, for people."""

    def listed(self) -> list[FeedSource]: ...

    def add(self, sources: Sequence[FeedSource]) -> Registered:
        """What is given of a feed that is known replaces what is known of it. Raises `Misuse` where the options do not go together."""
        ...

    def remove(self, urls: Sequence[str]) -> None: ...


class LedgerBook(Protocol):
    """Every entry ever read, and how it ended."""

    def rows(self) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        """(entry id, ending, stage, code, article id) of every entry."""
        ...

    def ended(self, ids: Sequence[str]) -> set[str]:
        """Those of the entries that have ended."""
        ...

    def not_articles(self, ids: Sequence[str]) -> set[str]:
        """Those of the entries that are under way, dead letters or forgotten."""
        ...

    def find(self, url_or_id: str) -> list[dict[str, str | None]]:
        """Entries by their id, their article's id or their URL as read, oldest first."""
        ...


class LetterBox(Protocol):
    """Dead letters, whole."""

    def waiting(self, stage: str | None = None) -> Iterator[DeadLetter]:
        """Those that were not replayed, oldest first."""
        ...

    def get(self, id_: str) -> DeadLetter | None: ...

    def kept(self) -> Iterator[DeadLetter]:
        """All of them, replayed or not."""
        ...

    def contents(self) -> tuple[set[str], set[str]]:
        """The entry ids and the message keys that dead letters, replayed or not, are kept of."""
        ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the law of conservation is proved from.

    Where the runtime has one moment for all of it, the two sets of articles are one, and `judged` is None. On a cluster that works on
    meanwhile they are read one after the other: `judged` are the entries that were under way before anything else was read,
    `articles_before` the articles before the waiting messages, `articles_after` those after the ledger.
    """

    rows: Sequence[tuple[str, str, str, str | None, str | None]]
    articles_before: frozenset[str]
    articles_after: frozenset[str]
    waiting: Mapping[str, str]
    """Entry id → the stage that it waits for."""
    waiting_keys: frozenset[str]
    """Article ids of messages that wait."""
    letter_entries: frozenset[str]
    letter_keys: frozenset[str]
    judged: frozenset[str] | None = None


class Reading(Protocol):
    """Everything that commands read, of either runtime."""

    @property
    def index(self) -> ArticleIndex: ...

    @property
    def ledger(self) -> LedgerBook: ...

    @property
    def letters(self) -> LetterBox: ...

    def feeds(self) -> list[FeedState]:
        """Every feed that was ever polled, by URL."""
        ...

    def verdicts(self, stage: str, record_type: type[Rec]) -> StateLog[Rec]:
        """What a stage recorded; to be read only."""
        ...

    def snapshot(self) -> Snapshot: ...

    def retained(self, topic: str) -> Iterator[Delivery]:
        """The messages that a topic still has, up to those that it has now."""
        ...

    def close(self) -> None: ...


class NotNow(Unavailable):
    """The receiver of a channel cannot be told now: it is down, busy or out of reach. `retry_after` in seconds, where it says so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Declined(Exception):
    """The receiver answers, and does not take it. `by_message`: it has something against this message, so that another might be taken;
    else against whoever asks, or how: a wrong address, a secret that it does not know."""

    def __init__(self, message: str, *, by_message: bool) -> None:
        super().__init__(message)
        self.by_message = by_message


class Notifier(Protocol):
    """A channel that is told every change once, in their order, and again only where nobody knows whether it has heard."""

    async def tell(self, alert: Alert) -> None:
        """Raises `NotNow` and `Declined`."""
        ...

    async def close(self) -> None: ...


class Display(Protocol):
    """A channel that shows how alerts stand: told all of it again and again, it cannot miss anything for long."""

    renew_every_s: float | None
    """It forgets what it is not told for some time; None: it forgets nothing."""

    async def show(self, alerts: Sequence[Alert], now: datetime) -> None:
        """`alerts`: all that the channel is for, the newest version of each; `now` by the clock that mutes are by. Raises `NotNow` and
        `Declined`."""
        ...

    async def close(self) -> None: ...
