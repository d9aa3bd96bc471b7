from __future__ import annotations

import pytest

from services.enrich.inflection import MAX_FORMS, surface_forms
from shared.contracts.enrichment import ActorType

GOLDEN: list[tuple[str, str, ActorType, str]] = [
    ("Путин", "ru", "person", "путина путину путиным путине"),
    ("Зеленский", "ru", "person", "зеленского зеленскому зеленским зеленском"),
    ("Набиуллина", "ru", "person", "набиуллиной набиуллину"),
    ("Захарова", "ru", "person", "захаровой захарову"),
    ("Меркель", "ru", "person", "меркель"),
    ("Россия", "ru", "place", "россии россию россией"),
    ("Украина", "ru", "place", "украины украине украину украиной"),
    ("Кремль", "ru", "organisation", "кремля кремлю кремлем кремле"),
    ("Нидерланды", "ru", "place", "нидерландов нидерландам нидерландах"),
    ("Путін", "uk", "person", "путіна путіну путіним путіні"),
    ("Зеленський", "uk", "person", "зеленського зеленському зеленським"),
    ("Порошенко", "uk", "person", "порошенка порошенку порошенком порошенкові"),
    ("Київ", "uk", "place", "києва києву києвом києві"),
    ("Росія", "uk", "place", "росії росію росією"),
    ("Trump", "pl", "person", "trumpa trumpowi trumpem"),
    ("Kaczyński", "pl", "person", "kaczyńskiego kaczyńskiemu kaczyńskim"),
    ("Ukraina", "pl", "place", "ukrainy ukrainę ukrainą"),
]


@pytest.mark.parametrize(("name", "language", "actor_type", "wanted"), GOLDEN)
def test_names_are_declined(name: str, language: str, actor_type: ActorType, wanted: str) -> None:
    assert set(wanted.split()) <= set(surface_forms(name, language, actor_type))


@pytest.mark.parametrize(
    ("name", "language", "actor_type", "wanted"),
    [
        ("Владимир Путин", "ru", "person", "владимиром путиным"),
        ("Сергей Лавров", "ru", "person", "сергея лаврова"),
        ("Камала Харрис", "ru", "person", "камалы харрис"),
        ("Ким Чен Ын", "ru", "person", "ким чен ына"),
        ("Северная Корея", "ru", "place", "северной корее"),
        ("Соединённые Штаты", "ru", "place", "соединенных штатах"),
        ("Министерство обороны", "ru", "organisation", "министерства обороны"),
        ("Володимир Зеленський", "uk", "person", "володимира зеленського"),
        ("Donald Tusk", "pl", "person", "donalda tuska"),
    ],
)
def test_the_words_of_a_name_agree(name: str, language: str, actor_type: ActorType, wanted: str) -> None:
    assert wanted in surface_forms(name, language, actor_type)


@pytest.mark.parametrize("name", ["Шойгу", "НАТО", "Орбо"])
def test_some_names_have_no_cases(name: str) -> None:
    assert surface_forms(name, "ru", "person") == (name.lower(),)


def test_a_form_of_one_case_is_not_mixed_with_another() -> None:
    assert "владимиру путиным" not in surface_forms("Владимир Путин", "ru", "person")


def test_arabic_prepositions_swallow_the_article() -> None:
    assert surface_forms("الأمم المتحدة", "ar", "organisation")[1] == "للامم المتحده"


def test_forms_are_bounded() -> None:
    assert len(surface_forms("Анна Анна Анна Анна Анна", "ru", "organisation")) <= MAX_FORMS
