from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cli.counted import counted
from shared.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b]0;title\x07", "\ufffd[31mred\ufffd]0;title\ufffd"),
        ("\x9b2J", "\ufffd2J"),
        ("one\r\ntwo\tthree\u2028four", "one  two three four"),
        ("abc\u202etxt.exe\u2069\u200f", "abctxt.exe"),
        ("\ud800", "\ufffd"),
        ("[/foo] [bold]", "[/foo] [bold]"),
        ("Кремль 普京 بوتين 푸틴 ไทย नमस्ते 👩‍🚀", "Кремль 普京 بوتين 푸틴 ไทย नमस्ते 👩‍🚀"),
    ],
)
def test_nothing_is_left_that_a_terminal_would_obey(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_it_is_one_line_without_controls_and_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in shown)
    assert not any(
        unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for char in shown
    )
    assert printable(shown) == shown


def test_one_is_no_plural() -> None:
    assert [counted(number, "alert") for number in (0, 1, 2)] == ["0 alerts", "1 alert", "2 alerts"]
    assert counted(2, "story", "stories") == "2 stories"
