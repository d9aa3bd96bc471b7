"""Which feed is of which kind and lives at which address: a pure function of the settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from farm.feed import Feed
from farm.model import Kind
from farm.registry import load, resolve

HEALTHY_NET, FAULTY_NET, COMPANION_NET = 10, 60, 90  # second byte of 127.x.y.z


@dataclass(slots=True)
class Settings:
    """What the farm is to be. items: per feed in round 1. rounds: see Farm; 0 = only advance() moves the feeds."""

    feeds: int = 100
    faulty: float = 0.05  # share of feeds
    seed: int = 1
    items: int = 5
    hosts: int = 1000  # addresses of the healthy feeds
    port: int = 0
    kinds: tuple[str, ...] = ()  # names or themes; then `faulty` is ignored
    per_kind: int = 1
    rounds: int = 0
    # the one look at the clock: everything dated is relative to it
    epoch: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))


def address(net: int, number: int) -> str:
    """The number-th address of a net of 127/8: 250 x 250 of them per second byte."""
    return f"127.{net + number // 62_500}.{number // 250 % 250}.{number % 250 + 1}"


def choose(settings: Settings) -> list[Kind]:
    """The kind of each feed, in order. Every kind of fault appears before any appears twice."""
    table = load()
    healthy = [k for k in table.values() if k.healthy]
    faults = [k for k in table.values() if not k.healthy]
    if settings.kinds:
        # "only these kinds of faults": the rest of --feeds stays healthy, so 0 feeds means nothing but the faults
        wanted = [k for k in resolve(settings.kinds) for _ in range(settings.per_kind)]
    else:
        number = round(settings.feeds * settings.faulty)
        light = [k for k in faults if not k.once]
        wanted = (faults + light * (number // max(1, len(light)) + 1))[:number]
    rest = max(0, settings.feeds - len(wanted))
    order = wanted + [healthy[i % len(healthy)] for i in range(rest)]
    Random(settings.seed).shuffle(order)
    return order


def plan(settings: Settings, port: int) -> list[Feed]:
    """All feeds. Every faulty one has an address of its own; healthy ones share `hosts` addresses evenly."""
    feeds: list[Feed] = []
    healthy = faulty = 0
    for index, kind in enumerate(choose(settings)):
        if kind.healthy:
            host = address(HEALTHY_NET, healthy % max(1, settings.hosts))
            healthy += 1
            companion = ""
        else:
            host = address(FAULTY_NET, faulty)
            companion = address(COMPANION_NET, faulty) if kind.companion else ""
            faulty += 1
        feeds.append(Feed(index, kind, host, port, settings.seed, settings.epoch, settings.items, companion))
    return feeds


def addresses(feeds: list[Feed]) -> Iterator[tuple[str, Feed | None]]:
    """(address to listen on, the one faulty feed that owns it or None), each address once."""
    seen: set[str] = set()
    for feed in feeds:
        if feed.kind.listener == "none" or feed.host in seen:
            continue
        seen.add(feed.host)
        yield feed.host, None if feed.kind.healthy else feed
        if feed.companion:
            yield feed.companion, feed
