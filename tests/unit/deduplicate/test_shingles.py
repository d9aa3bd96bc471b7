from __future__ import annotations

import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deduplicate.shingles import AIM, COARSEST, MAX_CHARACTERS, overlap, sketch

CHANCE = random.Random(7)
WORDS = ["".join(CHANCE.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(5_000)]
HAN = "".join(chr(point) for point in range(0x4E00, 0x4E00 + 3_000))
THAI = "".join(chr(point) for point in range(0x0E01, 0x0E2F))


def prose(count: int, start: int = 0) -> str:
    return " ".join(WORDS[start : start + count])


@pytest.mark.parametrize("count", [1, 2, 3, 10, 100, 300, 900, 3_000])
def test_a_text_contains_itself(count: int) -> None:
    own = sketch(prose(count))
    found = overlap(own, own)
    assert (found.of_first, found.of_second, found.shared) == (1.0, 1.0, own.hashes.size)


@pytest.mark.parametrize("count", [50, 200, 600, 1_500])
@pytest.mark.parametrize("times", [1.5, 4, 12])
def test_a_text_is_contained_in_a_longer_one_around_it(count: int, times: float) -> None:
    whole = min(int(count * times), 4_900)
    found = overlap(sketch(prose(count)), sketch(prose(whole)))
    assert found.of_first == 1.0
    assert found.of_second == pytest.approx(count / whole, abs=0.12)


@pytest.mark.parametrize("count", [10, 100, 1_000])
def test_texts_without_a_common_shingle_share_nothing(count: int) -> None:
    found = overlap(sketch(prose(count)), sketch(prose(count, 2_000)))
    assert (found.of_first, found.of_second, found.shared) == (0.0, 0.0, 0)


def test_half_a_text_is_about_half_contained() -> None:
    found = overlap(sketch(prose(800)), sketch(f"{prose(400)} {prose(400, 2_000)}"))
    assert found.of_first == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("empty", ["", " ", "…!?", "\n\t", "\u0300"])
def test_an_empty_text_has_an_empty_sketch_and_contains_nothing(empty: str) -> None:
    nothing = sketch(empty)
    assert (nothing.hashes.size, nothing.size) == (0, 0)
    assert overlap(nothing, sketch(prose(10))).shared == 0
    assert overlap(nothing, nothing) == overlap(sketch(prose(3)), nothing)


def test_case_punctuation_and_spacing_do_not_matter() -> None:
    one, other = sketch("The Mayor, of Norwick: resigned!"), sketch("the  mayor of\nNORWICK resigned")
    assert np.array_equal(one.hashes, other.hashes)


def test_the_order_of_words_matters() -> None:
    assert overlap(sketch("one two three four"), sketch("four three two one")).shared == 0


@pytest.mark.parametrize("count", [60, 131, 260, 520, 1_000, 4_900])
def test_the_threshold_is_halved_with_the_length_down_to_an_eighth(count: int) -> None:
    made = sketch(prose(count))
    assert made.size == count - 2
    assert made.halvings <= COARSEST
    expected = made.size / 2**made.halvings
    assert made.hashes.size == pytest.approx(expected, rel=0.35)
    if made.halvings < COARSEST:
        assert expected <= 2 * AIM


def test_a_coarser_sketch_keeps_a_part_of_the_finer_one() -> None:
    """Sampling is nested: what a long text keeps of a passage, a short text keeps, too."""
    short, long = sketch(prose(100)), sketch(prose(4_000))
    assert short.halvings < long.halvings
    limit = np.uint64(1) << np.uint64(64 - long.halvings)
    below = {int(value) for value in short.hashes if value < limit - np.uint64(1)}
    assert below
    assert below <= set(long.hashes.tolist())


@pytest.mark.parametrize(
    "text",
    [HAN[:400], "".join(chr(0x3041 + n % 80) + HAN[n] for n in range(300)), "".join(CHANCE.choices(THAI, k=400))],
    ids=["zh", "ja", "th"],
)
def test_scripts_without_spaces_are_compared_by_characters(text: str) -> None:
    own = sketch(text)
    assert own.size > 250
    assert overlap(own, sketch(text)).of_first == 1.0
    assert overlap(sketch(text[:200]), own).of_first == 1.0
    assert overlap(sketch(text[:200]), sketch(text[200:])).shared == 0
    spaced = " ".join(text[place : place + 7] for place in range(0, len(text), 7))
    assert overlap(sketch(spaced), own).of_first == 1.0


def test_korean_has_spaces_and_is_compared_by_words() -> None:
    assert sketch("대통령이 오늘 서울에서 총리를 만났다").size == 3


def test_the_hashes_are_what_they_have_always_been() -> None:
    """Records keep sketches: hashes that change would make all that was read before unlike what is read now."""
    made = sketch("the mayor of norwick resigned on monday")
    assert made.hashes.tolist() == [
        1252730939660764041,
        6940883625729093660,
        8069213745384306081,
        18399565806848305508,
        18436881750434838252,
    ]


def test_length_is_bounded_and_time_with_it() -> None:
    hostile = ["a" * 5_000_000, "a " * 2_000_000, "漢" * 3_000_000, "á̂̃" * 500_000, prose(4_000) * 200]
    for text in hostile:
        started = time.perf_counter()
        made = sketch(text)
        assert time.perf_counter() - started < 1.5
        assert made.size <= MAX_CHARACTERS


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_containment_is_a_share_and_symmetrical(one: str, other: str) -> None:
    first, second = sketch(one), sketch(other)
    found, back = overlap(first, second), overlap(second, first)
    assert (found.of_first, found.of_second, found.shared) == (back.of_second, back.of_first, back.shared)
    assert 0 <= found.of_first <= 1
    assert 0 <= found.of_second <= 1
    assert (found.of_first > 0) == (found.shared > 0)
    assert np.array_equal(first.hashes, np.unique(first.hashes)), "sorted and distinct"
