import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.debris import MAX_FINDINGS, Debris, find_debris

DATA = Path(__file__).parents[2] / "data"
HARMLESS = [
    line.split("\t") for line in (DATA / "normalise" / "harmless-sentences.tsv").read_text("utf-8").splitlines()
]


def test_the_sample_article_has_exactly_the_expected_debris() -> None:
    article = json.loads((DATA / "sample-article.jsonl").read_text("utf-8"))
    expected = json.loads((DATA / "sample-article.expected.json").read_text("utf-8"))
    found = find_debris(article["title"], article["text"], expected["language"])
    assert sorted(debris.text for debris in found) == sorted(expected["debris"])


def test_the_precision_set_is_large_enough_to_mean_something() -> None:
    assert len(HARMLESS) >= 60
    assert len({language for language, _ in HARMLESS}) >= 10


@pytest.mark.parametrize(("language", "sentence"), HARMLESS)
def test_harmless_sentences_are_left_alone(language: str, sentence: str) -> None:
    assert find_debris("", sentence, language) == []
    assert find_debris(sentence, sentence, language) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "fr",
            "Il vise l’Occident. tente de les isoler par des sanctions.",
            ["tente de les isoler par des sanctions."],
        ),
        ("fr", "Il vante son pays. programme spatial. La suite vient.", ["programme spatial."]),
        ("fr", "Elle parle de l’ONU. siège new-yorkais.", ["siège new-yorkais."]),
        ("en", "He praised his country. space programme.", ["space programme."]),
        ("en", "Who leads the country? space programme.", ["space programme."]),
        ("de", "Er lobte sein Land. staatliches Raumfahrtprogramm.", ["staatliches Raumfahrtprogramm."]),
        ("es", "El ministro elogió a su país. programa espacial.", ["programa espacial."]),
        ("ru", "Он похвалил свою страну. космическая программа.", ["космическая программа."]),
        ("uk", "Він похвалив свою країну. космічна програма.", ["космічна програма."]),
        ("fr", "Les amis – [are] La Corée [is] – et [the] reste.", ["[are]", "[is]", "[the]"]),
        ("ru", "Мы [are] готовы.", ["[are]"]),
        ("en", "They [est] ready, [и] waiting.", ["[est]", "[и]"]),
        ("ja", "首相は[are]語った。", []),
        ("ar", "الدول [are] مستعدة.", ["[are]"]),
    ],
)
def test_debris_is_found(language: str, text: str, expected: list[str]) -> None:
    assert [debris.text for debris in find_debris("Title", text, language)] == expected


def test_a_text_written_in_lower_case_has_none() -> None:
    assert find_debris("", "so this is it. nobody cares. we go on.", "en") == []
    assert find_debris("", "So this is it. nobody cares. they write so. all of them. always.", "en") == []


def test_a_long_continuation_is_no_fragment() -> None:
    assert find_debris("", f"He praised his country. {'very ' * 20}much.", "en") == []


def test_without_a_known_language_nothing_is_foreign() -> None:
    assert find_debris("", "Les amis – [are] La Corée.", "und") == []


@settings(deadline=None)
@given(
    st.text(st.sampled_from("aZ . »![]é的\n"), max_size=30),
    st.lists(
        st.sampled_from(["Un mot.", " programme spatial.", "[are]", "\n", "😀", " de Gaulle.", "?", " x"]), max_size=12
    ),
)
def test_offsets_always_cut_the_text_to_what_was_found(title: str, parts: list[str]) -> None:
    text = "".join(parts)
    for debris in find_debris(title, text, "fr"):
        assert f"{title}\n{text}"[debris.start : debris.end] == debris.text
        assert debris.text


def test_findings_are_bounded() -> None:
    found = find_debris("", "Les [are] amis. " * 1000, "fr")
    assert len(found) == MAX_FINDINGS
    assert found[0] == Debris("[are]", 5, 10)


@pytest.mark.parametrize("unit", ["a. ", "[", "[a", "Aa. b", ". ", "A b. c d e ", "«. a", "a", "\n", " "])
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    find_debris("", "A" + unit * (1_000_000 // len(unit)), "fr")
    assert time.process_time() - started < 3
