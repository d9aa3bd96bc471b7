from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from services.fetch.websub.keys import Keys, key_in, may_be_told_secrets


def test_what_is_derived_is_the_same_for_ever_and_shared_by_nobody() -> None:
    assert Keys("key").token("f", "h", "t") == "f9e8206c60f42b97f644366d2021e119616ee7b5e8ddd2cfc47d82f4fb02a78d"
    names = list(product(("key", "other"), ("f", "ff"), ("h", "hh"), ("t", "tt")))
    tokens = {Keys(key).token(feed, hub, topic) for key, feed, hub, topic in names}
    secrets = {Keys(key).secret(feed, hub, topic) for key, feed, hub, topic in names}
    assert len(tokens | secrets) == 2 * len(names)
    assert all(len(each) == 64 and each.isalnum() for each in tokens | secrets)


def test_the_key_does_not_show() -> None:
    keys = Keys("do not show me")
    assert "show me" not in repr(keys) + str(keys) + keys.id
    assert keys.id != Keys("another").id


def test_a_folder_has_one_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = key_in(tmp_path / "new")
    text = path.read_text()
    assert len(text.strip()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert key_in(tmp_path / "new").read_text() == text
    assert list((tmp_path / "new").iterdir()) == [path]


@pytest.mark.parametrize(
    ("hub", "told"),
    [
        ("https://hub.example/", True),
        ("http://hub.example/", False),
        ("http://127.0.0.1:8080/", True),
        ("http://[::1]/", True),
        ("http://127.0.0.1.example/", False),
        ("http://10.0.0.1/", False),
        ("http://localhost/", False),
    ],
)
def test_a_secret_is_told_where_nobody_listens_in(hub: str, told: bool) -> None:
    assert may_be_told_secrets(hub) is told
