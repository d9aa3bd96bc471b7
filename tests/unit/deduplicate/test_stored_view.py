"""What is held of articles, as columns: what is made of them again is the same, and finds the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deduplicate.neighbours import Neighbours
from services.deduplicate.shingles import sketch
from services.deduplicate.verdict import CopyVerdict
from shared import sorted_runs

START = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = (
    "the mayor opened a bridge over the river and promised to paint it blue before the winter comes back again".split()
)


def record(number: int, words: list[int]) -> CopyVerdict:
    made = sketch(" ".join(WORDS[word] for word in words))
    return CopyVerdict(
        id=str(number),
        group=f"article {number}",
        event_time=START + timedelta(minutes=number),
        entry_id=f"entry {number}",
        article_id=f"article {number}",
        fingerprint=f"print {'-'.join(map(str, words))}",
        headline="A bridge",
        modified=None,
        first_seen=START,
        version="first",
        revision=1,
        hashes=made.hashes.tobytes(),
        halvings=made.halvings,
        size=made.size,
    )


TEXTS = st.lists(st.lists(st.integers(0, len(WORDS) - 1), max_size=14), max_size=25)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, st.integers(1, 30))
def test_what_is_found_is_the_same(before: list[list[int]], after: list[list[int]], capacity: int) -> None:
    """Small, so that articles leave and arrays are merged before and after."""
    with patch.object(sorted_runs, "FRESH", 20):
        first = Neighbours(capacity)
        for number, words in enumerate(before):
            first.add(record(number, words))
        again = Neighbours.of({name: column.copy() for name, column in first.columns().items()}, capacity)
        for number, words in enumerate(after, len(before)):
            made = record(number, words)
            for one in (first, again):
                one.add(made)
        mine, theirs = first.columns(), again.columns()
        assert mine.keys() == theirs.keys()
        for name, column in mine.items():
            np.testing.assert_array_equal(column, theirs[name], name)
        for words in (*before, *after):
            seen, made = [], record(0, words)
            for one in (first, again):
                near = one.near(made.sketch(), START, timedelta(days=1), 0.4)
                same = one.same_text(made.fingerprint)
                seen.append(([each.root for each in near], same and same.root))
            assert seen[0] == seen[1]
