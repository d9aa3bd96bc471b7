"""What the documentation tells operators to do works as it stands: the receiver of webhooks, the mail."""

from __future__ import annotations

import base64
import re
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from fixtures import need, running_alertmanager
from real import free_port, wait_until

from services.alert.channels import Channel, channel_from
from services.alert.told.links import Links
from shared.adapters.notify.alertmanager import Alertmanager as AlertmanagerChannel
from shared.adapters.notify.webhook import Webhook
from shared.clock import SystemClock
from shared.contracts import Alert
from shared.ports import Declined

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "channels.md").read_text("utf-8")
Build = Callable[..., Alert]


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, language
    return found[1]


async def test_the_receiver_of_the_documentation_knows_us_and_nobody_else(tmp_path: Path, make_alert: Build) -> None:
    secrets = {name: "whsec_" + base64.b64encode(name.encode() * 8).decode() for name in ("ours", "that")}
    for name, secret in secrets.items():
        (tmp_path / f"{name}.secret").write_text(secret + "\n")
        (tmp_path / f"{name}.secret").chmod(0o600)
    (tmp_path / "ops.secret").write_text(secrets["ours"] + "\n")
    port = free_port()
    (tmp_path / "receiver.py").write_text(block("python").replace("8080", str(port)))
    with subprocess.Popen(
        [sys.executable, "receiver.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 20)

            def webhook(name: str) -> Webhook:
                channel = Channel(
                    "ops", "webhook", f"http://127.0.0.1:{port}", tmp_path / f"{name}.secret", allow_private=("host",)
                )
                return Webhook(channel, Links())

            ours, other = webhook("ours"), webhook("that")
            await ours.tell(make_alert())
            await ours.tell(make_alert())
            with pytest.raises(Declined, match="401"):
                await other.tell(make_alert("other"))
            await ours.tell(make_alert("alert", 2, status="closed"))
            await ours.close()
            await other.close()
        finally:
            process.kill()
        said = (process.stdout.read() if process.stdout else "").splitlines()
    assert [line.partition(" ")[0] for line in said] == ["firing", "resolved"]
    assert said[0] == "firing A + B: together for the first time in 30 days of history"


def test_the_table_of_the_documentation_is_a_channel(tmp_path: Path) -> None:
    import tomllib

    secret = tmp_path / "secret"
    secret.write_text("whsec_" + base64.b64encode(b"s" * 32).decode())
    secret.chmod(0o600)
    [table] = tomllib.loads(block("toml").replace("/run/secrets/newsloom_ops", str(secret)))["channel"]
    assert channel_from(table, "docs").name == "ops"


@contextmanager
def mail_server() -> Iterator[tuple[int, list[bytes]]]:
    """As much of SMTP as a message takes; yields the port and what came."""
    mails: list[bytes] = []

    def converse(connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as stream:
            stream.write(b"220 local\r\n")
            while line := stream.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    stream.write(b"354 go on\r\n")
                    lines = []
                    while (text := stream.readline()) != b".\r\n":
                        lines.append(text)
                    mails.append(b"".join(lines))
                stream.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                if word == b"QUIT":
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], mails


async def test_alertmanager_mails_what_a_person_can_check(tmp_path: Path, make_alert: Build) -> None:
    """With the receiver that stands commented out in the configuration, in the route that the page names."""
    need("alertmanager")
    before, mark, commented = (
        (ROOT / "deploy/alertmanager/alertmanager.yml").read_text("utf-8").partition("  # - name: mail\n")
    )
    assert mark
    receiver = textwrap.indent(re.sub(r"^  # ?", "", mark + commented, flags=re.MULTILINE), "  ")
    with mail_server() as (port, mails):
        receiver = receiver.replace("mail.example.org:587", f"127.0.0.1:{port}")
        receiver = re.sub(r"^ *auth_.*\n", "", receiver, flags=re.MULTILINE).replace(
            "send_resolved", "require_tls: false\n        send_resolved"
        )
        receiver = re.sub(r"^ +require_tls", "        require_tls", receiver, flags=re.MULTILINE)
        config = tmp_path / "alertmanager.yml"
        config.write_text(
            (before + receiver)
            .replace("receiver: page-only\n      # receiver: mail", "receiver: mail")
            .replace("group_wait: 30s", "group_wait: 1s")
        )
        with running_alertmanager(tmp_path / "am", config=config) as server:
            channel = Channel("am", "alertmanager", server.url, allow_private=("host",))
            display = AlertmanagerChannel(channel, Links("https://kibana.example"), 60)
            await display.show([make_alert("one"), make_alert("two")], SystemClock().now())
            await display.close()
            wait_until(lambda: len(mails) == 2, 30, lambda: server.log.read_text()[-2000:] + config.read_text()[-1500:])
            time.sleep(0.5)
    assert len(mails) == 2, "one alert, one mail"
    mail = message_from_bytes(mails[0], policy=policy.default)
    assert mail["subject"] == "A + B: together for the first time in 30 days of history"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "“A and B met.” Paper (en)" in text
    assert "https://paper.example/1" in text
    assert "Kibana: https://kibana.example/app/discover#" in text
