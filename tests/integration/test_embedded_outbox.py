"""The outbox beside the embedded pipeline: what it keeps in the log, how it ends, what a run tells."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eager import EAGER
from receiving import Receiver, answers

from services.alert.channels import Channel
from shared import bootstrap
from shared.adapters.sqlite.topics import Topics
from shared.contracts import Alert
from shared.pipeline import ALERT
from shared.policy import Send
from shared.runtime import outbox as outbox_module
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings

Build = Callable[..., Alert]
Configure = Callable[..., None]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> Configure:
    """The channels that the next session has: webhooks by name and address, or what is given."""

    def configure(*given: Channel, **webhooks: str) -> None:
        made = [Channel(name, "webhook", url, allow_private=("127.0.0.0/8",)) for name, url in webhooks.items()]
        monkeypatch.setattr(bootstrap, "channels_of", lambda _: (*given, *made))

    monkeypatch.setattr(outbox_module, "LONGEST_PAUSE_S", 0.2)
    return configure


def message_of(alert: Alert) -> Send:
    return Send(ALERT, alert.id, {"ce_id": alert.id}, alert.to_bytes())


def session_in(folder: Path, **more: Any) -> Session:
    return Session(folder, config=Settings(**EAGER, data_dir=folder, **more))


def kept(session: Session) -> list[str]:
    return [delivery.key for delivery in Topics(session.store).read(ALERT, 0)]


def test_the_alerts_that_a_run_finds_are_told_and_again_tells_nothing(
    tmp_path: Path, receiver: Receiver, channels: Configure, newest_rows: Callable[[int], bytes]
) -> None:
    archive = tmp_path / "archive.jsonl"
    archive.write_bytes(newest_rows(120))
    feed = tmp_path / "alerts.atom"
    channels(Channel("feed", "atom", path=feed), ops=receiver.url)
    with session_in(tmp_path / "data") as session:
        ingest_files(session, [str(archive)], "auto")
        assert session.told(20) == {}
        found = {alert.id for alert in session.reading.index.alerts()}
    assert found
    assert {id_.partition(".")[0] for id_ in receiver.taken} == found
    assert feed.read_text().count("<entry>") == len(found)
    told = len(receiver.got)
    with session_in(tmp_path / "data") as session:
        ingest_files(session, [str(archive)], "auto")
        assert session.told(20) == {}
    assert len(receiver.got) == told


def test_a_channel_that_is_new_begins_with_what_its_first_run_finds(
    tmp_path: Path, receiver: Receiver, channels: Configure, make_alert: Build
) -> None:
    channels()
    with session_in(tmp_path) as session:
        session.send([message_of(make_alert("before"))])
        session.work()
    channels(ops=receiver.url)
    with session_in(tmp_path) as session:
        session.send([message_of(make_alert("after"))])
        session.work()
        assert session.told(20) == {}
    assert receiver.taken == ["after.1"]


def test_pruning_keeps_what_a_channel_waits_for_and_nothing_for_one_that_is_gone(
    tmp_path: Path, receiver: Receiver, channels: Configure, make_alert: Build
) -> None:
    receiver.answer = answers(then=503)
    channels(ops=receiver.url)
    with session_in(tmp_path, log_retention_hours=1e-9) as session:
        session.send([message_of(make_alert(id_)) for id_ in "ab"])
        session.work()
        assert session.told(0.5)["ops"].startswith("2 waiting; 127.0.0.1")
        session.send([message_of(make_alert("c"))])
        session.work()
        session.pipeline.prune()
        assert kept(session) == ["a", "b", "c"]
    receiver.answer = answers()
    with session_in(tmp_path, log_retention_hours=1e-9) as session:
        assert session.told(20) == {}
        assert receiver.taken == ["a.1", "b.1", "c.1"]

    channels(dev=receiver.url)
    with session_in(tmp_path, log_retention_hours=1e-9) as session:
        session.send([message_of(make_alert("d"))])
        session.work()
        assert session.told(20) == {}
        session.send([message_of(make_alert("e"))])
        session.pipeline.drain()
        assert session.told(20) == {}
        session.pipeline.prune()
        assert kept(session)[-1:] == ["e"]
        assert "a" not in kept(session)
    receiver.got.clear()
    # It comes back, and is told what is still there.
    channels(ops=receiver.url)
    with session_in(tmp_path) as session:
        session.send([message_of(make_alert("f"))])
        assert session.told(20) == {}
    assert receiver.taken[-1] == "f.1"


def test_a_receiver_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, receiver: Receiver, channels: Configure, make_alert: Build
) -> None:
    receiver.delay_s = 30
    channels(ops=receiver.url)
    with session_in(tmp_path) as session:
        session.start()
        session.send([message_of(make_alert())])
        assert session.told(1).keys() == {"ops"}
        began = time.monotonic()
    assert time.monotonic() - began < 9


def test_a_bug_ends_the_process_as_one_in_the_pipeline_does(
    tmp_path: Path, channels: Configure, make_alert: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError("a bug")

    channels(ops="http://127.0.0.1:9")
    monkeypatch.setattr(outbox_module, "is_for", broken)
    with session_in(tmp_path) as session:
        session.start()
        session.send([message_of(make_alert())])
        with pytest.raises(ZeroDivisionError):
            session.told(10)
        with pytest.raises(ZeroDivisionError):
            session.check()
