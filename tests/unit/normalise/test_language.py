from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.language import Language, identify, language_of_tag


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Poutine arrive en Corée du Nord pour un sommet avec Kim", "fr"),
        ("Putin arrives in North Korea for a summit with Kim", "en"),
        ("Putin trifft in Nordkorea zu einem Gipfel mit Kim ein", "de"),
        ("Putin llega a Corea del Norte para una cumbre con Kim", "es"),
        ("Putin chega à Coreia do Norte para uma cúpula com Kim", "pt"),
        ("Путин прибыл в Северную Корею на саммит с Ким Чен Ыном", "ru"),
        ("Путін прибув до Північної Кореї на саміт із Кім Чен Ином", "uk"),
        ("Путин пристигна в Северна Корея за среща на върха с Ким", "bg"),
        ("Путин је стигао у Северну Кореју на самит са Кимом", "sr"),
        ("بوتين يصل إلى كوريا الشمالية لعقد قمة مع كيم", "ar"),
        ("پوتین برای دیدار با کیم وارد کره شمالی شد", "fa"),
        ("پوتن کم سے ملاقات کے لیے شمالی کوریا پہنچ گئے", "ur"),
        ("普京抵达朝鲜与金正恩举行峰会", "zh"),
        ("プーチン氏、北朝鮮に到着 金正恩氏と首脳会談", "ja"),
        ("푸틴, 북한 도착… 김정은과 정상회담", "ko"),
        ("Samsung 발표", "ko"),
        ("פוטין הגיע לצפון קוריאה לפסגה עם קים", "he"),
        ("Ο Πούτιν έφτασε στη Βόρεια Κορέα", "el"),
        ("ปูตินเดินทางถึงเกาหลีเหนือ", "th"),
        ("पुतिन किम के साथ शिखर सम्मेलन के लिए उत्तर कोरिया पहुंचे", "hi"),
        ("কিমের সঙ্গে বৈঠকে উত্তর কোরিয়ায় পুতিন", "bn"),
        ("PUTIN TRIFFT IN NORDKOREA ZU EINEM GIPFEL EIN", "de"),
    ],
)
def test_headlines_are_identified(text: str, code: str) -> None:
    found = identify(text, None)
    assert found.code == code
    assert found.confidence >= 0.5


@pytest.mark.parametrize("text", ["", "2024 – 15 %", "… !!! 😀", "\u200b"])
def test_without_letters_it_is_undetermined(text: str) -> None:
    assert identify(text, "en") == Language("und", 0.0)


def test_a_hint_decides_where_the_text_does_not() -> None:
    assert identify("Trump", None).code == "und"
    assert identify("Trump", "de-DE").code == "de"
    assert identify("東京", "ja").code == "ja"
    assert identify("Путин и Ким", "ru").code == "ru"


@pytest.mark.parametrize("hint", ["en", "en-US", "ar", "xx", "", None])
def test_a_wrong_hint_changes_nothing(hint: str | None) -> None:
    assert identify("Putin trifft in Nordkorea zu einem Gipfel mit Kim ein", hint).code == "de"
    assert identify("普京抵达朝鲜与金正恩举行峰会", hint).code == "zh"


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("pt-BR", "pt"),
        ("zh_Hant_TW", "zh"),
        ("IW", "he"),
        ("nb-NO", "no"),
        (" fr ", "fr"),
        ("klingon", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_language_tags_as_found_in_feeds(tag: str | None, code: str) -> None:
    assert language_of_tag(tag) == code


@settings(deadline=None)
@given(st.text(max_size=60), st.none() | st.text(max_size=8))
def test_any_text_gives_a_confidence_between_0_and_1(text: str, hint: str | None) -> None:
    found = identify(text, hint)
    assert 0.0 <= found.confidence <= 1.0
    assert identify(text, hint) == found


def test_threads_give_the_same_answers() -> None:
    texts = ["Putin arrives in North Korea", "Putin trifft Kim in Nordkorea", "Путин прибыл", "پوتین وارد شد"] * 20
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: identify(text, None), texts)) == [identify(text, None) for text in texts]
