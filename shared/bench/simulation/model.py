"""The things the simulation speaks about: actors, outlets, happenings and reports, and the rows that come of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypedDict

LANGUAGES = ("en", "fr", "de", "es", "ru", "ar", "zh", "it", "pt")
"""In the order of the columns of the data files."""
ROUNDUPS = ("roundup",)
"""Kinds of rows whose actors are together by layout only."""
INVENTED_DOMAIN = ".example"

Pair = tuple[str, str]
"""Two labels in alphabetical order."""
Record = dict[str, Any]
"""An entry of the truth, of JSON's types."""


class Row(TypedDict):
    """A line of the archive. What begins with an underscore is truth that a reader of news does not see.

    Labels are those of the truth's actors. `_seen` is when it appeared, `published` what it says, which may be wrong.
    """

    url: str
    title: str
    text: str
    published: str
    source: str
    language: str
    _story: str
    """Of all copies and translations of one report."""
    _event: str
    """Of all reports of one happening."""
    _kind: str
    """original, mention, roundup, flood, ring, denial, follow-up; of copies wire-copy, near-copy, group-copy, translation, revision."""
    _actors: list[str]
    _planted: str | None
    """Id of the planted pair that it is about."""
    _joint: list[list[str]]
    """Those who are named in one sentence, for each such sentence."""
    _owner: str
    _trap: str
    """The trap that it belongs to; planted for reports of planted pairs, empty for ordinary news."""
    _form: str
    """Of a roundup: digest, list or newsletter."""
    _seen: str
    _agency: str
    """The agency whose sign the text bears; empty for most."""


@dataclass(frozen=True)
class Actor:
    """Somebody the news is about. `sex` is m, f or o (an organisation); `beat` is what part of the news they are in."""

    label: str
    sex: str
    beat: str
    country: str
    role: str
    popularity: int
    communities: tuple[str, ...]
    names: dict[str, tuple[str, str]] = field(hash=False, compare=False)
    """(full, short) by language."""
    genders: dict[str, str] = field(hash=False, compare=False)
    """Grammatical: m, f or n, by language."""
    invented: bool = False
    namesake: str = ""
    """The famous actor whose name this one shares."""
    new: bool = False
    """Enters the archive late."""

    @property
    def local(self) -> bool:
        """Shares a name with somebody famous and has a small life of their own."""
        return "loc" in self.communities

    @property
    def bystander(self) -> bool:
        """Namesakes and new actors have their own traps and stay out of all other pairs."""
        return self.new or self.local


def pair(one: Actor | str, two: Actor | str) -> Pair:
    """The two labels in alphabetical order, so that a pair has one key."""
    labels = [actor if isinstance(actor, str) else actor.label for actor in (one, two)]
    return (min(labels), max(labels))


@dataclass(frozen=True)
class Outlet:
    """A paper or site; outlets of one owner are not independent of each other. `size` weighs how often it is drawn."""

    source: str
    domain: str
    language: str
    owner: str
    size: int

    @property
    def invented(self) -> bool:
        return self.domain.endswith(INVENTED_DOMAIN)


@dataclass(frozen=True)
class Line:
    """One sentence before it has a language: a pattern and what fills it."""

    group: str
    index: int
    facts: dict[str, int]
    """Of a slot: the row of its table (topic, place, quotation, weekday), or the number itself."""
    named: dict[str, Actor] = field(default_factory=dict)
    """Of the slots A and B."""
    listed: tuple[Actor, ...] = ()

    def actors(self) -> list[Actor]:
        """Everybody named by this sentence (if its pattern names them)."""
        return [*self.named.values(), *self.listed]


@dataclass
class Happening:
    """What reports are about: who, what, where. Independent reports share these facts and nothing else."""

    id: str
    actors: tuple[Actor, ...]
    time: datetime
    topic: int
    place: int
    number: int
    planted: str | None = None
    worded: set[tuple[str, int]] = field(default_factory=set)
    """Wordings some report has used already."""


ReportKind = Literal["original", "mention", "roundup", "flood", "ring", "denial", "follow-up"]


@dataclass
class Report:
    """One independent report: its sentences, its first outlet, and how far it travels."""

    story: str
    happening: Happening
    time: datetime
    outlet: Outlet
    kind: ReportKind
    title: Line
    lines: list[Line]
    wire_copies: int = 0
    """Copies through an agency, whose sign they and the report bear."""
    group_copies: int = 0
    """Copies inside the owner's group."""
    translations: int = 0
    revised: bool = False
    clock_error: timedelta = timedelta(0)
    """By how much the printed date is wrong."""
    trap: str = ""
    form: str = ""
