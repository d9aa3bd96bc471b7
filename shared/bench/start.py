"""How long `alert` takes to start with much behind it, and what memory that takes: made-up verdicts, folded, kept and read back.

Each step runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import combinations, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from services.alert.rules import AlertRules
from services.alert.stage import AlertStage
from services.alert.verdict import AlertVerdict, TogetherIn
from shared.adapters.sqlite.state import SqliteStateLog
from shared.adapters.sqlite.store import Store, database
from shared.adapters.sqlite.views import SqliteViews
from shared.contracts import Evidence
from shared.garbage import collect_rarely
from shared.judge import Stateful

DAYS = 30
ACTORS, NEW_FACES, OWNERS = 8_000, 600_000, 3_000
"""That the gazetteer has, that it has not, and who publishes."""
NEW_STORIES = 2 / 3
"""The share of reports that are a story of their own."""
_TOGETHER = 5_000
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """`seconds` of CPU; `peak_bytes` is the process's."""

    seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Start:
    """Folding all records, keeping the view (the process is the same), and starting from it."""

    records: int
    folded: Step
    kept: Step
    started: Step
    file_bytes: int


def measure(records: int) -> Start:
    with TemporaryDirectory(prefix="newsloom-bench-") as name:
        folder = Path(name)
        _alone(_write, folder, records)
        folded, kept = _alone(_fold, folder, records)
        (started,) = _alone(_start, folder, records)
        size = sum(file.stat().st_size for file in folder.glob("*.npz"))
    return Start(records, folded, kept, started, size)


def _alone(step: Callable[[Path, int], list[Step]], folder: Path, records: int) -> list[Step]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(step, folder, records).result()


def _write(folder: Path, records: int) -> list[Step]:
    store = Store(database(folder))
    store.connection.execute("PRAGMA synchronous=OFF")
    log = SqliteStateLog(store, "alert", AlertVerdict)
    made = verdicts(records)
    while batch := list(islice(made, _TOGETHER)):
        for record in batch:
            log.append(record)
        with store.transaction():
            log.flush()
        log.discard()
    store.close()
    return []


def _fold(folder: Path, records: int) -> list[Step]:
    judge = _judge(folder)
    return [_timed(judge.restore), _timed(judge.keep)]


def _start(folder: Path, records: int) -> list[Step]:
    return [_timed(_judge(folder).restore)]


def _judge(folder: Path) -> Stateful:
    store = Store(database(folder))
    log = SqliteStateLog(store, "alert", AlertVerdict)
    collect_rarely()
    return Stateful(AlertStage(AlertRules()), log, SqliteViews(store, "alert", log))


def _timed(step: Callable[[], object]) -> Step:
    began = time.process_time()
    step()
    return Step(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def verdicts(count: int, seed: int = 1) -> Iterator[AlertVerdict]:
    """Spread over thirty days: some two actors each, a few of whom are in the news all the time, a quarter new faces; every two of a
    report are together."""
    chance = random.Random(seed)
    for number in range(count):
        story = number if chance.random() < NEW_STORIES else max(0, number - chance.randrange(1, 500))
        id_ = _id(number)
        actors = sorted({_actor(chance) for _ in range(min(7, 1 + int(chance.expovariate(0.45))))})
        evidence = _EVIDENCE.model_copy(update={"article_id": id_})
        yield AlertVerdict(
            id=f"{id_}:1",
            group=id_,
            event_time=_START + timedelta(days=DAYS) * number / count,
            story=_id(story),
            owner=f"owner-{chance.randrange(OWNERS)}",
            actors=tuple(actors),
            pairs=tuple(
                TogetherIn(first=first, second=second, evidence=evidence) for first, second in combinations(actors, 2)
            ),
        )


def _actor(chance: random.Random) -> str:
    if chance.random() < 0.25:
        return f"?new-face-{chance.randrange(NEW_FACES)}"
    return f"actor-{int(chance.paretovariate(0.6)) % ACTORS}"


def _id(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()[:24]


_EVIDENCE = Evidence(
    article_id="",
    url="https://paper.example/2026/01/01/somebody-meets-somebody-else",
    title="Somebody meets somebody else in a city of the world to talk about water",
    source="The Paper",
    owner="The Paper",
    language="en",
    published=_START,
    snippet="Somebody and somebody else signed an agreement on flood protection, said a spokesman on Monday evening in the city.",
    same_sentence=True,
)
