"""How unlikely it is that two actors share this many stories by chance."""

from __future__ import annotations

import math


def expected_stories(first: int, second: int, all_stories: int, remembered: float = 0.0) -> float:
    """Stories with both, if stories picked their actors independently: n_a * n_b / N, plus what the pair's own past makes likely.

    `first`, `second`, `all_stories` are counts in the window; `remembered` is the pair's decayed history, in stories per window.
    """
    if all_stories <= 0:
        return remembered
    return first * second / all_stories + remembered


def remembered_stories(ages_days: list[float], half_life_days: float, window_days: float) -> float:
    """The pair's earlier stories as a rate, exponentially forgotten, times the window: in stories per window."""
    mean_life = half_life_days / math.log(2)
    return sum(math.exp(-age / mean_life) for age in ages_days) / mean_life * window_days


def tail_probability(observed: int, expected: float, dispersion: float) -> float:
    """P(X >= observed) for X negative binomial with mean `expected` and size `dispersion` (variance = m + m^2 / dispersion).

    The tail is summed from its own first term, so that it stays exact where 1 - cdf would be all rounding error.
    """
    if observed <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    chance = dispersion / (dispersion + expected)
    term = math.exp(
        math.lgamma(observed + dispersion)
        - math.lgamma(dispersion)
        - math.lgamma(observed + 1)
        + dispersion * math.log(chance)
        + observed * math.log1p(-chance)
    )
    total, count = 0.0, observed
    while term > 1e-18 * total and count < observed + 100_000:
        total += term
        term *= (count + dispersion) / (count + 1) * (1 - chance)
        count += 1
    return min(1.0, total)


def score(probability: float) -> float:
    """-log10, at most 300: what a double can still tell from nothing."""
    return min(300.0, -math.log10(max(probability, 1e-300)))
