from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from services.alert.channels import ALERTMANAGER, Channel, channel_from, configured_channels
from shared.errors import Misuse
from shared.settings import Settings

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
WEBHOOK = {"name": "ops", "type": "webhook", "url": "https://hooks.example/newsloom"}


def secret(folder: Path, text: str = SECRET, mode: int = 0o600) -> str:
    path = folder / "secret"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_a_webhook_with_everything(tmp_path: Path) -> None:
    given = WEBHOOK | {"secret_file": secret(tmp_path, f"{SECRET}\n{SECRET}\n"), "allow_private": ["10.1.2.3/8"]}
    channel = channel_from(given, "rules.toml: channel 1")
    assert channel == Channel(
        "ops", "webhook", WEBHOOK["url"], tmp_path / "secret", None, allow_private=("10.0.0.0/8",)
    )
    assert channel.keys() == (b"s" * 32,) * 2
    assert channel.host == "hooks.example"


def test_files_and_alertmanager(tmp_path: Path) -> None:
    feed = channel_from({"name": "feed", "type": "atom", "path": str(tmp_path / "alerts.atom")}, "x")
    assert feed == Channel("feed", "atom", path=tmp_path / "alerts.atom")
    manager = channel_from({"name": "am", "type": "alertmanager", "url": "http://am:9093/", "allow_private": True}, "x")
    assert manager == Channel("am", "alertmanager", "http://am:9093", allow_private=("host",))
    assert channel_from({"name": "am", "type": "alertmanager", "url": "http://am:9093"}, "x").allow_private == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "mail"}, "type must be one of alertmanager, webhook, atom, stix"),
        ({"type": None}, "type must be"),
        ({"type": ["webhook"]}, "type must be"),
        ({"secret": "x"}, "secret: no key of webhook, which has"),
        ({"path": "x"}, "path: no key of webhook"),
        ({"name": "Ops team"}, "name must be of small letters"),
        ({"name": None}, "name must be"),
        ({"url": None}, "url is missing"),
        ({"url": "hooks.example/x"}, "is no http"),
        ({"url": "ftp://hooks.example/x"}, "is no http"),
        ({"url": "https://hooks.example:port/x"}, "is no http"),
        ({"url": "https://hooks.example/a b"}, "is no http"),
        ({"url": "https://user:word@hooks.example/"}, "must not hold a user or password"),
        ({"url": "https://hooks.example/#x"}, "never sent"),
        ({"secret_file": "/no/such/file"}, "cannot be read"),
        ({"secret_file": 1}, "must be the path"),
        ({"allow_private": "10.0.0.0/8"}, "must be true, false or a list"),
        ({"allow_private": ["ten"]}, "give networks such as"),
        ({"type": "atom", "url": None}, "url: no key of atom"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, Any], said: str) -> None:
    with pytest.raises(Misuse, match=said) as refused:
        channel_from(WEBHOOK | change, "rules.toml: channel 2")
    assert str(refused.value).startswith("rules.toml: channel 2")
    assert "word" not in str(refused.value).replace("password", "")


@pytest.mark.parametrize("path", [None, "", ".", "/no/such/folder/feed.atom"])
def test_a_file_needs_a_folder(path: str | None) -> None:
    with pytest.raises(Misuse, match="path"):
        channel_from({"name": "feed", "type": "stix", "path": path}, "x")


def test_a_secret_is_checked_when_the_channel_is_read(tmp_path: Path) -> None:
    for text, mode, said in (
        (SECRET, 0o644, "chmod 600"),
        ("secret", 0o600, "begins with whsec_"),
        ("\n", 0o600, "is empty"),
    ):
        with pytest.raises(Misuse, match=said):
            channel_from(WEBHOOK | {"secret_file": secret(tmp_path, text, mode)}, "x")


def test_the_alertmanager_of_the_settings_is_a_channel_whose_host_may_be_private() -> None:
    assert configured_channels(Settings()) == ()
    config = Settings(alertmanager_url="http://127.0.0.1:9093/")
    assert configured_channels(config) == (
        Channel(ALERTMANAGER, "alertmanager", "http://127.0.0.1:9093", allow_private=("host",)),
    )
    with pytest.raises(Misuse, match="two channels are named alertmanager"):
        configured_channels(config, (Channel(ALERTMANAGER, "webhook", "https://hooks.example"),))
    with pytest.raises(Misuse, match="NEWSLOOM_ALERTMANAGER_URL"):
        configured_channels(Settings(alertmanager_url="am:9093"))
