"""What must hold in every archive: the rows against the truth.

Rows and truth are those of `simulate` and of `truth().as_json()`, or the same read back from files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from shared.bench.simulation.model import Record, Row

Truths = Mapping[str, Any]
"""`Truth.as_json()`"""

SEEN_BEFORE = 4
"""Stories, at least, that an actor of a planted pair was in before."""
MOST_IN_COMMON = 0.4
"""Of the shorter one's shingles, for two independent reports of one happening: far below what near-copies share."""
_NOT_INDEPENDENT = ("flood", "ring", "denial")
_ARTICLE = re.compile(r"^(der|die|das|el|la|le|the|il|o|a|l') ?")
_DEBRIS = re.compile(r"[{}<>]")


def violations(rows: Sequence[Row], truth: Truths) -> list[str]:
    """Each broken invariant in a line; nothing of an archive that is as it should be."""
    checks: tuple[Callable[[Sequence[Row], Truths], Iterator[str]], ...] = (
        _disorder,
        _planted_too_early,
        _planted_unsound,
        _planted_not_independent,
        _signs,
        _unnamed,
        _alike,
    )
    return [found for check in checks for found in check(rows, truth)]


def _disorder(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """Rows come in the order of their times; an address is one story's, which it may revise."""
    times = [row["_seen"] for row in rows]
    if times != sorted(times):
        yield "rows are not in the order of their times"
    story_at: dict[str, str] = {}
    for row in rows:
        if story_at.setdefault(row["url"], row["_story"]) != row["_story"]:
            yield f"{row['url']}: of two stories"


def _planted_too_early(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """A planted pair is never together before its event, except in a labelled roundup."""
    of_actor = defaultdict(list)
    for row in rows:
        for label in row["_actors"]:
            of_actor[label].append(row)
    for plan in truth["planted"]:
        one, two = plan["actors"]
        begin = plan["reports"][0]["time"]
        before = [
            row
            for row in of_actor[one]
            if two in row["_actors"] and row["_planted"] != plan["id"] and row["_seen"] < begin
        ]
        listed = "listed-before" in plan["tags"]
        if listed and not before:
            yield f"{plan['id']}: said to be listed before, and is not"
        for row in before:
            if not listed or row["_trap"] != "listed-before":
                yield f"{plan['id']}: together before in {row['url']}"


def _planted_unsound(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """A pair is planted once, is neither habitual nor noise, and both of it are known before."""
    pairs = [tuple(plan["actors"]) for plan in truth["planted"]]
    if len(set(pairs)) < len(pairs):
        yield "a pair is planted twice"
    for kind in ("habitual", "noise"):
        for both in sorted(set(pairs) & {tuple(entry["actors"]) for entry in truth[kind]}):
            yield f"{both}: planted, and {kind}"
    for plan in truth["planted"]:
        for label, stories in plan["seen_before"].items():
            if stories < SEEN_BEFORE:
                yield f"{plan['id']}: {label} was in {stories} stories before"


def _planted_not_independent(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """Two reports of a planted pair, at least, are of different owners and bear no sign of one agency."""
    agency_of = _agencies(rows)
    for plan in truth["planted"]:
        if not any(_independent(one, two, agency_of) for one, two in combinations(plan["reports"], 2)):
            yield f"{plan['id']}: no two reports are independent"


def _independent(one: Record, two: Record, agency_of: Mapping[str, set[str]]) -> bool:
    return one["owner"] != two["owner"] and not agency_of[one["story"]] & agency_of[two["story"]]


def _agencies(rows: Iterable[Row]) -> defaultdict[str, set[str]]:
    """By story, the agencies whose sign some row of it bears."""
    agency_of: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["_agency"]:
            agency_of[row["_story"]].add(row["_agency"])
    return agency_of


def _signs(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """A story has one agency at most, and no other story of its event has the same."""
    agency_of = _agencies(rows)
    stories = defaultdict(set)
    for row in rows:
        stories[row["_event"]].add(row["_story"])
    for story, agencies in agency_of.items():
        if len(agencies) > 1:
            yield f"{story}: signed by {sorted(agencies)}"
    for event, reports in stories.items():
        for one, two in combinations(sorted(reports), 2):
            for agency in agency_of.get(one, set()) & agency_of.get(two, set()):
                yield f"{event}: {one} and {two} are signed by {agency}"


def _unnamed(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """Whoever is said to be in a row is written in it, and no slot of a pattern is left open."""
    forms: dict[tuple[str, str], list[str]] = {}
    for actor in truth["actors"]:
        for language, names in actor["names"].items():
            declined = [form for case in actor["declined_ru"].values() for form in case] if language == "ru" else []
            written = [_ARTICLE.sub("", form.lower()) for form in (*names, *declined)]
            forms[actor["label"], language] = written
    for row in rows:
        text = f"{row['title']}\n{row['text']}".lower()
        if _DEBRIS.search(text):
            yield f"{row['url']}: a slot was left open"
        for label in row["_actors"]:
            if not any(form in text for form in forms[label, row["language"]]):
                yield f"{row['url']}: {label} is not in the text"


def _alike(rows: Sequence[Row], truth: Truths) -> Iterator[str]:
    """Independent reports of one happening have no more in common than its facts."""
    for group in independent_reports(rows):
        texts = [(row["_story"], shingles(row)) for row in group]
        for (one, mine), (two, others) in combinations(texts, 2):
            if (shared := in_common(mine, others)) > MOST_IN_COMMON:
                yield f"{one} and {two} have {shared:.0%} in common"


def originals(rows: Iterable[Row]) -> list[Row]:
    """The first row of each story, roundups left out."""
    first: dict[str, Row] = {}
    for row in rows:
        if row["_form"] == "":
            first.setdefault(row["_story"], row)
    return list(first.values())


def independent_reports(rows: Iterable[Row]) -> list[list[Row]]:
    """Originals about one happening in one language, two or more to a group; what floods, rings and denials print is left out."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in originals(rows):
        if row["_kind"] not in _NOT_INDEPENDENT:
            groups.setdefault((row["_event"], row["language"]), []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def shingles(row: Row, size: int = 3) -> set[tuple[str, ...]]:
    """Of words; of signs in Chinese, twice as many to a shingle."""
    if row["language"] == "zh":
        parts, size = re.findall(r"\w", row["text"]), 2 * size
    else:
        parts = re.findall(r"\w+", row["text"].lower())
    return {tuple(parts[place : place + size]) for place in range(len(parts) - size + 1)}


def in_common(one: set[tuple[str, ...]], two: set[tuple[str, ...]]) -> float:
    """The share of the shorter text that is in the other."""
    return len(one & two) / max(1, min(len(one), len(two)))
