"""One feed: its items as a function of (seed, index, round), its counters, and helpers that the kinds share."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from dataclasses import replace as _replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from farm import formats
from farm.formats import Channel
from farm.model import Entry, Kind, Reply, View
from farm.prose import compose_cached, key64

WINDOW = 20  # items in a document, newest first
_SPACE = 36**8
_TOKEN = re.compile(r"\bk[a-z0-9]{8}\b")
_STRIDE = 1_000_003_000_073  # prime to 36 (odd, no multiple of 3), so number -> token is one to one
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
RSS_TYPE = "application/rss+xml; charset=utf-8"


def make_token(seed: int, index: int, number: int) -> str:
    """The token of item `number` of feed `index`, e.g. "k7f3a9q2x"; unique for index < 2**20 and number < 2**20."""
    value = ((index << 20 | number) * _STRIDE + key64("token", seed)) % _SPACE
    out = []
    for _ in range(8):
        value, digit = divmod(value, 36)
        out.append(_DIGITS[digit])
    return "k" + "".join(out)


def tokens_in(text: str) -> set[str]:
    """All that look like tokens."""
    return set(_TOKEN.findall(text))


def read_token(seed: int, token: str) -> tuple[int, int] | None:
    """(feed index, item number) of a token, None if no item can have it."""
    if len(token) != 9 or token[0] != "k" or not token.isalnum() or not token.isascii():
        return None
    value = int(token[:0:-1], 36)
    value = (value - key64("token", seed)) * pow(_STRIDE, -1, _SPACE) % _SPACE
    return (value >> 20, value & 0xFFFFF) if value < 1 << 40 else None


@dataclass(slots=True)
class Log:
    """What happened to a feed; times are monotonic seconds. deliveries: document key -> [count, round, entries]."""

    times: list[float] = field(default_factory=list)
    full_times: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    pages: int = 0
    robots: int = 0
    other: int = 0
    deliveries: dict[object, list[Any]] = field(default_factory=dict)


@dataclass(eq=False)
class Feed:
    """A feed of one kind at one address."""

    index: int
    kind: Kind
    host: str
    port: int
    seed: int
    epoch: datetime  # aware, UTC: no date in a healthy feed is later
    first: int  # items in round 1
    companion: str = ""  # second address, if the kind asked for one
    round: int = 1
    log: Log = field(default_factory=Log)
    state: dict[str, Any] = field(default_factory=dict)  # the kind's own memory
    cache: Reply | None = None
    fragments: dict[int, tuple[bytes, Entry]] = field(default_factory=dict)  # rendered items of healthy kinds

    @cached_property
    def id(self) -> str:
        """First path segment of all the feed's URLs."""
        return f"f{self.index:05d}"

    @cached_property
    def base(self) -> str:
        """http://127.a.b.c:PORT/f00012, without a slash at the end."""
        return f"http://{self.host}:{self.port}/{self.id}"

    @cached_property
    def companion_base(self) -> str:
        """Like base, at the second address."""
        return f"http://{self.companion}:{self.port}/{self.id}"

    @cached_property
    def url(self) -> str:
        """What the OPML says."""
        return f"{self.kind.scheme}{self.base[4:]}/feed"

    @cached_property
    def title(self) -> str:
        """The feed's title: a town, the id, "News"."""
        text = compose_cached(key64(self.seed, "channel", self.index))
        return f"{text.headline.split(' in ')[1].split()[0]} {self.id} News"

    @property
    def modified(self) -> datetime:
        """When the present round's document was made: half a day before the epoch, a second later per round."""
        return self.epoch - timedelta(hours=12) + timedelta(seconds=self.round)

    @property
    def channel(self) -> Channel:
        """The feed's own data in its document."""
        return Channel(self.title, f"{self.base}/", f"{self.base}/feed", formats.iso(self.modified))

    @property
    def polls(self) -> int:
        """Requests for the feed document so far, the present one included."""
        return len(self.log.times)

    def nonce(self, *parts: object) -> str:
        """16 hex digits that depend on the seed, the feed and the parts."""
        return f"{key64(self.seed, 'nonce', self.index, *parts):016x}"

    def count(self, round_: int) -> int:
        """How many items the feed has had up to and including this round: `first`, then 1-2 more per round."""
        return self.first + sum(1 + key64(self.seed, self.index, "more", r) % 2 for r in range(2, round_ + 1))

    def date(self, number: int) -> datetime:
        """Strictly rising with the number and never after the epoch, however many rounds a test runs."""
        later = number - self.first + 1  # 0 = the newest of round 1, a day old
        age = 86_400 + (-later) * 25_213 if later <= 0 else int(86_400 / (1 + later / 4))
        return self.epoch - timedelta(seconds=age)

    def link(self, token: str) -> str:
        """The standard link of an item."""
        return f"{self.base}/{token}"

    def view(self, number: int, version: int = 0) -> View:
        """The item as a good feed would show it. A version > 0 keeps title, link, guid and date, and has other text."""
        token = make_token(self.seed, self.index, number)
        text = compose_cached(key64(self.seed, self.index, number), self.kind.flavour)
        paragraphs = text.paragraphs
        if version:
            newer = compose_cached(key64(self.seed, self.index, number, "v", version), self.kind.flavour)
            paragraphs = paragraphs[:1] + newer.paragraphs[1:]
        html = "".join(f"<p>{p}</p>" for p in paragraphs)
        return View(
            number,
            token,
            version,
            f"{text.headline} ({token})",
            self.link(token),
            f"tag:{self.id}:{token}",
            self.date(number),
            html,
            text.lead,
            text.author,
            paragraphs[-1][:64].rsplit(" ", 1)[0],
        )

    def numbers(self) -> range:
        """Numbers of the items in the present document, newest first."""
        top = self.count(self.round)
        return range(top - 1, max(0, top - WINDOW) - 1, -1)

    def views(self, version: int = 0, **changes: Any) -> list[View]:
        """The present items, newest first, with the same changes to each."""
        views = [self.view(n, version) for n in self.numbers()]
        return [_replace(v, **changes) for v in views] if changes else views

    def entry(self, v: View, must: bool = True, probe: str | None = None) -> Entry:
        """The ledger's side of a view; a view without title is known by its token in the text, see the kind."""
        link = None if v.link == self.link(v.token) else v.link or ""
        return Entry(v.number, v.token, v.version, v.title or "", link, must, v.probe if probe is None else probe)

    def entries(self, views: list[View], must: bool = True, probe: str | None = None) -> list[Entry]:
        """entry() of each."""
        return [self.entry(v, must, probe) for v in views]

    def rss(self, views: list[View], **options: Any) -> str:
        """A plain RSS 2.0 document of the views; options of formats.rss."""
        return formats.rss(self.channel, [formats.rss_item(v) for v in views], **options)

    def reply(
        self,
        body: str | bytes,
        views: list[View],
        *,
        must: bool = True,
        content_type: str = RSS_TYPE,
        headers: list[tuple[str, str]] | None = None,
        key: object = None,
        probe: str | None = None,
        **options: Any,
    ) -> Reply:
        """A 200 with a feed document; body str is encoded as UTF-8.

        must False = every item is only a "may". probe "" = the kind spoils the text, so no words of it are sure.
        """
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        fields = [("Content-Type", content_type)] if content_type else []
        return Reply(
            200,
            fields + (headers or []),
            data,
            self.entries(views, must, probe),
            full=True,
            key=key or ("round", self.round, must),
            round=self.round,
            **options,
        )

    def good(self, **options: Any) -> Reply:
        """The plain healthy answer of this round."""
        views = self.views()
        return self.reply(self.rss(views), views, **options)

    def note_request(self) -> None:
        """Count a request for the feed document."""
        self.log.times.append(time.monotonic())

    def delivered(self, reply: Reply) -> None:
        """The reply has left in full."""
        if reply.full:
            self.log.full_times.append(time.monotonic())
        if reply.entries:
            found = self.log.deliveries.setdefault(reply.key, [0, reply.round or self.round, reply.entries])
            found[0] += 1

    def undelivered(self, reply: Reply) -> None:
        """Take delivered() back: the client reset the connection with bytes of the reply unread."""
        if reply.full and self.log.full_times:
            self.log.full_times.pop()
        if reply.entries and reply.key in self.log.deliveries:
            self.log.deliveries[reply.key][0] -= 1
