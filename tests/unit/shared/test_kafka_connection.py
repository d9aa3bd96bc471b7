"""Settings of Kafka's security: what is made of them, and what is said of those that cannot be meant."""

from __future__ import annotations

import asyncio
import gc
import ssl
import threading
import time
from pathlib import Path
from typing import Any

import certificates
import pytest
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedVersionError,
)

from shared.adapters.kafka.client import KafkaClient
from shared.adapters.kafka.connection import client_options, faust_credentials
from shared.adapters.kafka.failures import explain, explained
from shared.errors import Misuse, NotAvailable
from shared.settings import Settings

SECRET = "correct-horse-battery"


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(SECRET + "\n")
    return path


def sasl(password: Path, **more: Any) -> Settings:
    values = {"kafka_security": "SASL_PLAINTEXT", "kafka_username": "ann", "kafka_password_file": password}
    return Settings(**{**values, **more})


def test_the_line_end_that_editors_add_is_no_part_of_a_password(password: Path) -> None:
    assert client_options(sasl(password))["sasl_plain_password"] == SECRET


def test_no_secret_is_shown_by_settings_or_credentials(password: Path) -> None:
    config = sasl(password)
    assert SECRET not in f"{config!r} {config} {faust_credentials(config)!r} {config.model_dump_json()}"


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"kafka_password_file": "missing"}, "NEWSLOOM_KAFKA_PASSWORD_FILE"),
        ({"kafka_password_file": "."}, "NEWSLOOM_KAFKA_PASSWORD_FILE"),
        ({"kafka_password_file": "empty"}, "NEWSLOOM_KAFKA_PASSWORD_FILE"),
        ({"kafka_password_file": "binary"}, "NEWSLOOM_KAFKA_PASSWORD_FILE"),
        ({"kafka_password_file": None}, "NEWSLOOM_KAFKA_PASSWORD_FILE"),
        ({"kafka_username": ""}, "NEWSLOOM_KAFKA_USERNAME"),
        ({"kafka_security": "SASL_SSL", "kafka_ca_file": "missing"}, "NEWSLOOM_KAFKA_CA_FILE"),
        ({"kafka_security": "SASL_SSL", "kafka_ca_file": "empty"}, "NEWSLOOM_KAFKA_CA_FILE"),
        ({"kafka_security": "SASL_SSL", "kafka_ca_file": "password"}, "NEWSLOOM_KAFKA_CA_FILE"),
        ({"kafka_security": "SSL", "kafka_cert_file": "missing"}, "NEWSLOOM_KAFKA_CERT_FILE"),
        ({"kafka_security": "SSL", "kafka_cert_file": "password"}, "NEWSLOOM_KAFKA_CERT_FILE"),
        ({"kafka_security": "SSL", "kafka_key_file": "password"}, "NEWSLOOM_KAFKA_KEY_FILE"),
        ({"kafka_bootstrap": ""}, "NEWSLOOM_KAFKA_BOOTSTRAP"),
        ({"kafka_bootstrap": "broker"}, "NEWSLOOM_KAFKA_BOOTSTRAP"),
        ({"kafka_bootstrap": "broker:port"}, "NEWSLOOM_KAFKA_BOOTSTRAP"),
        ({"kafka_bootstrap": "broker:9092,broker:99999"}, "NEWSLOOM_KAFKA_BOOTSTRAP"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(
    changes: dict[str, Any], setting: str, password: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    placed = {
        name: tmp_path / value if name.endswith("_file") and value is not None else value
        for name, value in changes.items()
    }
    with pytest.raises(Misuse, match=setting) as caught:
        client_options(sasl(password, **placed))
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_certificate_of_another_key_and_a_locked_key_are_refused_without_asking_the_terminal(tmp_path: Path) -> None:
    certificates.make(tmp_path / "one")
    certificates.make(tmp_path / "two")
    locked = tmp_path / "locked.key"
    certificates._openssl(
        tmp_path, "rsa", "-aes128", "-passout", "pass:abcd", "-in", "one/client.key", "-out", str(locked)
    )
    for key in (tmp_path / "two" / "client.key", locked):
        own = Settings(
            kafka_security="SSL",
            kafka_cert_file=tmp_path / "one" / "client.pem",
            kafka_key_file=key,
            kafka_ca_file=None,
        )
        with pytest.raises(Misuse, match="NEWSLOOM_KAFKA_KEY_FILE"):
            client_options(own)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SaslAuthenticationFailed("bad credentials"), ["NEWSLOOM_KAFKA_PASSWORD_FILE", "bad credentials", "ann"]),
        (TopicAuthorizationFailedError("to READ the topic news.entry.v1"), ["ann", "lacks a right", "news.entry.v1"]),
        (GroupAuthorizationFailedError("to READ the group g"), ["lacks a right", "group g"]),
        (UnsupportedVersionError("no such api"), ["too old"]),
        (KafkaConnectionError("Connection closed"), ["hangs up", "NEWSLOOM_KAFKA_SECURITY=SASL_PLAINTEXT"]),
        (ssl.SSLError(1, "alert"), ["NEWSLOOM_KAFKA_CERT_FILE"]),
        (ConnectionRefusedError(111, "Connect call failed"), ["can be reached", "NEWSLOOM_KAFKA_BOOTSTRAP"]),
        (TimeoutError(), ["in time", "NEWSLOOM_KAFKA_BOOTSTRAP"]),
    ],
)
def test_what_brokers_answer_is_one_line_that_says_what_to_do(
    error: Exception, words: list[str], password: Path
) -> None:
    line = explain(error, sasl(password))
    assert "\n" not in line
    assert not [word for word in words if word not in line], line


def test_a_files_error_is_not_taken_for_the_networks(password: Path) -> None:
    with pytest.raises(FileNotFoundError), explained(sasl(password)):
        Path("/nowhere/at/all").read_text()
    with pytest.raises(NotAvailable), explained(sasl(password)):
        raise ConnectionResetError


@pytest.mark.parametrize(("error", "is_heard"), [(ssl.SSLError(1, "alert"), False), (ValueError("ours"), True)])
def test_a_connection_that_ends_while_nobody_waits_says_nothing_twice(
    error: Exception, is_heard: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def leave() -> None:
        asyncio.get_running_loop().create_future().set_exception(error)
        gc.collect()

    asyncio.run(leave())
    assert any("never retrieved" in record.getMessage() for record in caplog.records) is is_heard


def test_a_client_that_closes_lets_waiters_go() -> None:
    client, ended = KafkaClient(Settings()), threading.Event()

    def wait_for_ever() -> None:
        try:
            client.run(asyncio.Event().wait())
        except BaseException:
            ended.set()

    waiter = threading.Thread(target=wait_for_ever, daemon=True)
    waiter.start()
    time.sleep(0.05)
    client.close()
    assert ended.wait(5)
