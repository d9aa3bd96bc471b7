from __future__ import annotations

import time
from itertools import pairwise

import pytest
from unit.enrich.uncased_sentences import SENTENCES

from services.enrich.folding import fold, fold_name
from services.enrich.gazetteer import load_gazetteer
from services.enrich.layout import Layout
from services.enrich.readings import read_names
from services.enrich.sentences import split
from services.enrich.uncased_names import (
    LANGUAGES,
    MAX_MENTIONS,
    MAX_PERSONS,
    find_uncased_persons,
    uncased_mentions,
    uncased_names,
)
from services.enrich.unknown_names import Person
from services.enrich.written_names import letters_id


def persons_in(text: str, language: str, borne: frozenset[str] = frozenset()) -> tuple[str, tuple[Person, ...]]:
    """The folded text and who is found in it."""
    body = f"t\n{text}"
    folded = fold(body)
    layout = Layout(folded.text, split(folded.text, language), language)
    gazetteer = load_gazetteer()
    taken = read_names(folded, layout, gazetteer).fixed
    return folded.text, find_uncased_persons(layout, gazetteer, taken, borne)


def found(text: str, language: str, borne: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    folded, persons = persons_in(text, language, borne)
    return {person.id: [folded[start:end] for start, end in person.mentions] for person in persons}


def expected(names: str) -> dict[str, list[str]]:
    written = [[fold_name(name) for name in group.split("|")] for group in names.split("+") if group]
    return {letters_id(names[0]): names for names in written}


CASES = [(language, text, names) for language, pairs in SENTENCES.items() for text, names in pairs]


@pytest.mark.parametrize(("language", "text", "names"), CASES)
def test_persons_of_a_sentence(language: str, text: str, names: str) -> None:
    assert found(text, language) == expected(names)


def test_every_language_has_its_sentences() -> None:
    assert set(SENTENCES) == LANGUAGES
    assert all(len(pairs) >= 15 for pairs in SENTENCES.values())


def test_other_languages_have_nobody() -> None:
    assert found("The analyst Dennis Warrington said so.", "en") == {}


def test_an_id_is_made_of_the_letters_of_the_name() -> None:
    assert letters_id("丹尼斯·华灵顿") == "?丹尼斯-华灵顿"
    assert letters_id("デニス・ワシントン") == "?デニス-ワシントン"
    assert letters_id("田中 健一") == letters_id("田中健一") == "?田中健一"
    assert letters_id("أحمد الشرقاوي") == letters_id("احمد الشرقاوى")
    assert letters_id("राजेश कुमार बंसल") == "?राजेश-कुमार-बंसल"
    assert letters_id("ג׳ונתן ויטלוק") == letters_id("ג'ונתן ויטלוק")


def test_a_family_name_of_two_is_nobody() -> None:
    text = "الباحث دينيس وارنغتون والمحامي جوناثان وارنغتون حاضران. وقال وارنغتون إنه متفائل."
    assert all(mentions == [mentions[0]] for mentions in found(text, "ar").values())


def test_a_family_name_of_a_known_person_is_theirs() -> None:
    text = "市场分析师丹尼斯·华灵顿表示同意。华灵顿说，通胀将下降。"
    assert found(text, "zh", frozenset({"华灵顿"})) == {"?丹尼斯-华灵顿": ["丹尼斯·华灵顿"]}


@pytest.mark.parametrize(("language", "text", "names"), [case for case in CASES if case[2]])
def test_what_is_taken_is_nobody_new(language: str, text: str, names: str) -> None:
    folded = fold(f"t\n{text}")
    layout = Layout(folded.text, split(folded.text, language), language)
    assert find_uncased_persons(layout, load_gazetteer(), [(0, len(folded.text))], frozenset()) == ()


def test_mentions_are_in_order_and_apart() -> None:
    for language, pairs in SENTENCES.items():
        text, persons = persons_in("\n".join(text for text, _ in pairs), language)
        spans = sorted(span for person in persons for span in person.mentions)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
        assert all(
            person.full in person.mentions and list(person.mentions) == sorted(person.mentions) for person in persons
        )
        assert text.startswith("t\n")


def test_limits() -> None:
    many = "".join(f"教授李{chr(0x6A00 + at)}林说。" for at in range(3 * MAX_PERSONS))
    assert len(found(many, "zh")) == MAX_PERSONS
    often = "김민수 박사는 말했다. " * (2 * MAX_MENTIONS)
    (mentions,) = found(often, "ko").values()
    assert len(mentions) == MAX_MENTIONS


def test_names_and_mentions_can_be_asked_for_in_turn() -> None:
    folded = fold("t\n分析师丹尼斯·华盛顿表示同意。华盛顿说，通胀将下降。")
    layout = Layout(folded.text, split(folded.text, "zh"), "zh")
    names = uncased_names(layout, load_gazetteer(), ())
    (person,) = uncased_mentions(names, layout, (), frozenset())
    assert [folded.text[start:end] for start, end in person.mentions] == ["丹尼斯·华盛顿", "华盛顿"]


HOSTILE = [
    ("zh", "李" * 100_000),
    ("zh", "教授" * 50_000),
    ("zh", "教授李明" * 25_000),
    ("zh", "斯·" * 50_000),
    ("zh", "斯 " * 50_000),
    ("zh", "斯 " * 50_000 + "·斯斯"),
    ("zh", "·" * 100_000),
    ("ar", "محمد" + " " * 100_000 + "علي"),
    ("ja", "ア" * 100_000),
    ("ja", "ア・" * 50_000),
    ("ja", "田中" * 50_000),
    ("ja", "田中 一郎氏" * 15_000),
    ("ko", "김" * 100_000),
    ("ko", "김민수 교수 " * 14_000),
    ("ko", "존 " * 50_000),
    ("ko", "대 " * 50_000),
    ("ar", "ا" * 100_000),
    ("ar", "محمد " * 20_000),
    ("ar", "بن " * 33_000),
    ("ar", "الباحث " * 14_000),
    ("fa", "علی " * 25_000),
    ("he", "'א" * 50_000),
    ("he", "דוד " * 25_000),
    ("he", "אבגד הוזח, " * 9_000),
    ("ar", "أضاف الوزير كلمة كلمة " * 4_500),
    ("hi", "कुमार " * 16_000),
    ("hi", "." * 100_000),
]


@pytest.mark.parametrize(("language", "text"), HOSTILE)
def test_hostile_text_takes_linear_time(language: str, text: str) -> None:
    layout = Layout(text, [(0, len(text))], language)
    began = time.process_time()
    find_uncased_persons(layout, load_gazetteer(), (), frozenset())
    assert time.process_time() - began < 4
