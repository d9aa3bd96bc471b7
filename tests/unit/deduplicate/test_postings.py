"""The index, against looking at every record."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deduplicate.postings import Postings
from shared import sorted_runs as module

SHINGLES = st.frozensets(st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 2**63, 2**64 - 1]), max_size=8)


def sketch(shingles: frozenset[int]) -> module.Hashes:
    return np.array(sorted(shingles), np.uint64)


def looked_through(records: list[frozenset[int]], asked: frozenset[int], most: int, oldest: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for shingle in asked:
        having = [place for place, record in enumerate(records) if shingle in record and place >= oldest]
        for place in having[-most:]:
            found[place] = found.get(place, 0) + 1
    return found


@settings(max_examples=200, deadline=None)
@given(st.lists(SHINGLES, max_size=60), SHINGLES, st.integers(1, 70), st.integers(1, 9), st.integers(1, 40))
def test_it_finds_what_a_look_at_every_record_finds(
    records: list[frozenset[int]], asked: frozenset[int], capacity: int, most: int, fresh: int
) -> None:
    with patch.object(module, "FRESH", fresh):
        index = Postings(most)
        for place, record in enumerate(records):
            oldest = max(0, place + 1 - capacity)
            index.add(sketch(record), place, oldest)
            assert index.shared(sketch(asked), oldest) == looked_through(records[: place + 1], asked, most, oldest)


def test_what_is_out_of_reach_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 100)
    index = Postings(64)
    for place in range(2_000):
        index.add(np.arange(place * 10, place * 10 + 10, dtype=np.uint64), place, max(0, place - 50))
    held = sum(run.keys.size for run in index._places.runs)
    assert held < 50 * 10 * 4, "held in reach, at most doubled by what was not merged yet, and the newest run"
    assert len(index._places.runs) < 12
