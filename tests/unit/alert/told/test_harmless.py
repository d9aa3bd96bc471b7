from __future__ import annotations

import pytest

from services.alert.told.harmless import URL_LIMIT, harmless, harmless_url


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Путин и 金正恩 met", "Путин и 金正恩 met"),
        ("<script>alert(1)</script>", "‹script›alert(1)‹/script›"),
        ("<!channel> look", "‹!channel› look"),
        ("@everyone and @here, not a@b", "＠everyone and ＠here, not a@b"),
        ("[bank](http://evil.example)", "[bank] (http://evil.example)"),
        ("two\nlines\r\n\x1b[2J\x00", "two lines �[2J�"),
        ("\u202eevil\u2066", "evil"),
        ("`rm`", "'rm'"),
        ("\ud800", "�"),
        ("x" * 50, "x" * 19 + "…"),
    ],
)
def test_nothing_obeys_what_others_wrote(text: str, shown: str) -> None:
    assert harmless(text, 20 if len(text) == 50 else 100) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://paper.example/a?b=c&d=%20e#f", "https://paper.example/a?b=c&d=%20e#f"),
        ("https://user:word@paper.example/a", "https://paper.example/a"),
        ("https://paper.example/новость", "https://paper.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
        ("https://paper.example/\"><b>' |x", "https://paper.example/%22%3E%3Cb%3E%27%20%7Cx"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//paper.example/a", ""),
        ("https://[::1", ""),
        ("https://paper.example/" + "a" * URL_LIMIT, ""),
        ("", ""),
    ],
)
def test_an_address_leads_where_it_says_or_nowhere(url: str, shown: str) -> None:
    assert harmless_url(url) == shown
