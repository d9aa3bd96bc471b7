"""Whether two reports are one report in two languages, or two about one happening.

A translation keeps who, where and how much in their order; papers cut it, and print it within hours. A follow-up repeats some of it days
later, with figures of its own; another reporter's account shares the main actors. The weights were fitted on pairs of reports of three
corpora, one of them simulated (`newsloom bench stories`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.cluster.alignment import aligned
from services.cluster.anchors import is_figure
from services.cluster.reports import Report, Reports

IN_ORDER = 0.5
FIGURES = 0.2
"""What all figures of the one with fewer are worth, against none of them."""
DISTINCT = 0.15
"""What each doubling or so of the number of things that both name is worth: of two actors anybody can write."""
PER_DAY = 0.095
"""What a day between the two costs."""


LEAST_DISTINCT = 4
"""Different things that both must name, where they share no figure: two names in one order are every reporter's."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """`share`: about 1 for a full translation at once, 0 for two that share nothing; `weight` in nats: how much is told by what they
    share; `specific`: whether that could not be said of another report on the two."""

    share: float
    weight: float
    specific: bool


NOTHING = Likeness(0.0, 0.0, False)


def likeness(keys: Sequence[str], at: datetime, report: Report, reports: Reports) -> Likeness:
    """Of a report with these anchors to an earlier one."""
    own, other = reports.total(keys), reports.total(report.anchors)
    if not own or not other:
        return NOTHING
    shared = aligned(keys, report.anchors, reports.weight)
    # Of the shorter one and of both: papers cut what they translate.
    in_order = 0.5 * shared / min(own, other) + shared / (own + other)
    both = set(keys) & set(report.anchors)
    days = abs(report.at - at) / timedelta(days=1)
    share = (
        IN_ORDER * in_order
        + FIGURES * (_figures(keys, report.anchors) - 0.5)
        + DISTINCT * math.log1p(len(both))
        - PER_DAY * days
    )
    return Likeness(share, shared, len(both) >= LEAST_DISTINCT or any(map(is_figure, both)))


def _figures(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of figures that the one with fewer has in common with the other; a half where there are none to compare."""
    first, second = (Counter(filter(is_figure, keys)) for keys in (one, other))
    fewer = min(first.total(), second.total())
    return ((first & second).total() + 0.5) / (fewer + 1) if fewer else 0.5
