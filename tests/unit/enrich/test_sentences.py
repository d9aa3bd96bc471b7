from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.sentences import split


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Mr. Smith of the U.S. Army came. He left.", ["Mr. Smith of the U.S. Army came.", "He left."]),
        ("en", "J. D. Vance spoke. “I came.” He left.", ["J. D. Vance spoke.", "“I came.”", "He left."]),
        ("en", "It rose 3.5 percent. OK?", ["It rose 3.5 percent.", "OK?"]),
        ("fr", "« Oui. » Il part. M. Macron reste.", ["« Oui. »", "Il part.", "M. Macron reste."]),
        ("fr", "Fin en Eurasie.»\nAutre.", ["Fin en Eurasie.»", "Autre."]),
        ("de", "Am 3. Oktober kam er, z. B. heute. Er ging.", ["Am 3. Oktober kam er, z. B. heute.", "Er ging."]),
        ("ru", "Это 5 млн. руб. в год. Он ушел!", ["Это 5 млн. руб. в год.", "Он ушел!"]),
        ("zh", "他来了。“好！”他走了？是。", ["他来了。", "“好！”", "他走了？", "是。"]),
        ("ja", "「来た。」と述べた。次。", ["「来た。」と述べた。", "次。"]),
        ("ar", "جاء؟ نعم. ذهب", ["جاء؟", "نعم.", "ذهب"]),
        ("hi", "वह आया। वह गया।", ["वह आया।", "वह गया।"]),
    ],
)
def test_sentences_of_a_language(language: str, text: str, wanted: list[str]) -> None:
    body = f"A title. With a stop\n{text}"
    spans = split(body, language)
    assert body[slice(*spans[0])] == "A title. With a stop"
    assert [body[start:end] for start, end in spans[1:]] == wanted


def test_an_empty_title_is_still_sentence_zero() -> None:
    assert split("\nText.", "en") == ((0, 0), (1, 6))


@given(st.text(alphabet=st.sampled_from("ab A.!?。»” \n\u00a0”“'"), max_size=80))
def test_sentences_are_in_order_and_leave_out_blanks_only(text: str) -> None:
    body = f"t\n{text}"
    spans = split(body, "en")
    assert all(start <= end for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    covered = "".join(body[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(body.split())
