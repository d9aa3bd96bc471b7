from __future__ import annotations

import pytest

from services.alert.denials import denies


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Kremlin denied that the two had met."),
        ("fr", "L'Élysée dément toute rencontre."),
        ("de", "Der Kreml wies den Bericht über ein Treffen zurück."),
        ("de", "Das Amt bestreitet ein Treffen."),
        ("es", "El ministro desmintió la reunión."),
        ("it", "Il ministro smentisce l'incontro."),
        ("pt", "O ministro negou o encontro."),
        ("pl", "Minister zaprzecza, że się spotkali."),
        ("ru", "В Кремле опровергли сообщение о встрече."),
        ("uk", "У Києві заперечують зустріч."),
        ("tr", "Bakan görüşmeyi yalanladı."),
        ("ar", "نفى الوزير لقاءه مع نظيره"),
        ("zh", "外交部否认两人会面。"),
        ("ja", "外務省は会談を否定した。"),
        ("ko", "외교부는 회동을 부인했다."),
    ],
)
def test_a_denial_is_seen(language: str, text: str) -> None:
    assert denies(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The two met in Vienna and confirmed the deal."),
        ("en", "Students met in Denver."),
        ("fr", "Ils ont nié l'évidence."),
        ("de", "Die beiden trafen sich in Wien."),
        ("ru", "Путин и Ким встретились."),
        ("zh", "两国领导人会面。"),
        ("tlh", "They denied it."),
    ],
)
def test_what_denies_nothing_is_let_be(language: str, text: str) -> None:
    assert not denies(text, language)
