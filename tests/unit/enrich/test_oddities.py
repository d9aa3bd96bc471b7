"""Text that wants to confuse: look-alike letters, floods. It costs linear time, has bounds, and the article says what is odd."""

from __future__ import annotations

import time

import pytest

from services.enrich.oddities import ACTORS_CUT, MARKS, MIXED_SCRIPT, NAMES_CUT
from services.enrich.stage import Enrich
from shared.bench.unread import unique_article
from shared.contracts.enrichment import Enrichment

STAGE = Enrich()


def enriched(text: str, language: str = "en", stage: Enrich = STAGE) -> Enrichment:
    return stage.enrich(unique_article("t", text, language).article)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Рutin met the press.", "en"),  # Cyrillic Р
        ("Vladimir Рutіn met the press.", "en"),  # Cyrillic Р and і
        ("Встреча с Пyтиным.", "ru"),  # Latin y
        ("Νato met.", "en"),  # Greek Ν
    ],
)
def test_names_of_mixed_letters_are_nobody_we_know(text: str, language: str) -> None:
    found = enriched(text, language)
    assert not [actor for actor in found.actors if not actor.id.startswith("?")]
    assert MIXED_SCRIPT in found.flags


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Putin met NATO.", "en"),
        ("Путин и NATO в iPhone-чате.", "ru"),
        ("普京访问NATO", "zh"),
        ("שָׁלוֹם עֲלֵיכֶם", "he"),
        ("Ἀθῆναι Νέα", "el"),
    ],
)
def test_ordinary_text_is_not_odd(text: str, language: str) -> None:
    assert enriched(text, language).flags == ()


def test_more_actors_than_the_limit_are_cut_and_flagged() -> None:
    stage = Enrich(actors_limit=2)
    found = enriched("Putin, Macron, Trump and Zelensky met.", stage=stage)
    assert [actor.id for actor in found.actors] == ["vladimir-putin", "emmanuel-macron"]
    assert found.flags == (ACTORS_CUT,)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("a" * 1_000_000, None),
        ("Kim" * 300_000, None),
        ("普京" * 100_000, NAMES_CUT),
        ("بوتين " * 100_000, NAMES_CUT),
        ("بوتين" * 100_000, None),
        ("Anna Novak " * 50_000, NAMES_CUT),
        (" ".join(f"Anna Kowal{'a' * (number % 7)}ov{number % 97}" for number in range(50_000)), None),
        ("Capital Words " * 50_000, NAMES_CUT),
        ("a\u0301\u0302\u0303" * 200_000, MARKS),
        ("«" * 100_000, None),
        ("(" * 200_000, None),
        ("Minister " * 100_000, None),
    ],
)
def test_floods_take_linear_time_and_are_flagged(text: str, flag: str | None) -> None:
    """Five seconds are many times what a linear pass over a megabyte needs, and far less than a quadratic one would."""
    began = time.process_time()
    found = enriched(text)
    assert time.process_time() - began < 5
    assert len(found.actors) <= 200
    if flag is not None:
        assert flag in found.flags
