from __future__ import annotations

import pytest

from services.enrich.boundaries import stands_alone


def alone(text: str, name: str, language: str) -> bool:
    start = text.index(name)
    return stands_alone(text, start, start + len(name), language)


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("Putin's war", "Putin", "en"),
        ("l'OTAN agit", "OTAN", "fr"),
        ("Putins Krieg", "Putin", "de"),
        ("Putin'in sözü", "Putin", "tr"),
        ("Bidena i", "Biden", "pl"),
        ("푸틴이 말했다", "푸틴", "ko"),
        ("푸틴대통령은 말했다", "푸틴", "ko"),
        ("NATO는 말했다", "NATO", "ko"),
        ("在NATO的", "NATO", "zh"),
        ("俄罗斯总统普京说", "普京", "zh"),
        ("وبوتين قال", "بوتين", "ar"),
        ("فلبوتين رأي", "بوتين", "ar"),
        ("ופוטין אמר", "פוטין", "he"),
        ("שבישראל היה", "ישראל", "he"),
        ("पुतिन ने", "पुतिन", "hi"),
        ("プーチン大統領", "プーチン", "ja"),
    ],
)
def test_names_with_what_is_written_onto_them(text: str, name: str, language: str) -> None:
    assert alone(text, name, language)


@pytest.mark.parametrize(
    ("text", "name", "language"),
    [
        ("Putinism", "Putin", "en"),
        ("Putins", "Putin", "en"),
        ("Romania", "Oman".lower(), "en"),
        ("푸틴스키가", "푸틴", "ko"),
        ("스푸틴", "푸틴", "ko"),
        ("بوتينية", "بوتين", "ar"),
        ("مبوتين", "بوتين", "ar"),
        ("ایرانیان", "ایران", "fa"),
        ("ラスプーチン", "プーチン", "ja"),
        ("पुतिना", "पुतिन", "hi"),
        ("G77", "G7", "en"),
    ],
)
def test_pieces_of_longer_words_are_no_names(text: str, name: str, language: str) -> None:
    assert not alone(text, name, language)
