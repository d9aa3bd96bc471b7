"""Alerts against a simulated archive whose truth is known: what was planted is found, and what else is told.

The generator (`shared.bench.simulation`) was written by somebody who had seen neither the scoring nor the gazetteer.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from services.alert.rules import AlertRules
from services.alert.stage import AlertStage
from services.alert.verdict import AlertVerdict
from services.enrich.gazetteer import Gazetteer, load_gazetteer
from services.enrich.provisional_ids import provisional_id
from shared.archives import in_order
from shared.bench.memory_log import MemoryLog
from shared.bench.simulation import simulate, truth, write_outlets
from shared.contracts import Alert, ClusteredArticle
from shared.garbage import collect_rarely
from shared.judge import Stateful
from shared.stage import Emit

Pair = frozenset[str]


@dataclass(slots=True)
class AlertScore:
    """`delays`: of each pair that was found, how many of its independent reports had been published when the alert opened; `others`: the
    confirmed alerts that are not about planted pairs, by what the truth says of them."""

    articles: int = 0
    planted: int = 0
    found: int = 0
    delays: list[int] = field(default_factory=list)
    confirmed: int = 0
    confirmed_planted: int = 0
    provisional: int = 0
    others: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    doubled: int = 0
    """Pairs with a second alert."""
    replayed: int = 0
    """Alerts that the whole archive, told once more, added."""
    days: int = 1
    """With alerts possible."""
    cpu_seconds: float = 0.0

    @property
    def recall(self) -> float:
        return self.found / max(self.planted, 1)

    @property
    def precision(self) -> float:
        """Of what is CONFIRMED."""
        return self.confirmed_planted / max(self.confirmed, 1)

    @property
    def median_delay(self) -> float:
        return median(self.delays) if self.delays else float("inf")


def write_archive(folder: Path, **arguments: Any) -> tuple[Path, Path]:
    """(documents as `newsloom ingest` reads them, the table of who owns the invented papers)."""
    archive, outlets = folder / "simulated.jsonl", folder / "outlets.tsv"
    with archive.open("wb") as out:
        for row in simulate(**arguments):
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    write_outlets(outlets)
    return archive, outlets


def score_articles(articles: Path, rules: AlertRules, **arguments: Any) -> AlertScore:
    """`articles` as `newsloom articles --jsonl` prints them, of the archive that `simulate(**arguments)` gives."""
    messages = list(in_order([articles]))
    known = truth(**arguments).as_json()
    stage, log = AlertStage(rules), MemoryLog[AlertVerdict]()
    judge = Stateful(stage, log)
    collect_as_before = collect_rarely()  # as pipeline and workers do
    began = time.process_time()
    first, newest = _told(judge, messages)
    spent = time.process_time() - began
    collect_as_before()
    again, _ = _told(judge, messages)
    result = AlertScore(articles=len(messages), cpu_seconds=spent, replayed=len(again.keys() - first.keys()))
    begin = datetime.fromisoformat(known["alerts_from"])
    result.days = max((max(each.article.event_time for each in messages) - begin).days, 1)
    _score(result, known, first, newest)
    return result


def _told(judge: Stateful, messages: Iterable[ClusteredArticle]) -> tuple[dict[str, Alert], dict[str, Alert]]:
    """(the first, the newest) version of each alert."""
    first: dict[str, Alert] = {}
    newest: dict[str, Alert] = {}
    for message in messages:
        for outcome in judge(message):
            if isinstance(outcome, Emit) and isinstance(outcome.message, Alert):
                first.setdefault(outcome.message.id, outcome.message)
                newest[outcome.message.id] = outcome.message
    return first, newest


def _score(
    result: AlertScore, known: Mapping[str, Any], first: Mapping[str, Alert], newest: Mapping[str, Alert]
) -> None:
    names = _Names()
    planted = {pair: plan for plan in known["planted"] for pair in names.pairs(plan["actors"])}
    kinds = _kinds(known, names)
    found: dict[str, Alert] = {}
    pairs = Counter(_pair(alert) for alert in first.values())
    result.doubled = sum(count - 1 for count in pairs.values())
    for id_, alert in newest.items():
        plan = planted.get(_pair(alert))
        confirmed = alert.tier == "CONFIRMED"
        result.confirmed += confirmed
        result.provisional += not confirmed
        if plan is not None:
            found[plan["id"]] = first[id_]
            result.confirmed_planted += confirmed
        elif confirmed:
            result.others[kinds.get(_pair(alert), "nothing that was planned")] += 1
    result.planted, result.found = len(known["planted"]), len(found)
    for plan in known["planted"]:
        if plan["id"] in found:
            opened = found[plan["id"]].window.end
            times = [datetime.fromisoformat(report["time"]) for report in plan["reports"]]
            result.delays.append(max(sum(at <= opened for at in times), 1))
        else:
            result.missed.append(tuple(plan["actors"]))


def _kinds(known: Mapping[str, Any], names: _Names) -> dict[Pair, str]:
    """What the truth says of other pairs; the first that it says."""
    kinds: dict[Pair, str] = {}
    said: Sequence[tuple[str, Mapping[str, Any]]] = [
        *((f"trap: {each['label']}", each) for each in known["traps"] if len(each.get("actors", ())) == 2),
        *((f"accident: {each['label']}", each) for each in known["accidents"]),
        *(("together all the time", each) for each in known["habitual"]),
        *(("named together once", each) for each in known["noise"]),
    ]
    for kind, each in said:
        for pair in names.pairs(each["actors"]):
            kinds.setdefault(pair, kind)
    return kinds


def _pair(alert: Alert) -> Pair:
    return frozenset(actor.id for actor in alert.actors)


class _Names:
    """From the labels of the truth to our ids: all that the gazetteer has under a label, else that of a new face."""

    def __init__(self) -> None:
        self._gazetteer: Gazetteer = load_gazetteer()

    def pairs(self, labels: Sequence[str]) -> list[Pair]:
        first, second = (self._ids(label) for label in labels)
        return [frozenset((one, other)) for one, other in product(first, second)]

    def _ids(self, label: str) -> set[str]:
        return {entry.id for entry in self._gazetteer.lookup(label)} or {provisional_id(label, "en")}
