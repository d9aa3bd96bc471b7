from __future__ import annotations

import pytest

from services.enrich.stage import Enrich
from shared.bench.unread import unique_article

STAGE = Enrich()


def roles(text: str, language: str) -> dict[str, str]:
    return {actor.id: actor.role for actor in STAGE.enrich(unique_article("t", text, language).article).actors}


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("PARIS (AFP) – Emmanuel Macron a parlé.", "fr", "paris"),
        ("MOSCOW, May 5 (Reuters) - Vladimir Putin spoke.", "en", "moscow"),
        ("Berlin (dpa) - Der Kanzler sprach.", "de", "berlin"),
        ("КИЕВ, 5 мая — РИА Новости. Зеленский выступил.", "ru", "kyiv"),
        ("新华社北京5月3日电 习近平会见了客人。", "zh", "beijing"),
        ("(서울=연합뉴스) 이재명 대통령이 말했다.", "ko", "seoul"),
        ("القاهرة (رويترز) - قال السيسي", "ar", "cairo"),
        ("BRUSSELS — NATO met.", "en", "brussels"),
    ],
)
def test_the_place_of_a_dateline_is_where_the_reporter_sits(text: str, language: str, place: str) -> None:
    assert roles(text, language)[place] == "source"


@pytest.mark.parametrize(
    ("text", "language", "place"),
    [
        ("PARIS (AFP) – Macron a parlé à Paris.", "fr", "paris"),
        ("Paris has a new mayor - a man of forty.", "en", "paris"),
        ("Moscow and Washington spoke for hours on Monday – the talks were hard.", "en", "moscow"),
        ("Russia attacked Kyiv (Ukraine) on Monday.", "en", "russia"),
    ],
)
def test_a_place_that_the_text_speaks_of_is_an_actor(text: str, language: str, place: str) -> None:
    assert roles(text, language)[place] == "actor"
