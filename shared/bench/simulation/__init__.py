"""A simulated news archive with known truth, to measure alerts about pairs of actors who meet for the first time.

The texts are made up and harmless; the names are real, so that a gazetteer can know them. Nothing here knows how the product reads:
what is measured with it meets no assumption of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path

from shared.bench.simulation.archive import LEAST_DAYS, START, build
from shared.bench.simulation.model import Row
from shared.bench.simulation.tables import outlets
from shared.bench.simulation.what_is_true import Truth

__all__ = ["LEAST_DAYS", "START", "Row", "Truth", "simulate", "truth", "write_outlets"]


def simulate(*, seed: int = 1, days: int = 60, stories_per_day: int = 150, start: datetime = START) -> Iterator[Row]:
    """The rows of the archive in order of publication; the same arguments always give the same rows.

    About two rows come of each story, copies and translations included, and some thousands of rows are planted pairs, traps and debuts,
    however few the stories. `start` is in UTC. Raises `Misuse` for fewer than `LEAST_DAYS`.
    """
    for row in build(seed, days, stories_per_day, start)[0]:
        yield deepcopy(row)


def truth(*, seed: int = 1, days: int = 60, stories_per_day: int = 150, start: datetime = START) -> Truth:
    """What is true in the archive that `simulate` makes from the same arguments. Raises `Misuse` as that does."""
    return deepcopy(build(seed, days, stories_per_day, start)[1])


def write_outlets(path: Path) -> None:
    """A table of the invented outlets' domains and who owns them, for readers who know the real ones: tab-separated, with a header line.

    An outlet without a group is its own owner. The table is the same for all archives.
    """
    owned = sorted((outlet.domain, outlet.owner) for outlet in outlets() if outlet.invented)
    lines = ["domain\towner", *(f"{domain}\t{owner}" for domain, owner in owned)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
