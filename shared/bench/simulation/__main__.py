"""Writes the archive, its truth, and the owners of its invented outlets to files."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from shared.bench.simulation import START, simulate, truth, write_outlets


def main() -> None:
    """python -m shared.bench.simulation --seed 1 --days 60 --out archive.jsonl --truth truth.json"""
    parser = argparse.ArgumentParser(prog="python -m shared.bench.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--stories-per-day", type=int, default=150)
    parser.add_argument("--start", default=f"{START:%Y-%m-%d}", help="first day, YYYY-MM-DD")
    parser.add_argument("--out", type=Path, default=Path("archive.jsonl"))
    parser.add_argument("--truth", type=Path, default=Path("truth.json"))
    parser.add_argument("--outlets", type=Path, help="a table of the invented outlets' owners; none if left out")
    options = parser.parse_args()
    start = datetime.fromisoformat(options.start).replace(tzinfo=UTC)
    seed, days, per_day = options.seed, options.days, options.stories_per_day
    with options.out.open("w", encoding="utf-8") as out:
        for row in simulate(seed=seed, days=days, stories_per_day=per_day, start=start):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    known = truth(seed=seed, days=days, stories_per_day=per_day, start=start).as_json()
    options.truth.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if options.outlets:
        write_outlets(options.outlets)


if __name__ == "__main__":
    main()
