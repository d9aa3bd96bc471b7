from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from shared.runtime import crash_points


@pytest.fixture(autouse=True)
def _unset_again() -> Iterator[None]:
    yield
    importlib.reload(crash_points)


@pytest.mark.parametrize(
    "value", ["index:written", "index:written:", "index:written:³", "index:written:-1", "x:" + "9" * 5_000, ":"]
)
def test_a_malformed_crash_point_is_as_if_unset(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("NEWSLOOM_CRASH_AT", value)
        importlib.reload(crash_points)
        for point in ("index:written", "index", "x"):
            crash_points.reached(point)
