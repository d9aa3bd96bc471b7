"""The view as columns: what is made of them again is the same, and judges the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from services.alert.stage import AlertStage, AlertView
from shared.deciding import mute_of

HOUR = timedelta(hours=1)


def folded(room: Any) -> AlertView:
    view = AlertStage(room.rules).new_view(room.log)
    for record in room.log.read():
        view.fold(record)
    return view


def again(view: AlertView, room: Any) -> AlertView:
    """As it is when another process reads it."""
    stage = AlertStage(room.rules)
    return stage.view_of({name: column.copy() for name, column in stage.columns(view).items()}, room.log)


def assert_same(one: AlertView, other: AlertView) -> None:
    mine, theirs = AlertStage().columns(one), AlertStage().columns(other)
    assert mine.keys() == theirs.keys()
    for name, column in mine.items():
        np.testing.assert_array_equal(column, theirs[name], name)
    for name, value in vars(one.alerts).items():
        assert getattr(other.alerts, name) == value, name


def test_alerts_mutes_and_counts_are_the_same(room: Any, noon: datetime) -> None:
    (opened,) = [alert for hour in range(3) for alert in room.story(("ann", "bob"), noon + hour * HOUR)][:1]
    room.tell(mute_of(opened, noon + 90 * HOUR, noon + 4 * HOUR))
    room.story(("cid", "dan"), noon + 5 * HOUR)
    view = folded(room)
    made = again(view, room)
    assert view.alerts.muted_until(("ann", "bob"), noon) is not None
    assert view.alerts.get(("ann", "bob")) is not None
    assert_same(view, made)
    for one in (view, made):
        assert [told.story for told in one.history.together(("ann", "bob"), noon - HOUR, noon + 9 * HOUR)]


def test_what_comes_then_is_the_same(newsroom: Callable[..., Any], noon: datetime, monkeypatch: Any) -> None:
    """A small capacity, so that stories leave, before and after; and small runs, so that some are merged."""
    monkeypatch.setattr("shared.sorted_runs.FRESH", 50)
    room = newsroom(capacity=120)
    room.past(noon, days=40)
    for hour in range(4):
        room.story(("ann", "bob", "cid"), noon + hour * HOUR)
    view = folded(room)
    made = again(view, room)
    for hour in range(300):
        room.story((("ann", "bob", "eve")[hour % 3], f"new {hour}"), noon + (5 + hour) * HOUR)
    for record in list(room.log.read())[-300:]:
        view.fold(record)
        made.fold(record)
    assert len(view.history) < 130
    assert_same(view, made)
