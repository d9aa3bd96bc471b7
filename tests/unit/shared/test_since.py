"""--since, in any form that a time can have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from shared.cli.options import time_of
from shared.errors import Misuse


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2024-06-19", datetime(2024, 6, 19, tzinfo=UTC)),
        ("2024-06-19T06:00Z", datetime(2024, 6, 19, 6, tzinfo=UTC)),
        ("2024-06-19T06:00+02:00", datetime(2024, 6, 19, 4, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_utc(given: str, meant: datetime) -> None:
    assert time_of("--since", given) == meant


@pytest.mark.parametrize("given", ["", "yesterday", "2024-13-01", "0001-01-01T00:00+01:00", "9999-12-31T23:59-05:00"])
def test_what_is_no_time_is_one_line(given: str) -> None:
    with pytest.raises(Misuse, match="--since"):
        time_of("--since", given)
