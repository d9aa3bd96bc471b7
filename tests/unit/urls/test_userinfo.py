from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.urls.userinfo import without_userinfo


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:geheim@paper.example/x?y#z", "https://paper.example/x?y#z"),
        ("https://geheim@paper.example", "https://paper.example"),
        ("https://u:a@b@paper.example/", "https://paper.example/"),
        ("not an http(s) URL: 'htp://u:geheim@x'; or http://u:p@y", "not an http(s) URL: 'htp://x'; or http://y"),
        ("u:geheim@paper.example/x", "paper.example/x"),
        ("https://paper.example/@user", "https://paper.example/@user"),
        ("https://paper.example/?mail=a@b.example", "https://paper.example/?mail=a@b.example"),
        ("https://paper.example#a@b", "https://paper.example#a@b"),
        ("plain", "plain"),
    ],
)
def test_user_and_password_go_and_nothing_else(text: str, shown: str) -> None:
    assert without_userinfo(text) == shown


@given(st.text("u:@%2F!", max_size=8), st.sampled_from(["", "/", "/a@b", "?a@b", "#a@b"]))
def test_what_is_left_is_the_same_address(userinfo: str, rest: str) -> None:
    assert without_userinfo(f"https://{userinfo}@paper.example{rest}") == f"https://paper.example{rest}"
