import json
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.clean_text import clean

SAMPLE = Path(__file__).parents[2] / "data" / "sample-article.jsonl"
LIMIT = 10_000

awkward = st.text(
    st.sampled_from(
        "aé e\u0301\u0323ابی\u200c\u200d\u200b\ufeff \u00a0\u202f\u2009\u3000\t\n\r\u2028\x00\x85\u202e\ud83d\ude00\ud800"
        "क्ष\u1100\u1161😀👩\ufe0f\U0001f3fd🏴\U000e0067\U000e007f.«»\u2126\u0344\u0958\u2000"
    ),
    max_size=40,
)


def test_the_sample_article_comes_through_as_the_same_string() -> None:
    article = json.loads(SAMPLE.read_text("utf-8"))
    for field in ("title", "text"):
        assert clean(article[field], limit=100_000).text is article[field]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain text", "plain text"),
        ("  two   spaces \t and a tab  ", "two spaces and a tab"),
        ("a\r\n\r\n\r\n  b\u2029c\x0cd", "a\nb\nc\nd"),
        ("cafe\u0301", "café"),
        ("nul\x00 bell\x07 del\x7f c1\x9f", "nul bell del c1"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
        ("evil\u202egnp.exe\u202c \u2067x\u2069\u200f", "evilgnp.exe x"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚀 and 👩🏽\u200d⚕\ufe0f", "👩\u200d🚀 and 👩🏽\u200d⚕\ufe0f"),
        ("la\u200ctin\u200d", "latin"),
        ("😀\u200d x", "😀 x"),
        (
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("hidden\U000e0041\U000e0042", "hidden"),
        ("lone \ud800 half", "lone \ufffd half"),
        ("\ud83d\ude00", "😀"),
        ("«\u00a0Oui\u202f!\u00a0»", "«\u00a0Oui\u202f!\u00a0»"),
        ("11\u2009000\u3000円", "11 000 円"),
        ("a \u00a0 b", "a b"),
        ("a\u00a0\u00a0b", "a\u00a0b"),
        ("\u00a0edge\u00a0\n\u202f", "edge"),
        ("\x00\u200b \n", ""),
        ("", ""),
    ],
)
def test_cleaning(given_text: str, expected: str) -> None:
    assert clean(given_text, limit=LIMIT).text == expected


def test_cutting_is_flagged_and_never_splits_a_character_from_its_marks() -> None:
    assert clean("abcdef", limit=6) == clean("abcdef", limit=7)
    assert clean("abcdef", limit=3).flags == ("truncated",)
    assert clean("ab x\u0332\u0326", limit=5).text == "ab"
    assert clean("ab क्षि", limit=6).text == "ab क्"
    assert clean("ab 👩\u200d🚀", limit=5).text == "ab"
    assert clean("ab  \n" * 100, limit=10).text == "ab\nab\nab\na"


@settings(deadline=None)
@given(awkward, st.integers(1, 30))
def test_cleaning_twice_changes_nothing(text: str, limit: int) -> None:
    once = clean(text, limit=limit).text
    assert len(once) <= limit
    assert clean(once, limit=limit).text == once
    assert clean(once, limit=limit).flags == ()


@settings(deadline=None)
@given(st.text(max_size=80))
def test_whatever_comes_in_the_result_is_nfc_and_can_be_written(text: str) -> None:
    result = clean(text, limit=LIMIT).text
    assert unicodedata.is_normalized("NFC", result)
    result.encode("utf-8")
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in result.replace("\n", ""))


@pytest.mark.parametrize(
    "unit", ["a\u0323\u0301\u0327", "\u0301\u0323", " ", "\n ", "\u200d", "\u00a0 ", "\u200c\u0915", "👩\u200d", "-"]
)
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    clean("x" + unit * (1_000_000 // len(unit)), limit=1_000_000)
    assert time.process_time() - started < 2
