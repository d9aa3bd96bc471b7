"""How unlikely it is that two actors share this many stories by chance."""

from __future__ import annotations

import math


def expected_stories(
    first: int, second: int, all_stories: int, together: int = 0, acquaintance: float = 1.0, remembered: float = 0.0
) -> float:
    """Stories with both, if stories picked their actors independently, as far as the two are acquainted; plus what the pair's own past
    makes likely.

    n_a * n_b / N, but for the stories that are to be judged: a happening that is told five times makes both actors frequent, and must not
    make itself expected. `first`, `second`, `all_stories` and `together` (with both) are counts in the window; of each actor's own stories
    one is left. `remembered` is the pair's decayed history, in stories per window.
    """
    if all_stories <= 0:
        return remembered
    own_first, own_second = (max(count - together, 0) + 1 for count in (first, second))
    return own_first * own_second / all_stories * acquaintance + remembered


def acquaintance(together: int, chances: float) -> float:
    """How often the two met, of the `chances` that they had by chance alone; 1 at most.

    Actors keep to their circles: a minister and a singer, each in the news every day, who never met in a month will not meet by chance next
    week either. The estimate shrinks to 1 where there were few chances (the posterior mean of a rate under a Gamma prior of mean 1 and
    weight 1; W. DuMouchel, 1999).
    """
    return min(1.0, (1.0 + together) / (1.0 + chances))


def remembered_stories(ages_days: list[float], half_life_days: float, window_days: float) -> float:
    """The pair's earlier stories as a rate, exponentially forgotten, times the window: in stories per window."""
    mean_life = half_life_days / math.log(2)
    return math.fsum(math.exp(-age / mean_life) for age in ages_days) / mean_life * window_days


def attached_stories(counts: tuple[int, int], before: tuple[int, int], together_before: int) -> float:
    """Stories with both that follow from how much of each one's news has been the other's: a company's head is in most stories on
    the company, so a week with many of those is no news about the two.

    `counts` are the two actors' stories in the window, `before` those in the history, `together_before` the history's with both.
    """
    return max((now * together_before / then for now, then in zip(counts, before, strict=True) if then), default=0.0)


def tail_probability(observed: int, expected: float, dispersion: float) -> float:
    """P(X >= observed) for X negative binomial with mean `expected` and size `dispersion` (variance = m + m^2 / dispersion).

    Above the mean the tail is summed from its own first term, so that it stays exact where 1 - cdf would be all rounding error;
    below it, where the tail is nearly everything, 1 - cdf has the fewer terms.
    """
    if observed <= 0:
        return 1.0
    if expected <= 0:
        return 0.0
    if observed <= expected:
        return max(0.0, 1.0 - math.fsum(_probability(count, expected, dispersion) for count in range(observed)))
    growth = expected / (dispersion + expected)
    term, total, count = _probability(observed, expected, dispersion), 0.0, observed
    while term > 1e-18 * total and count < observed + 100_000:
        total += term
        term *= (count + dispersion) / (count + 1) * growth
        count += 1
    return min(1.0, total)


def _probability(count: int, expected: float, dispersion: float) -> float:
    """P(X = count)."""
    return math.exp(
        math.lgamma(count + dispersion)
        - math.lgamma(dispersion)
        - math.lgamma(count + 1)
        - dispersion * math.log1p(expected / dispersion)
        - count * math.log1p(dispersion / expected)
    )


def score(probability: float) -> float:
    """-log10, at most 300: what a double can still tell from nothing."""
    return min(300.0, 0.0 - math.log10(max(probability, 1e-300)))
