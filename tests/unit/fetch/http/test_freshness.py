from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch.http.freshness import LONGEST_S, fresh_for_s

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": "public, Max-Age = 300, must-revalidate"}, 300),
        ({"cache-control": 'max-age="300"'}, 300),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "301"}, None),
        ({"cache-control": "max-age=300", "age": "old"}, 300),
        ({"cache-control": "max-age=300, no-cache"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=31536000"}, LONGEST_S),
        ({"cache-control": "s-maxage=300"}, None),
        ({"cache-control": "max-age=300", "expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 300),
        ({"expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, 3600),
        ({"expires": "Sun, 01 Mar 2026 11:00:00 GMT"}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, LONGEST_S),
    ],
)
def test_how_long_a_response_is_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for_s(headers, NOW) == seconds


@given(st.dictionaries(st.sampled_from(["cache-control", "age", "expires"]), st.text()))
def test_no_header_is_an_error(headers: dict[str, str]) -> None:
    found = fresh_for_s(headers, NOW)
    assert found is None or 0 < found <= LONGEST_S
