"""The adapters of channels against servers on loopback: what is taken, what is tried again, what is refused, and where nobody knocks."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from receiving import Receiver, answers

from services.alert.channels import Channel
from services.alert.told.links import Links
from services.alert.told.standard_webhooks import is_genuine, parse_secret
from shared.adapters.notify.alertmanager import Alertmanager
from shared.adapters.notify.feed_file import FeedFile
from shared.adapters.notify.posting import LONGEST_RETRY_AFTER_S
from shared.adapters.notify.webhook import Webhook
from shared.clock import SimulatedClock
from shared.ports import Declined, NotNow

Build = Callable[..., Any]
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def webhook(url: str, **more: Any) -> Webhook:
    values = {"allow_private": ("host",), **more}
    return Webhook(Channel("ops", "webhook", url, **values), Links(), total_s=1.0)


async def told(notifier: Webhook, alert: Any) -> None:
    try:
        await notifier.tell(alert)
    finally:
        await notifier.close()


async def test_a_message_is_signed_and_typed(make_alert: Build, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    with Receiver().running() as receiver:
        await told(webhook(receiver.url, secret_file=secret), make_alert("id", 7))
    [got] = receiver.got
    assert (got.path, got.id, got.headers["content-type"]) == ("/hook", "id.7", "application/json")
    assert is_genuine([parse_secret(SECRET)], got.headers, got.body, time.time())
    assert got.json["newsloom"]["version"] == 7
    assert "cookie" not in got.headers


async def test_a_secret_that_is_gone_is_waited_for(make_alert: Build, tmp_path: Path) -> None:
    with Receiver().running() as receiver, pytest.raises(NotNow, match="cannot be read"):
        await told(webhook(receiver.url, secret_file=tmp_path / "none"), make_alert())
    assert not receiver.got, "nothing goes out unsigned"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_not_now(status: int, make_alert: Build) -> None:
    with Receiver(answers(status)).running() as receiver, pytest.raises(NotNow, match=str(status)) as raised:
        await told(webhook(receiver.url), make_alert())
    assert raised.value.retry_after is None


@pytest.mark.parametrize(
    ("given", "seconds"), [("7", 7.0), ("999999", LONGEST_RETRY_AFTER_S), ("soon", None), ("-1", 0.0)]
)
async def test_a_receiver_may_ask_for_a_pause(given: str, seconds: float | None, make_alert: Build) -> None:
    receiver = Receiver(lambda _: (503, {"Retry-After": given}))
    with receiver.running(), pytest.raises(NotNow) as raised:
        await told(webhook(receiver.url), make_alert())
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize(
    ("status", "by_message"),
    [(400, True), (413, True), (422, True), (401, False), (403, False), (404, False), (410, False)],
)
async def test_declined(status: int, by_message: bool, make_alert: Build) -> None:
    with Receiver(answers(status)).running() as receiver, pytest.raises(Declined) as raised:
        await told(webhook(receiver.url), make_alert())
    assert raised.value.by_message is by_message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int, make_alert: Build) -> None:
    with Receiver().running() as other:
        receiver = Receiver(lambda _: (status, {"Location": other.url}))
        with receiver.running(), pytest.raises(Declined, match="redirects are not followed") as raised:
            await told(webhook(receiver.url), make_alert())
    assert not raised.value.by_message
    assert (len(receiver.got), other.got) == (1, [])


@pytest.mark.parametrize("allowed", [(), ("10.0.0.0/8",)])
async def test_a_private_address_is_not_connected_to(allowed: tuple[str, ...], make_alert: Build) -> None:
    with Receiver().running() as receiver:
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
            notifier = webhook(f"http://{host}:{receiver.port}/hook", allow_private=allowed)
            with pytest.raises(Declined, match="allow_private") as raised:
                await told(notifier, make_alert())
            assert not raised.value.by_message
        await told(webhook(receiver.url, allow_private=("127.0.0.0/8",)), make_alert())
    assert len(receiver.got) == 1


async def test_the_environments_proxy_is_not_asked(make_alert: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    with Receiver().running() as proxy, Receiver().running() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await told(webhook(receiver.url), make_alert())
    assert (len(receiver.got), proxy.got) == (1, [])


async def test_a_receiver_that_is_not_there_is_waited_for(make_alert: Build) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(NotNow):
            await told(webhook(f"http://127.0.0.1:{nobody.getsockname()[1]}/"), make_alert())
    with pytest.raises(NotNow):
        await told(webhook("http://no-such-host.invalid/"), make_alert())


async def test_a_slow_receiver_is_not_waited_for_longer_than_that(make_alert: Build) -> None:
    began = time.monotonic()
    with Receiver(delay_s=5).running() as receiver, pytest.raises(NotNow, match="in time"):
        await told(webhook(receiver.url), make_alert())
    assert time.monotonic() - began < 3


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                try:
                    answer(connection)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


async def test_an_endless_answer_is_not_read(make_alert: Build) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            connection.sendall(b"<\x1b[2J" * 1_000)

    with raw_server(endless) as url, pytest.raises(Declined) as raised:
        await told(webhook(url), make_alert())
    assert len(str(raised.value)) < 400
    assert "\x1b" not in str(raised.value)


async def test_an_answer_that_is_no_http_is_waited_for(make_alert: Build) -> None:
    with raw_server(lambda connection: connection.sendall(b"220 smtp ready\r\n")) as url, pytest.raises(NotNow):
        await told(webhook(url), make_alert())


def posted(receiver: Receiver) -> dict[str, tuple[str, str]]:
    """Of the last message, start and end by the alert's id."""
    return {each["labels"]["alert_id"]: (each["startsAt"], each["endsAt"]) for each in receiver.got[-1].json}


async def test_alertmanager_is_shown_what_stands_and_for_a_while_what_ended(make_alert: Build) -> None:
    clock = SimulatedClock(NOON)
    with AlertmanagerReceiver().running() as receiver:
        channel = Channel("am", "alertmanager", f"http://127.0.0.1:{receiver.port}", allow_private=("host",))
        display = Alertmanager(channel, Links(), 60, clock=clock)
        one, two = make_alert("one"), make_alert("two")
        muted = make_alert("muted", muted_until=NOON + timedelta(hours=1))
        closed = make_alert("closed", status="closed")
        await display.show([one, two, muted, closed], NOON)
        assert receiver.got[-1].path == "/api/v2/alerts"
        assert {id_: end for id_, (_, end) in posted(receiver).items()} == dict.fromkeys(
            ("one", "two"), "2026-01-02T12:05:00Z"
        )

        clock.advance(timedelta(minutes=1))
        ended = make_alert("one", 2, status="closed")
        for _ in range(2):
            await display.show([ended, two], NOON)
            assert posted(receiver)["one"][1] == "2026-01-02T12:01:00Z"
            clock.advance(timedelta(minutes=1))
        assert posted(receiver)["two"][1] == "2026-01-02T12:07:00Z"

        clock.advance(timedelta(minutes=11))
        await display.show([ended, two], NOON)
        assert posted(receiver).keys() == {"two"}
        # What a person unmutes is shown again, what is muted ends.
        await display.show(
            [ended, make_alert("two", muted_until=NOON + timedelta(days=1)), muted], NOON + timedelta(hours=2)
        )
        assert posted(receiver)["two"][1] == "2026-01-02T12:14:00Z"
        assert posted(receiver)["muted"][1] > "2026-01-02T12:15"
        await display.close()


async def test_alertmanager_behind_a_guard_knows_us_by_a_token(make_alert: Build, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("a-token\n")
    secret.chmod(0o600)
    with AlertmanagerReceiver().running() as receiver:
        channel = Channel("am", "alertmanager", f"http://127.0.0.1:{receiver.port}", secret, allow_private=("host",))
        display = Alertmanager(channel, Links(), 60)
        await display.show([make_alert()], NOON)
        secret.write_text("two words")
        with pytest.raises(NotNow, match="no token"):
            await display.show([make_alert()], NOON)
        await display.close()
    assert [each.headers["authorization"] for each in receiver.got] == ["Bearer a-token"]


class AlertmanagerReceiver(Receiver):
    """Takes what has no `webhook-id`."""


async def test_many_alerts_are_posted_in_parts_and_a_part_that_is_declined_stops_no_other(make_alert: Build) -> None:
    with AlertmanagerReceiver(answers(400)).running() as receiver:
        channel = Channel(
            "am", "alertmanager", f"http://127.0.0.1:{receiver.port}/api/v2/alerts", allow_private=("host",)
        )
        display = Alertmanager(channel, Links(), 60)
        with pytest.raises(Declined):
            await display.show([make_alert(str(number)) for number in range(250)], NOON)
        await display.close()
    assert [len(each.json) for each in receiver.got] == [100, 100, 50]
    assert {each.path for each in receiver.got} == {"/api/v2/alerts"}


async def test_a_file_is_replaced_whole(make_alert: Build, tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    display = FeedFile(path, lambda alerts: json.dumps([alert.id for alert in alerts]).encode())
    await display.show([make_alert("a")], NOON)
    before = path.stat().st_mtime_ns
    await display.show([make_alert("a")], NOON)
    assert path.stat().st_mtime_ns == before
    await display.show([make_alert("a"), make_alert("b")], NOON)
    assert json.loads(path.read_text()) == ["a", "b"]
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    path.mkdir()
    with pytest.raises(NotNow, match="cannot be written"):
        await display.show([make_alert("c")], NOON)
    assert list(tmp_path.iterdir()) == [path]
