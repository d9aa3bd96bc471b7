from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrich import confidence
from services.enrich.actors import find_actors
from services.enrich.gazetteer import load_gazetteer
from services.enrich.sentences import split
from shared.contracts.enrichment import Actor


def actors(text: str, language: str, title: str = "") -> dict[str, Actor]:
    body = f"{title}\n{text}"
    return {
        actor.id: actor for actor in find_actors(body, language, split(body, language), load_gazetteer(), 200).actors
    }


def named(text: str, language: str, title: str = "") -> dict[str, list[str]]:
    return {id_: [mention.text for mention in actor.mentions] for id_, actor in actors(text, language, title).items()}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Putin met Kim Jong Un."),
        ("fr", "Poutine a vu Kim Jong-un."),
        ("de", "Wladimir Putins Treffen mit Kim Jong Un."),
        ("ru", "Встреча с Путиным и Ким Чен Ыном."),
        ("uk", "Зустріч з Путіним і Кім Чен Ином."),
        ("ar", "لقاء بوتين وكيم جونغ أون في موسكو"),
        ("he", "פוטין נפגש עם קים ג׳ונג און"),
        ("zh", "普京会见了金正恩。"),
        ("ja", "プーチン大統領は金正恩氏と会談した。"),
        ("ko", "푸틴이 김정은과 만났다."),
        ("hi", "पुतिन ने किम जोंग-उन से मुलाकात की।"),
        ("tr", "Putin'in Kim Jong-un'la görüşmesi."),
        ("pl", "Spotkanie z Putinem i Kim Dzong Un."),
    ],
)
def test_one_actor_has_one_id_in_every_language(language: str, text: str) -> None:
    assert {"vladimir-putin", "kim-jong-un"} <= actors(text, language).keys()


@pytest.mark.parametrize(
    ("text", "nobody"),
    [
        ("Theresa May spoke. In May 2019 it rained.", "May"),
        ("Officials in polish shops said the Polish officials left.", "Polish"),
        ("They told us that they left.", "us"),
        ("Nobody knows who came.", "who"),
        ("Chad Smith played the drums.", "Chad"),
        ("The drummer Michael Jordan scored.", "Jordan"),
        ("Bush fires spread and the bush burns.", "Bush"),
        ("Kim Jong-nam died in the hall.", "Kim"),
        ("We saw Anna Putin at the fair.", "Putin"),
        ("Voters in Georgia went to the polls.", "Georgia"),
    ],
)
def test_what_only_looks_like_a_known_actor_is_nobody(text: str, nobody: str) -> None:
    known = {id_: texts for id_, texts in named(text, "en").items() if not id_.startswith("?")}
    assert not any(nobody in texts for texts in known.values()), known


def test_capitals_tell_acronyms_from_words() -> None:
    found = named("The US and the WHO agreed, but who told us?", "en")
    assert found["united-states"] == ["US"]
    assert found["world-health-organization"] == ["WHO"]


def test_in_a_headline_of_capitals_names_count_and_words_do_not() -> None:
    found = named("Text.", "en", title="WHO WILL WIN AS TRUMP MEETS PUTIN AND NATO")
    assert found.keys() == {"donald-trump", "vladimir-putin", "nato"}


def test_georgia_is_the_one_that_the_article_is_about() -> None:
    assert "georgia" in named("Protests in Tbilisi, in Georgia, went on.", "en")
    assert "georgia-us-state" in named("Protests in Atlanta, in Georgia, went on.", "en")


def test_a_bare_surname_counts_before_and_behind_the_full_name() -> None:
    found = named("Then Kim smiled. Kim Jong Un waved. Kim left.", "en")
    assert found["kim-jong-un"] == ["Kim", "Kim Jong Un", "Kim"]


def test_a_surname_of_two_actors_is_nobody() -> None:
    found = named("Kim Jong Un met Kim Yo Jong. Kim smiled.", "en")
    assert all("Kim" not in texts for texts in found.values())


def test_a_surname_beside_another_given_name_is_not_the_known_one() -> None:
    found = named("Anna Putin, a baker, opened a shop. Putin was proud.", "en")
    assert "vladimir-putin" not in found


def test_agencies_are_sources_and_parties_are_actors() -> None:
    found = actors("Reuters and TASS said NATO met.", "en")
    assert found["reuters"].role == "source"
    assert found["nato"].role == "actor"


def test_confidence_orders_full_bare_and_short() -> None:
    assert actors("Vladimir Putin left.", "en")["vladimir-putin"].confidence == confidence.FULL_NAME
    assert actors("Then Putin left.", "en")["vladimir-putin"].confidence == confidence.BARE_NAME


def test_at_most_so_many_actors() -> None:
    body = "t\nPutin, Macron, Trump and Zelensky met."
    assert len(find_actors(body, "en", split(body, "en"), load_gazetteer(), 2).actors) == 2


_PIECES = st.sampled_from(
    [
        "Vladimir Putin",
        "Поутин",
        "Путина",
        "l’OTAN",
        "Kim Jong‑un",
        "Пути\u0301н",
        "بُوتِين",
        "کیم جونگ‌اون",
        "푸틴이",
        "普京",
        "İran'da",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=10),
    st.sampled_from(["en", "fr", "ru", "ar", "fa", "ko", "zh", "tr", "de", "xx"]),
)
def test_every_mention_stands_where_it_says(pieces: list[str], language: str) -> None:
    body = "t\n" + " ".join(pieces)
    sentences = split(body, language)
    for actor in find_actors(body, language, sentences, load_gazetteer(), 200).actors:
        assert actor.mentions
        for mention in actor.mentions:
            assert mention.text
            assert body[mention.start : mention.end] == mention.text
            assert 0 <= mention.sentence < len(sentences)


def test_marks_inside_names_are_part_of_the_mention() -> None:
    found = named("Встреча с Пу\u0301тиным и\u0301 другими.", "ru")
    assert found["vladimir-putin"] == ["Пу\u0301тиным"]
