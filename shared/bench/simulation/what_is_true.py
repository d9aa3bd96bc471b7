"""What is true in an archive: from the plans where they say so, from the finished rows where chance had a hand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from shared.bench.simulation.background import Background
from shared.bench.simulation.desk import Desk
from shared.bench.simulation.model import ROUNDUPS, Actor, Pair, Record, Row, pair
from shared.bench.simulation.planted import Planted, Planting
from shared.bench.simulation.printing import stamp
from shared.bench.simulation.tables import declined
from shared.bench.simulation.traps import Traps
from shared.bench.simulation.world import World

ACCIDENT_DAYS = 3
"""Two owners who report a pair within so many days look independent."""


@dataclass(frozen=True)
class Truth:
    """What an alert about pairs of actors is measured against. Pairs are two labels in alphabetical order."""

    arguments: Record
    """Of `simulate`, as they were given."""
    alerts_from: str
    """The first day with planted pairs; before it, everything is history."""
    planted: list[Record]
    """What should be found: two established actors who meet for the first time, with the independent `reports` of it."""
    habitual: list[Record]
    """Pairs that are together all the time."""
    noise: list[Record]
    """Pairs that one report named in passing, by chance."""
    traps: list[Record]
    """What looks like news and is none, with `label` and `why`."""
    accidents: list[Record]
    """Other pairs that look new and independent, found in the finished rows."""
    actors: list[Record]
    owners: dict[str, str]
    """By the outlet's name."""

    def as_json(self) -> dict[str, Any]:
        """A copy as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Plans:
    """All that was planned before the first line was printed."""

    world: World
    desk: Desk
    planting: Planting
    traps: Traps
    background: Background


_Meetings = dict[Pair, list[Row]]


def find_truth(plans: Plans, rows: Sequence[Row], seed: int) -> Truth:
    """`rows` in the order of their times."""
    world, desk = plans.world, plans.desk
    meetings = _meetings(rows)
    begin = stamp(desk.start + timedelta(days=desk.alerts_from))
    by_time = sorted(plans.planting.plans, key=lambda plan: plan.happening.time)
    arguments = {"seed": seed, "days": desk.days, "stories_per_day": desk.per_day, "start": desk.start.isoformat()}
    return Truth(
        arguments=arguments,
        alerts_from=begin,
        planted=[_planted(plan, rows) for plan in by_time],
        habitual=[_habitual(key, meetings.get(key, []), plans) for key in sorted(world.habitual)],
        noise=[_noise(entry, meetings) for entry in plans.background.noise],
        traps=plans.traps.records,
        accidents=_accidents(meetings, plans, begin),
        actors=[_actor(actor) for actor in world.actors.values()],
        owners={outlet.source: outlet.owner for outlet in world.outlets},
    )


def _actor(actor: Actor) -> Record:
    return {
        "label": actor.label,
        "sex": actor.sex,
        "field": actor.beat,
        "country": actor.country,
        "popularity": actor.popularity,
        "communities": list(actor.communities),
        "invented": actor.invented,
        "namesake_of": actor.namesake or None,
        "new": actor.new,
        "names": {language: list(names) for language, names in actor.names.items()},
        "declined_ru": {case: list(forms) for case, forms in declined().get(actor.label, {}).items()},
    }


def _meetings(rows: Sequence[Row]) -> _Meetings:
    """All pairs with the rows they share, roundups left out."""
    meetings: _Meetings = {}
    for row in rows:
        if row["_form"] == "" and row["_kind"] not in ROUNDUPS:
            for one, two in combinations(row["_actors"], 2):
                meetings.setdefault(pair(one, two), []).append(row)
    return meetings


def _habitual(key: Pair, rows: Sequence[Row], plans: Plans) -> Record:
    stories = {row["_story"] for row in rows}
    return {
        "actors": list(key),
        "stories": len(stories),
        "per_day": round(len(stories) / plans.desk.days, 3),
        "feud": key in plans.world.feuds,
        "first_seen": rows[0]["_seen"] if rows else None,
    }


def _noise(entry: Record, meetings: Mapping[Pair, Sequence[Row]]) -> Record:
    """How far a chance pair travelled: copies and translations of one report are still one report."""
    rows = meetings.get(pair(*entry["actors"]), [])
    return entry | {
        "rows": len(rows),
        "owners": sorted({row["_owner"] for row in rows}),
        "languages": sorted({row["language"] for row in rows}),
    }


def _planted(plan: Planted, rows: Sequence[Row]) -> Record:
    """What an alert about this pair may count."""
    labels = sorted(actor.label for actor in plan.actors)
    mine = [row for row in rows if row["_planted"] == plan.id]
    first = {row["_story"]: row for row in reversed(mine) if row["_kind"] != "translation"}
    reports = [first[report.story] for report in plan.reports if report.story in first]
    reports.sort(key=lambda row: row["_seen"])
    joint = [row for row in mine if any(set(labels) <= set(names) for names in row["_joint"])]
    begin = stamp(plan.happening.time)
    earlier = [row for row in rows if row["_seen"] < begin]
    return {
        "id": plan.id,
        "actors": labels,
        "event": plan.happening.id,
        "tags": plan.tags,
        "reports": [
            {
                "story": row["_story"],
                "time": row["_seen"],
                "source": row["source"],
                "owner": row["_owner"],
                "language": row["language"],
                "joint": row in joint,
            }
            for row in reports
        ],
        "owners": len({row["_owner"] for row in reports}),
        "second_owner_at": reports[1]["_seen"] if len(reports) > 1 else None,
        "languages": sorted({row["language"] for row in mine}),
        "rows": len(mine),
        "one_sentence": bool(joint),
        "first_one_sentence_at": joint[0]["_seen"] if joint else None,
        "listed_before": [row["url"] for row in earlier if set(labels) <= set(row["_actors"])],
        "later": sorted({row["_story"] for row in mine} - {row["_story"] for row in reports}),
        "seen_before": {label: len({row["_story"] for row in earlier if label in row["_actors"]}) for label in labels},
    }


def _accidents(meetings: _Meetings, plans: Plans, begin: str) -> list[Record]:
    """Pairs that begin late, with reports of two owners within three days, and are not planted."""
    planted = {pair(*plan.actors) for plan in plans.planting.plans}
    trap_of = {story: record["label"] for record in plans.traps.records for story in record.get("stories", [])}
    found: list[Record] = []
    for key in sorted(meetings):
        rows = meetings[key]
        if key in planted or rows[0]["_seen"] < begin:
            continue
        limit = stamp(datetime.fromisoformat(rows[0]["_seen"]) + timedelta(days=ACCIDENT_DAYS))
        owners: dict[str, str] = {}
        for row in rows:
            if row["_seen"] <= limit:
                owners.setdefault(row["_story"], row["_owner"])
        if len(set(owners.values())) > 1:
            new = any(plans.world.actors[label].new for label in key)
            labels = sorted({trap_of[story] for story in owners if story in trap_of})
            found.append(
                {
                    "actors": list(key),
                    "first": rows[0]["_seen"],
                    "stories": list(owners),
                    "owners": sorted(set(owners.values())),
                    "label": "new-actor" if new else ",".join(labels) or "unlabelled",
                }
            )
    return found
