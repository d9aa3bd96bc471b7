"""Prints what an archive looks like, and what is wrong with it.

Usage: python -m shared.bench.simulation.describe archive.jsonl truth.json
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from random import Random

from shared.bench.simulation.check import Truths, in_common, independent_reports, originals, shingles, violations
from shared.bench.simulation.model import Row

SAMPLE = 220
"""Reports of a language that are compared with each other."""


def describe(rows: Sequence[Row], truth: Truths) -> None:
    """Sizes, shares and how much texts have in common, a line each."""
    happenings, stories = ({row[key] for row in rows} for key in ("_event", "_story"))
    print(f"rows {len(rows)} stories {len(stories)} happenings {len(happenings)} actors {len(truth['actors'])}")
    print("signed", dict(Counter(row["_agency"] for row in rows if row["_agency"]).most_common()))
    print("language", dict(Counter(row["language"] for row in rows).most_common()))
    print("kind", dict(Counter(row["_kind"] for row in rows).most_common()))
    print("form", dict(Counter(row["_form"] for row in rows).most_common()))
    print("trap", dict(Counter(row["_trap"] for row in rows).most_common()))
    count = Counter(label for row in rows for label in row["_actors"])
    print("hubs", [(label, f"{many / len(rows):.1%}") for label, many in count.most_common(12)])
    print("median rows per actor", sorted(count.values())[len(count) // 2], "fewest", count.most_common()[-4:])
    sizes = sorted(len(row["text"].split()) for row in rows if row["language"] != "zh")
    print("words p5/p50/p95", sizes[len(sizes) // 20], sizes[len(sizes) // 2], sizes[-len(sizes) // 20])
    _describe_pairs(truth)
    _describe_texts(rows)


def _describe_pairs(truth: Truths) -> None:
    rates = sorted((entry["per_day"] for entry in truth["habitual"]), reverse=True)
    print("habitual", len(rates), "top", rates[:3], "median", rates[len(rates) // 2], "least", rates[-3:])
    print("noise", len(truth["noise"]), dict(Counter(entry["label"] for entry in truth["noise"])))
    planted = truth["planted"]
    print("planted", len(planted), dict(Counter(tag for plan in planted for tag in plan["tags"])))
    print("  owners", dict(sorted(Counter(plan["owners"] for plan in planted).items())))
    print("  languages", dict(sorted(Counter(len(plan["languages"]) for plan in planted).items())))
    print("  one sentence", sum(plan["one_sentence"] for plan in planted))
    print("accidents", dict(Counter(entry["label"] for entry in truth["accidents"])))


def _describe_texts(rows: Sequence[Row]) -> None:
    chance = Random(1)
    firsts = originals(rows)
    for language in sorted({row["language"] for row in rows}):
        group = [row for row in firsts if row["language"] == language]
        _describe_overlap(language, [chance.sample(group, min(SAMPLE, len(group)))])
    _describe_overlap("within one happening", independent_reports(rows))
    staged: dict[str, list[Row]] = {}
    for row in firsts:
        if row["_kind"] in ("flood", "ring"):
            staged.setdefault(row["source"] if row["_kind"] == "flood" else row["_event"], []).append(row)
    _describe_overlap("flood and ring", staged.values())


def _describe_overlap(name: str, groups: Iterable[Sequence[Row]]) -> None:
    """How much the texts of each group have in common, as a distribution."""
    sets = ([shingles(row) for row in group] for group in groups)
    shares = sorted(in_common(one, two) for group in sets for one, two in combinations(group, 2))
    if shares:
        points = {f"p{point}": round(shares[int(len(shares) * point / 100)], 3) for point in (50, 90, 95, 99)}
        over = sum(share > 0.15 for share in shares) / len(shares)
        print(f"overlap {name}: {len(shares)} pairs {points} max {shares[-1]:.3f} over 15 %: {over:.2%}")


def main() -> None:
    """Exits with 1 where an invariant is broken."""
    archive, known = (Path(argument).read_text(encoding="utf-8") for argument in sys.argv[1:3])
    rows: list[Row] = [json.loads(line) for line in archive.splitlines()]
    truth = json.loads(known)
    describe(rows, truth)
    broken = violations(rows, truth)
    print("\n".join(broken) or "all invariants hold")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
