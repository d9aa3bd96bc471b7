from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared import alert_board
from shared.alert_board import AlertBoard, alerts_of
from shared.contracts import Alert
from shared.policy import Delivery

Build = Callable[..., Alert]


def versions(board: AlertBoard, channel: str = "any") -> dict[str, int]:
    return {alert.id: alert.version for alert in board.of(channel)}


def test_the_newest_version_stands_in_whatever_order_they_come(make_alert: Build) -> None:
    board = AlertBoard()
    assert board.fold([make_alert("a", 2), make_alert("b"), make_alert("a", 1)])
    assert versions(board) == {"a": 2, "b": 1}
    assert not board.fold([make_alert("a", 2), make_alert("a", 1)])
    assert board.fold([make_alert("a", 3, channels=("ops",))])
    assert versions(board) == {"b": 1}
    assert versions(board, "ops") == {"a": 3, "b": 1}
    board.clear()
    assert versions(board) == {}


def test_open_alerts_are_never_forgotten_and_old_ends_are(make_alert: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_board, "ENDED_KEPT", 3)
    board = AlertBoard()
    start = make_alert().window.end
    for number in range(20):
        at = start + timedelta(hours=number)
        board.fold([make_alert(f"ended{number}", end=at, status="closed"), make_alert(f"open{number}", end=at)])
    known = versions(board)
    assert {f"open{number}" for number in range(20)} < known.keys()
    ended = sorted(int(id_.removeprefix("ended")) for id_ in known if id_.startswith("ended"))
    assert 3 <= len(ended) <= 6
    assert ended[-3:] == [17, 18, 19]


def test_what_is_no_alert_is_left_out(make_alert: Build) -> None:
    def delivery(value: bytes) -> Delivery:
        return Delivery("news.alert.v1", 0, 0, "key", {}, value)

    found: list[Any] = list(alerts_of([delivery(b"{}"), delivery(make_alert("a").to_bytes()), delivery(b"")]))
    assert [alert.id for alert in found] == ["a"]
