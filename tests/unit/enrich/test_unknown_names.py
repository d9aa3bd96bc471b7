from __future__ import annotations

import time

import pytest

from services.enrich.actors import find_actors
from services.enrich.gazetteer import load_gazetteer
from services.enrich.plain_letters import slug
from services.enrich.provisional_ids import provisional_id
from services.enrich.sentences import split

LUCY = provisional_id("Lucy Wexby", "en")
JOHN = provisional_id("John Wexby", "en")


def unknown(text: str, language: str) -> dict[str, list[str]]:
    body = f"t\n{text}"
    found = find_actors(body, language, split(body, language), load_gazetteer(), 200).actors
    return {actor.id: [mention.text for mention in actor.mentions] for actor in found if actor.id.startswith("?")}


@pytest.mark.parametrize(
    ("language", "text", "id_"),
    [
        ("fr", "C’est faux, a déclaré Bruno Martel, analyste principal.", "?bruno-martel"),
        ("en", "The spokesman, John Wexby, said so.", "?john-wexby"),
        ("en", "It was then that Lucy Wexby, 45, arrived.", "?lucy-wexby"),
        ("de", "Das sagte der Sprecher Thomas Wexmann am Montag.", "?thomas-wexmann"),
        ("es", "El analista Juan Wexez dijo que no.", "?juan-wexez"),
        ("it", "Lo ha detto il direttore Marco Wexini ieri.", "?marco-wexini"),
        ("pt", "O analista João Wexeiro disse que sim.", "?joao-wexeiro"),
        ("ru", "Об этом заявил политолог Иван Вексов.", "?ivan-veksov"),
        ("uk", "Про це заявив експерт Іван Вексенко.", "?ivan-veksenko"),
    ],
)
def test_a_name_beside_a_trigger_is_a_person(language: str, text: str, id_: str) -> None:
    assert provisional_id(id_[1:].replace("-", " "), "en") in unknown(text, language)


def test_the_bare_surname_is_the_same_person() -> None:
    assert unknown("Analyst Lucy Wexby said no. Later Wexby agreed.", "en") == {LUCY: ["Lucy Wexby", "Wexby"]}


def test_a_surname_of_two_is_nobody() -> None:
    found = unknown("Analyst Lucy Wexby and economist John Wexby said no. Later Wexby agreed.", "en")
    assert found == {LUCY: ["Lucy Wexby"], JOHN: ["John Wexby"]}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Wexby Holdings Group said on Monday that profits rose."),
        ("en", "The Foreign Ministry said so. Last Monday Morning was cold."),
        ("en", "In the Green Valley the president said no."),
        ("de", "Der Grüne Knopf sagte nichts, teilte das Rote Kreuz mit."),
        ("fr", "La Nouvelle Vague est un mouvement, a déclaré le musée."),
        ("en", "He walked through Wexby Gardens quietly."),
        ("zh", "John Wexby said."),
    ],
)
def test_other_capitalised_words_are_not(language: str, text: str) -> None:
    assert unknown(text, language) == {}


@pytest.mark.parametrize(
    "spellings",
    [
        {"en": "Andrei Belousov", "ru": "Андрей Белоусов", "de": "Andrej Beloussow"},
        {"en": "Agnieszka Wróblewska", "ru": "Агнешка Врублевская", "uk": "Агнешка Врублевська"},
        {"en": "Jordan Whitlock", "ru": "Джордан Уитлок", "uk": "Джордан Вітлок"},
        {"en": "Marisol Quintanar", "ru": "Марисоль Кинтанар", "uk": "Марісоль Кінтанар"},
        {"en": "Oleksandra Hrabarchuk", "uk": "Олександра Грабарчук", "fr": "Oleksandra Hrabartchouk"},
        {"en": "Ivan Petrenko", "ru": "Иван Петренко"},
    ],
)
def test_spellings_of_latin_and_cyrillic_papers_have_one_id(spellings: dict[str, str]) -> None:
    assert len({provisional_id(name, language) for language, name in spellings.items()}) == 1, {
        name: provisional_id(name, language) for language, name in spellings.items()
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna Meyer", "Anna Maurer"), ("Juan Perez", "Juan Peres Ruiz"), ("Ivan Petrov", "Ivana Petrova")],
)
def test_other_names_have_other_ids(one: str, other: str) -> None:
    assert provisional_id(one, "en") != provisional_id(other, "en")


def test_slugs_are_plain() -> None:
    assert slug("Андрей Белоусов", "ru") == slug("Andrei Belousov", "en") == "andrei-belousov"
    assert slug("Дмитрий Песков", "ru") == "dmitry-peskov"
    assert slug("Łukasz Gößl", "pl") == "lukasz-gossl"
    assert slug("金正恩", "zh") == ""


@pytest.mark.parametrize(
    "text", ["A" * 200_000, "Aa " * 60_000, "A. " * 60_000, "Anna " * 40_000, "de " * 60_000, "Aa'a" * 50_000]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    began = time.process_time()
    unknown(text, "en")
    assert time.process_time() - began < 3
