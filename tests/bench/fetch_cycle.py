"""A cycle over the farm, with faults and without: `python tests/bench/fetch_cycle.py --feeds 10000`, or `make bench-fetch`.

Each run is what `newsloom run --once` does, in a process and a data folder of its own, against a farm in another process. Printed are
the time of the cycle (until every feed was tried) and of the whole run (until every article is indexed), the peak memory of the
process with its parsers, how long the polls of healthy feeds took from the request to what they brought being stored, and what the
farm's ledger has that the index has not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parents[1]
ALLOWED = ["127.0.0.0/8"]


@contextmanager
def farm(out: Path, feeds: int, faulty: float, items: int, hosts: int) -> Iterator[int]:
    """A farm that serves; its port. `out` has its list of feeds and, afterwards, its ledger."""
    options = {"--feeds": feeds, "--faulty": faulty, "--items": items, "--hosts": hosts, "--out": out}
    arguments = [str(word) for pair in options.items() for word in pair]
    process = subprocess.Popen(
        [sys.executable, "-m", "farm", "serve", *arguments], cwd=TESTS, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline().split()[1])
    finally:
        process.terminate()
        process.wait()


class PeakMemory(threading.Thread):
    """The most that this process and its children held together, in MiB, looked at five times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mib = 0.0
        self._stop_it = threading.Event()

    def run(self) -> None:
        while not self._stop_it.wait(0.2):
            self.mib = max(self.mib, _held_mib())

    def stop(self) -> float:
        self._stop_it.set()
        self.join()
        return self.mib


def _held_mib() -> float:
    pages = 0
    children = Path("/proc/self/task").glob("*/children")
    pids = ["self", *(pid for file in children for pid in file.read_text().split())]
    for pid in pids:
        try:
            # Private pages: what a parser shares with the libraries of its parent is there once.
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        pages += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return pages / 1024


def cycle(feeds: Path, data_dir: Path) -> dict[str, float]:
    """One `newsloom run --once` in this process. Seconds and MiB."""
    from shared.adapters.feed_list_file import read_sources
    from shared.runtime.fetching import run_feeds
    from shared.runtime.session import Session

    healthy = {feed["feed"] for feed in json.loads((feeds.parent / "manifest.json").read_text()) if feed["healthy"]}
    memory = PeakMemory()
    memory.start()
    tried, seconds = [], []
    started = time.monotonic()
    with Session(data_dir) as session:
        session.start()

        def report(one: object) -> None:
            tried.append(time.monotonic() - started)
            if one.state.url in healthy:  # type: ignore[attr-defined]
                seconds.append(one.seconds)  # type: ignore[attr-defined]

        asyncio.run(run_feeds(session, read_sources(feeds), ALLOWED, once=True, stop=asyncio.Event(), on_report=report))
    seconds.sort()
    return {
        "feeds": len(tried),
        "cycle_s": tried[-1],
        "run_s": time.monotonic() - started,
        "peak_mib": memory.stop(),
        "healthy_p50_s": seconds[len(seconds) // 2],
        "healthy_p99_s": seconds[int(0.99 * len(seconds))],
    }


def compare(ledger: Path, data_dir: Path) -> dict[str, int]:
    """The farm's ledger against the index: what is missing, what is there twice."""
    sys.path.insert(0, str(TESTS))
    from farm.feed import tokens_in

    from shared.bootstrap import open_reading
    from shared.ports import Query

    found: Counter[str] = Counter()
    for read in open_reading(data_dir).index.search(Query()):
        document = read.document
        found.update(tokens_in(f"{document.title} {document.text} {document.url}"))
    must = {row["token"] for row in map(json.loads, ledger.read_text().splitlines()) if row["must"] == "article"}
    return {
        "published": len(must),
        "lost": sum(found[token] == 0 for token in must),
        "doubled": sum(found[token] > 1 for token in must),
    }


def measure(feeds: int, faulty: float, items: int, hosts: int) -> dict[str, float]:
    """One run in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        out, data_dir = Path(folder) / "farm", Path(folder) / "data"
        with farm(out, feeds, faulty, items, hosts):
            done = subprocess.run(
                [sys.executable, __file__, "--one", str(out / "farm.opml"), str(data_dir)],
                check=True,
                stdout=subprocess.PIPE,
            )
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found | compare(out / "ledger.jsonl", data_dir)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--faulty", type=float, default=0.05)
    parser.add_argument("--items", type=int, default=2, help="per feed")
    parser.add_argument("--hosts", type=int, default=1_000)
    parser.add_argument("--one", nargs=2, metavar=("FEEDS", "DATA_DIR"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(cycle(Path(given.one[0]), Path(given.one[1]))))
        return
    runs = {share: measure(given.feeds, share, given.items, given.hosts) for share in (0.0, given.faulty)}
    for figure in runs[0.0]:
        print(f"{figure:16}" + "".join(f"{run[figure]:12.2f}" for run in runs.values()))
    print(f"{'p99 ratio':16}{runs[given.faulty]['healthy_p99_s'] / runs[0.0]['healthy_p99_s']:24.2f}")


if __name__ == "__main__":
    main()
