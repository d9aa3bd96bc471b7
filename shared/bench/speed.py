"""Speed and memory of the embedded pipeline, all the stages, one process."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from services.deduplicate.shingles import sketch
from services.enrich.folding import fold
from services.enrich.gazetteer import load_gazetteer
from services.enrich.matches import find_matches
from services.normalise.language import identify
from shared import metrics
from shared.bench.archive import archive
from shared.pipeline import NODES
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds of CPU and of the clock, without start-up; `peak_bytes` is the whole process's, start-up included; `shares` are
    fractions of the time, by stage; `bare_seconds` are CPU seconds that a bare loop over the same articles takes."""

    articles: int
    cpu_seconds: float
    wall_seconds: float
    start_seconds: float
    peak_bytes: int
    bare_seconds: float
    shares: dict[str, float]


def measure(articles: int, corpus: Path | None) -> Speed:
    """Ingests an archive into an empty folder. `corpus` is a file of JSON lines to use instead."""
    with tempfile.TemporaryDirectory() as folder:
        path = corpus
        if path is None:
            path = Path(folder) / "archive.jsonl"
            path.write_bytes(b"\n".join(archive(articles)))
        started = time.process_time()
        with Session(Path(folder) / "data") as session:
            _warm_up(session, Path(folder))
            start_seconds = time.process_time() - started
            before = {node.stage: _stage_seconds(node.stage) for node in NODES}
            cpu, wall = time.process_time(), time.perf_counter()
            result = ingest_files(session, [str(path)], "jsonl")
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        bare_seconds = _bare_loop(path)
    shares = {node.stage: (_stage_seconds(node.stage) - before[node.stage]) / wall for node in NODES}
    shares["reading, log and state"] = 1 - sum(shares.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Speed(result.read, cpu, wall, start_seconds, peak, bare_seconds, shares)


def _bare_loop(path: Path) -> float:
    """CPU seconds of the same libraries without a pipeline: JSON, language, sketch, aliases. Machines differ and are shared; the
    ratio to this says more than articles per second."""
    gazetteer = load_gazetteer()
    identify("warm", None)
    started = time.process_time()
    with path.open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            identify(f"{row['title']}\n{row['text'][:200]}", None)
            sketch(row["text"])
            find_matches(fold(row["text"]), gazetteer.names, "en")
    return time.process_time() - started


def _warm_up(session: Session, folder: Path) -> None:
    """Models and tables load with the first article of each language; that is start-up, not throughput."""
    first = folder / "warm-up.jsonl"
    first.write_bytes(b"\n".join(archive(60, seed=2)).replace(b'"url":"https://', b'"url":"https://warm-up.'))
    ingest_files(session, [str(first)], "jsonl")


def _stage_seconds(stage: str) -> float:
    samples = (sample for metric in metrics.DURATION.collect() for sample in metric.samples)
    return sum(each.value for each in samples if each.name.endswith("_sum") and each.labels["stage"] == stage)
