"""Against values that are summed term by term, exactly, with fractions and sixty digits."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.alert.surprise import acquaintance, expected_stories, remembered_stories, score, tail_probability


def exact_tail(observed: int, expected: Fraction, dispersion: int) -> Fraction:
    """1 - sum of C(x+k-1, x) p^k (1-p)^x below `observed`, for a whole dispersion k: rational, without any rounding."""
    chance = Fraction(dispersion) / (dispersion + expected)
    below = sum(
        (math.comb(x + dispersion - 1, x) * chance**dispersion * (1 - chance) ** x for x in range(observed)),
        Fraction(0),
    )
    return 1 - below


@pytest.mark.parametrize("dispersion", [1, 4, 20])
@pytest.mark.parametrize("expected", [Fraction(1, 10_000), Fraction(1, 50), Fraction(3, 10), Fraction(2), Fraction(35)])
@pytest.mark.parametrize("observed", [1, 2, 3, 7, 20, 60])
def test_the_tail_is_exact_to_ten_digits(observed: int, expected: Fraction, dispersion: int) -> None:
    exact = exact_tail(observed, expected, dispersion)
    assert tail_probability(observed, float(expected), dispersion) == pytest.approx(float(exact), rel=1e-10, abs=0)


def test_a_tail_far_below_what_one_minus_the_rest_could_tell() -> None:
    exact = exact_tail(40, Fraction(1, 1_000), 4)
    with localcontext() as context:
        context.prec = 60
        power = (Decimal(exact.numerator) / Decimal(exact.denominator)).log10()
    assert power < -100
    assert score(tail_probability(40, 0.001, 4)) == pytest.approx(-float(power), abs=1e-9)


def test_nothing_observed_is_certain_and_the_impossible_is_not() -> None:
    assert tail_probability(0, 5, 4) == 1.0
    assert tail_probability(1, 0, 4) == 0.0
    assert (score(1.0), score(0.0), score(1e-5)) == (0.0, 300, pytest.approx(5))
    assert math.copysign(1, score(1.0)) == 1


@pytest.mark.parametrize(("expected", "dispersion"), [(1_000.0, 1e6), (1e6, 4.0), (50_000.0, 0.5), (1e-12, 1e-3)])
def test_hubs_and_odd_settings_are_no_surprise(expected: float, dispersion: float) -> None:
    probability = tail_probability(1, expected, dispersion)
    assert 0 <= probability <= 1
    if expected > 1:
        assert score(probability) < 0.1


FIGURES = st.tuples(st.integers(1, 200), st.floats(1e-6, 500), st.floats(0.1, 100))


@given(FIGURES)
def test_more_observed_is_more_surprising(figures: tuple[int, float, float]) -> None:
    observed, expected, dispersion = figures
    less, more = (tail_probability(count, expected, dispersion) for count in (observed, observed + 1))
    assert 0 <= more <= less + 1e-12
    assert score(more) >= score(less) - 1e-9


@given(FIGURES, st.floats(1.001, 10))
def test_more_expected_is_less_surprising(figures: tuple[int, float, float], times: float) -> None:
    observed, expected, dispersion = figures
    less, more = (tail_probability(observed, mean, dispersion) for mean in (expected, expected * times))
    assume(less > 1e-290)
    assert more >= less * (1 - 1e-9)


def test_expected_is_what_independent_actors_would_share() -> None:
    assert expected_stories(29, 19, 600) == pytest.approx(1.0)
    assert expected_stories(29, 19, 600, remembered=0.5) == pytest.approx(1.5)
    assert expected_stories(1, 1, 0, remembered=0.25) == 0.25


def test_what_is_judged_does_not_make_itself_expected() -> None:
    """Five stories on two who are in no others: of each one is left."""
    assert expected_stories(5, 5, 100, together=5) == pytest.approx(0.01)
    assert expected_stories(14, 9, 100, together=5) == pytest.approx(0.5)


def test_who_had_the_chance_and_never_met_is_not_expected_to() -> None:
    assert acquaintance(0, 0.0) == 1.0
    assert acquaintance(0, 9.0) == pytest.approx(0.1)
    assert acquaintance(4, 9.0) == pytest.approx(0.5)
    assert acquaintance(50, 9.0) == 1.0, "habitual pairs have their past instead"
    assert expected_stories(29, 19, 600, acquaintance=0.1) == pytest.approx(0.1)


def test_what_is_remembered_is_the_rate_of_the_past_forgotten_by_half_in_a_half_life() -> None:
    steady = [day + 0.5 for day in range(2_000)]
    assert remembered_stories(steady, 30, 7) == pytest.approx(7, rel=1e-3), "one story a day is seven a week"
    once, later = remembered_stories([0.0], 30, 7), remembered_stories([30.0], 30, 7)
    assert later == pytest.approx(once / 2)
    assert remembered_stories([], 30, 7) == 0
