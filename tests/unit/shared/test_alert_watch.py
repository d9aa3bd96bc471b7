from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.sqlite.article_index import SqliteArticleIndex
from shared.adapters.sqlite.store import Store
from shared.cli import alert_watch
from shared.cli.alert_watch import AlertWatch


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "newsloom.sqlite")


def put(store: Store, *alerts: Any) -> None:
    with store.transaction():
        SqliteArticleIndex(store).put(alerts)


def test_each_alert_is_new_once_and_those_of_before_never(store: Store, make_alert: Callable[..., Any]) -> None:
    put(store, make_alert("before"))
    watch = AlertWatch(SqliteArticleIndex(Store(store.path, read_only=True)))
    assert watch.new() == []
    put(store, make_alert("one"), make_alert("two"), make_alert("before", version=2))
    assert {alert.id for alert in watch.new()} == {"one", "two"}
    put(store, make_alert("one", version=2), make_alert("three"))
    assert [alert.id for alert in watch.new()] == ["three"]
    assert watch.found == 3


def test_a_panel_shows_other_peoples_text_as_text(
    store: Store, make_alert: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    watch = AlertWatch(SqliteArticleIndex(Store(store.path, read_only=True)))
    [harmless] = make_alert("one").evidence
    bad = {"source": "[/foo] \x1b[31m", "snippet": "a\x07b\u202ec", "url": "https://paper.example/\x9b2J"}
    put(store, make_alert("one", evidence=(harmless.model_copy(update=bad),)))
    watch.show()
    shown = capsys.readouterr().out
    assert "[/foo]" in shown
    assert not set("\x1b\x07\x9b\u202e") & set(shown)


def test_it_goes_on_looking_also_after_trouble_with_the_disk(
    store: Store,
    make_alert: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = AlertWatch(SqliteArticleIndex(Store(store.path, read_only=True)))
    monkeypatch.setattr(alert_watch, "LOOK_EVERY", 0.001)
    looked, trouble = watch.new, sqlite3.OperationalError("disk I/O error")
    trouble.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    answers = iter([trouble])

    def new() -> Any:
        for error in answers:
            raise error
        return looked()

    monkeypatch.setattr(watch, "new", new)

    async def watching() -> None:
        task = asyncio.create_task(watch.keep_showing())
        put(store, make_alert("one"))
        while not watch.found and not task.done():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(asyncio.wait_for(watching(), 10))
    assert "A + B" in capsys.readouterr().out
