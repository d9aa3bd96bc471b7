"""Topics: the lexica as data, the evidence and its explanation, and plain news in every language."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrich.topic_lexicon import SECOND_LEVEL, TOPICS, Entry, folded, languages, lexicon
from services.enrich.topics import MAX_TOPICS, explain, find_topics

ARTICLE = json.loads((Path(__file__).parents[2] / "data" / "sample-article.jsonl").read_text("utf-8"))
LANGUAGES = sorted(languages())
UNSPACED = ("zh", "ja", "ko")
MAJOR = ("fr", "en", "de", "es", "pt", "it", "ru", "uk", "ar", "zh", "ko", "ja")


def first(text: str, language: str) -> str | None:
    found = find_topics("", text, language)
    return found[0].id if found else None


@pytest.mark.parametrize(
    ("language", "text", "topic"),
    [
        ("en", "The striker scored twice as the team won the championship final at the stadium.", "sport"),
        ("en", "Parliament voted on the bill after the prime minister addressed lawmakers.", "politics"),
        ("en", "Doctors at the hospital treated patients infected with the virus.", "health"),
        ("en", "Rescuers searched the rubble after the earthquake; the death toll rose.", "disaster"),
        ("en", "The union called a strike over wages and job cuts.", "labour"),
        ("en", "Forecasters expect heavy snowfall and falling temperatures, the weather service said.", "weather"),
        ("en", "The pope celebrated mass with cardinals and bishops in the church.", "religion"),
        ("en", "Teachers and pupils return to school as the university opens its campus.", "education"),
        ("fr", "Le tribunal a condamné l'homme à dix ans de prison pour meurtre.", "crime"),
        ("de", "Die Zentralbank hebt den Leitzins an, die Inflation drückt auf die Aktienmärkte.", "economy"),
        ("de", "Im Landtagswahlkampf streiten die Parteien über den Haushalt der Regierung.", "politics"),
        ("es", "Los científicos descubrieron un fósil de dinosaurio en el laboratorio.", "science"),
        ("pt", "O filme do cineasta ganhou o Oscar e encheu os cinemas.", "arts"),
        ("it", "La squadra ha vinto il campionato, i tifosi allo stadio festeggiano i calciatori.", "sport"),
        ("ru", "Войска обстреляли город ракетами, погибли солдаты.", "conflict"),
        ("ru", "Учёные обсудили изменения климата и загрязнение рек.", "environment"),
        ("uk", "Президент підписав закон, депутати парламенту проголосували за реформу.", "politics"),
        ("ar", "أعلنت وزارة الصحة عن إصابات جديدة بالفيروس ونقل المرضى إلى المستشفى.", "health"),
        ("zh", "足球比赛中球员进球，球队赢得冠军。", "sport"),
        ("ja", "政府は国会に法案を提出し、首相が選挙について述べた。", "politics"),
        ("ko", "과학자들은 인공위성을 우주로 발사하는 실험을 했다.", "science"),
        ("tr", "Takım maçı kazandı, kaleci ve teknik direktör taraftarla kutladı; futbol bayramı.", "sport"),
        ("pl", "Sejm przegłosował ustawę, prezydent i premier rozmawiali o wyborach.", "politics"),
        ("fa", "تیم فوتبال در مسابقه پیروز شد و قهرمان جام جهانی است.", "sport"),
    ],
)
def test_plain_news_gets_its_topic_first(language: str, text: str, topic: str) -> None:
    assert first(text, language) == TOPICS[topic][0]


def test_the_sample_article_is_about_politics_and_war() -> None:
    found = find_topics(ARTICLE["title"], ARTICLE["text"], "fr")
    assert {topic.id for topic in found[:2]} == {"medtop:11000000", "medtop:16000000"}
    assert {topic.name for topic in found[:2]} == {"politics and government", "conflict, war and peace"}


def test_nothing_is_found_in_nothing_and_in_no_lexicon() -> None:
    assert find_topics("", "", "en") == ()
    assert find_topics("", "Lorem ipsum dolor sit amet.", "en") == ()
    assert find_topics("War and war", "war " * 50, "xx") == ()
    assert explain("War", "war", "xx") == {}


def test_a_single_hint_is_no_topic() -> None:
    assert explain("", "She opened the bag.", "en") == {}
    assert find_topics("", "The evidence was thin.", "en") == ()


def test_a_title_counts_double() -> None:
    in_text = explain("", "football", "en")["medtop:15000000"]
    in_title = explain("football", "", "en")["medtop:15000000"]
    assert in_title == [(word, 2 * weight) for word, weight in in_text]


def test_one_word_over_and_over_counts_three_times_at_most() -> None:
    assert explain("", "football " * 50, "en") == explain("", "football " * 3, "en")


def test_the_explanation_adds_up_to_the_score() -> None:
    title, text = "Parliament votes on sanctions", "The president met ministers while troops shelled the city."
    reasons = explain(title, text, "en")
    for topic in find_topics(title, text, "en"):
        evidence = sum(weight for _, weight in reasons[topic.id])
        assert topic.score == pytest.approx(evidence / (evidence + 6), abs=0.001)


def test_whole_words_do_not_match_within_others() -> None:
    assert "medtop:16000000" not in explain("", "A warm reward for the warden.", "en")
    assert "medtop:16000000" in explain("", "The war.", "en")


def test_arabic_proclitics_and_variants_are_seen_through() -> None:
    assert explain("", "والحرب", "ar") == explain("", "حرب", "ar") == explain("", "حَرْب", "ar") != {}


def test_phrases_take_case_endings() -> None:
    assert "medtop:06000000" in explain("", "последствия изменения климата", "ru")


def test_turkish_capital_i_is_folded_as_turkish_writes_it() -> None:
    assert folded("İSTİFA IŞIK", "tr") == " istifa ışık "


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_gives_at_most_four_topics_best_first(text: str, language: str) -> None:
    found = find_topics(text[:50], text, language)
    assert len(found) <= MAX_TOPICS
    assert all(0 < topic.score < 1 for topic in found)
    assert [topic.score for topic in found] == sorted((topic.score for topic in found), reverse=True)
    assert {topic.id for topic in found} <= set(explain(text[:50], text, language))


def test_a_hostile_text_takes_bounded_time() -> None:
    lexicon("en")
    started = time.process_time()
    for hostile in ("war " * 500_000, "a" * 2_000_000, "." * 2_000_000):
        find_topics(hostile, hostile, "en")
    assert time.process_time() - started < 2


def test_topics_are_the_seventeen_of_iptc() -> None:
    assert [topic for topic, _ in TOPICS.values()] == [f"medtop:{number:02}000000" for number in range(1, 18)]


def of_the_top_level(language: str) -> list[Entry]:
    words = lexicon(language)
    assert words is not None
    return [entry for entry in words.entries if entry.weight]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lexicon_speaks_of_every_topic_in_known_weights(language: str) -> None:
    entries = of_the_top_level(language)
    assert {entry.topic for entry in entries} == set(TOPICS)
    assert {entry.weight for entry in entries} == {1, 2, 3} or language not in MAJOR
    assert {entry.weight for entry in entries} <= {1, 2, 3}
    assert len(entries) > (1_000 if language in MAJOR else 600)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lexicon_speaks_of_every_topic_of_the_second_level(language: str) -> None:
    words = lexicon(language)
    assert words is not None
    count = Counter(entry.topic for entry in words.entries if not entry.weight)
    assert set(count) == set(SECOND_LEVEL)
    assert min(count.values()) >= 4


def test_topics_of_the_second_level_stand_below_one_of_the_top() -> None:
    assert {topic.top for topic in SECOND_LEVEL.values()} == set(TOPICS)
    assert all(re.fullmatch("medtop:2000[01][0-9]{3}", topic.id) for topic in SECOND_LEVEL.values())
    assert len({topic.id for topic in SECOND_LEVEL.values()}) == len(SECOND_LEVEL)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "The central bank raised interest rates as inflation and unemployment grew.", "economy"),
        ("fr", "La banque centrale relève ses taux face à l'inflation, la croissance ralentit.", "economy"),
        ("en", "The prosecutor accused the defendant before the supreme court; the jury acquitted him.", "judiciary"),
        ("zh", "大选投票周日举行，选民在投票站排队，两名候选人接受选举结果。", "election"),
    ],
)
def test_the_second_level_where_it_is_sure(language: str, text: str, name: str) -> None:
    found = find_topics("", text, language)
    assert found[0].id in {topic for topic, _ in TOPICS.values()}
    assert name in [topic.name for topic in found]


def test_one_word_is_not_enough_for_the_second_level() -> None:
    found = find_topics("", "The minister and his government met the president; the prosecutor was there.", "en")
    assert {topic.id for topic in found} <= {topic for topic, _ in TOPICS.values()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_in_small_letters_and_stand_once(language: str) -> None:
    written = [(entry.topic, entry.word) for entry in of_the_top_level(language)]
    assert len(written) == len(set(written))
    assert all(word == word.lower() for _, word in written)
    if language in UNSPACED:
        # A single character stands in any word.
        assert all(len(word) > 1 for _, word in written)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - set(UNSPACED)))
def test_no_entry_repeats_what_a_shorter_one_of_its_weight_says(language: str) -> None:
    entries = of_the_top_level(language)
    stems = {(entry.topic, entry.word): entry.weight for entry in entries if not entry.word.endswith(".")}
    for entry in entries:
        shorter = (entry.word.rstrip(".")[:size] for size in range(2, len(entry.word)))
        assert all(stems.get((entry.topic, stem), 0) < entry.weight for stem in shorter if stem != entry.word), (
            entry.word
        )
