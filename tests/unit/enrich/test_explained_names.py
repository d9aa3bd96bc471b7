"""Names that mean somebody only because of what else the article says."""

from __future__ import annotations

import pytest

from services.enrich.actors import find_actors
from services.enrich.gazetteer import load_gazetteer
from services.enrich.sentences import split


def named(text: str, language: str) -> dict[str, list[str]]:
    body = f"\n{text}"  # without a title
    found = find_actors(body, language, split(body, language), load_gazetteer(), 200).actors
    return {actor.id: [mention.text for mention in actor.mentions] for actor in found}


@pytest.mark.parametrize(
    ("language", "text", "mention"),
    [
        ("en", "Prices rose in Turkey. The central bank left its rate unchanged.", "central bank"),
        ("en", "The Fed waits. Turkey's central bank does not.", "Turkey's central bank"),
        ("fr", "La Banque centrale de Turquie a relevé son taux.", "Banque centrale de Turquie"),
        ("ru", "Центральный банк Турции поднял ставку.", "Центральный банк Турции"),
        ("zh", "土耳其物价上涨，央行按兵不动。", "央行"),
    ],
)
def test_a_body_named_by_what_it_is_belongs_to_the_country_of_the_article(
    language: str, text: str, mention: str
) -> None:
    (said,) = named(text, language)["cbrt-turkey"]
    assert said in mention


def test_the_central_bank_of_two_countries_is_nobodys() -> None:
    found = named("Brazil and Turkey talk about inflation. The central bank is silent.", "en")
    assert not {"cbrt-turkey", "central-bank-of-brazil"} & found.keys()


@pytest.mark.parametrize(
    ("language", "text", "mentions"),
    [
        ("en", 'Cristiano Ronaldo scored twice. "Cristiano was tired," the coach said.', 2),
        ("ru", "Криштиану Роналду забил дважды. Тренер похвалил Криштиану.", 2),
        ("ja", "クリスティアーノ・ロナウドが2得点した。監督はクリスティアーノを称えた。", 2),
        ("ja", "クリスティアーノ・ロナウドが2得点した。クリスティアーノ・ザネッティは見ていた。", 1),
        # Two of that name, or somebody else's whole name: nobody's.
        ("en", 'Donald Trump met Donald Tusk. "Donald likes factories," he said.', 1),
        ("en", "Cristiano Ronaldo scored. Cristiano Zanetti watched.", 1),
    ],
)
def test_a_given_name_alone_is_the_only_persons_who_has_it(language: str, text: str, mentions: int) -> None:
    found = named(text, language)
    assert len(found.get("cristiano-ronaldo") or found["donald-trump"]) == mentions


def test_a_spelling_that_no_list_has_is_recognised_by_its_sound() -> None:
    found = named("Vladimir Putin'in sözcüsü Dmitriy Peskov konuştu. Peskov uzun konuştu.", "tr")
    assert found["dmitry-peskov"] == ["Dmitriy Peskov", "Peskov"]


@pytest.mark.parametrize(
    "name",
    [
        "Vladimir P\u043eutin",  # a Cyrillic o
        "Vl\u0430dimir Poutin",
        "Dmitriy P\u0435skov",
        "Amir Khan",  # the boxer is not the actor Aamir Khan
    ],
)
def test_letters_that_only_look_alike_and_longer_vowels_merge_nobody(name: str) -> None:
    found = named(f"Spokesman {name}, 61, said on Monday that nothing would change.", "en")
    assert not {"vladimir-putin", "dmitry-peskov", "aamir-khan"} & found.keys()


def test_sound_alone_merges_nobody_in_other_scripts() -> None:
    assert "dmitry-peskov" not in named("قال دميترس بسكوفا للصحفيين إن الأمر انتهى.", "ar")


@pytest.mark.parametrize(
    ("text", "company", "founder"),
    [
        ("Dell will build a factory. Michael Dell said so. Mr Dell was pleased.", 1, 2),
        ("Michael Dell spoke. Dell has 2,000 workers there.", 1, 1),
    ],
)
def test_a_company_and_its_founder(text: str, company: int, founder: int) -> None:
    found = named(text, "en")
    assert len(found["dell-technologies"]) == company
    assert len(found["michael-dell"]) == founder


@pytest.mark.parametrize(
    ("text", "club", "city"),
    [
        ("FC Barcelona won. Barcelona beat Real Madrid on Sunday in Barcelona.", 2, 1),
        ("Barcelona hosts a conference on water.", 0, 1),
        ("FC Barcelona won. Rain fell on Barcelona, said the mayor.", 1, 0),  # nobody's
        ("Lamine Yamal scored for coach Hansi Flick as Barcelona won.", 1, 0),
    ],
)
def test_a_club_and_its_city(text: str, club: int, city: int) -> None:
    found = named(text, "en")
    assert len(found.get("fc-barcelona", [])) == club
    assert len(found.get("barcelona", [])) == city


def test_the_country_in_front_of_a_ministry_is_named_too() -> None:
    found = named("South Korea's Joint Chiefs of Staff said so.", "en")
    assert "south-korea" in found
    assert len(found) == 2


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("ru", "Его принял губернатор Джорджии Брайан Кемп.", "Брайан Кемп"),
        ("fr", "« Tout a volé », raconte une débutante de 31 ans, Solomiia Hnatiouk.", "Solomiia Hnatiouk"),
        ("ru", "31-летняя дебютантка Соломия Гнатюк сняла фильм.", "Соломия Гнатюк"),
        ("ru", "Президент профсоюза Vereinigung Cockpit Андреас Пинейро доволен.", "Андреас Пинейро"),
        ("de", "„Toyota baut Margen“, meint Haruka Sato, Analystin bei einer Bank.", "Haruka Sato"),
        ("es", "Lo negó la portavoz del club, Ane Larrazabal.", "Ane Larrazabal"),
        ("de", "Das sagte der Ingenieur Jonas Richter (34).", "Jonas Richter"),
    ],
)
def test_new_faces_beside_what_they_are(language: str, text: str, name: str) -> None:
    assert any(name in mentions for mentions in named(text, language).values())


@pytest.mark.parametrize(
    ("language", "text", "actor"),
    [
        ("ru", "Вчера президент России Путин уехал.", "vladimir-putin"),
        ("ru", "Президент России Путин сказал.", "vladimir-putin"),
        ("ru", "Мэр Киева Кличко сообщил о взрывах.", "kyiv"),
        ("de", "Die europäische Zentralbank senkt die Zinsen.", "european-central-bank"),
        ("zh", "中国股市下跌，美国央行降息。", "federal-reserve"),
        ("zh", "基辅市长克利奇科说，乌克兰首都遭袭。", "vitali-klitschko"),
        ("ar", "وقال الرئيس الكيني روتو في نيروبي", "william-ruto"),
    ],
)
def test_names_beside_offices_and_countries(language: str, text: str, actor: str) -> None:
    found = named(text, language)
    assert actor in found
    assert not any(id_.startswith("?") for id_ in found)


@pytest.mark.parametrize(
    ("language", "text", "actor"),
    [
        # A bank of a country whose bank is unknown, and what only stands near a country.
        ("en", "Turkish shares fell in Istanbul, Turkey. Ghana's central bank was silent.", "cbrt-turkey"),
        ("zh", "中国股市下跌，美国央行降息。", "pboc"),
        # Namesakes whose names only sound alike.
        ("en", "Nurse Erik Adams, 34, said so.", "eric-adams"),
        ("en", "Nurse Jake Chan, 34, said so.", "jackie-chan"),
        ("en", "Nurse Li Kang, 34, said so.", "li-qiang"),
        ("ru", "Медсестра Дана Спенсер, 34 года, сказала это.", "princess-diana"),
        ("en", "Nurse Annie Hidalgo, 34, said so.", "anne-hidalgo"),
        # Ordinary words.
        ("de", "In Berlin öffnet eine alte Mühle. Der Müller mahlt wieder Korn.", "thomas-muller"),
        ("tr", "Türkiye'de fırtına çıktı. Yıldırım düştü, iki kişi öldü.", "binali-yildirim"),
        ("zh", "双方主张展开对话。", "zhang-zhan"),
        ("zh", "江浙大部地区有雨。", "zhejiang-university"),
        ("ru", "В Москве непогода. Дождь идёт третий день.", "tv-rain"),
        ("en", "Every Christian prays. The Christian prayed.", "?te-kristan"),
        ("en", "Sharon Stone starred in a film.", "ariel-sharon"),
    ],
)
def test_who_is_not_meant(language: str, text: str, actor: str) -> None:
    assert actor not in named(text, language)


def test_a_paper_spells_one_person_in_one_way() -> None:
    found = named("Comedian Jon Stewart laughed. Nurse John Stewart, 34, said so.", "en")
    assert all(mention != "John Stewart" for mention in found.get("jon-stewart", []))


@pytest.mark.parametrize(
    ("language", "text", "actor"),
    [
        ("en", "Vladimir Putin spoke in the city of Vladimir. People in Vladimir listened.", "vladimir-putin"),
        ("en", "Harvey Weinstein was jailed. Hurricane Harvey hit. Harvey killed 100.", "harvey-weinstein"),
        ("en", "Emmanuel Macron visited. The pupil Emmanuel, 9, gave him flowers.", "emmanuel-macron"),
        ("en", "Donald Trump spoke. Donald, a plumber from Ohio, listened.", "donald-trump"),
        ("ru", "Надежда Савченко пришла. Надежда умирает последней.", "nadiya-savchenko"),
        ("en", "Mohamed Salah scored. Prophet Mohamed's birthday is near. Mohamed is revered.", "mohamed-salah"),
    ],
)
def test_given_names_of_others(language: str, text: str, actor: str) -> None:
    assert len(named(text, language).get(actor, [""])) == 1


def test_a_name_with_letters_that_only_look_alike_leaves_the_real_one_alone() -> None:
    found = named("President Vl\u0430dimir Putin said so on Monday. Later Putin left Moscow.", "en")
    assert found["vladimir-putin"] == ["Putin"]
    assert not any(id_.startswith("?") for id_ in found)
