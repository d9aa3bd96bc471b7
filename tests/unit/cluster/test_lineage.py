"""Whose report an article is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.cluster.lineage import load_lineage
from services.normalise.owners import outlets

Build = Callable[..., Any]

BODY = "The two ministers met on Monday and agreed on a bridge.\nThe work begins in spring."


@pytest.mark.parametrize(
    ("language", "text", "owner"),
    [
        ("en", f"ANKARA, March 3 (Reuters) - {BODY}", "Thomson Reuters"),
        ("en", f"PARIS (AFP) — {BODY}", "AFP"),
        ("en", f"BERLIN (AP) — {BODY}", "Associated Press"),
        ("en", f"AFP - {BODY}", "AFP"),
        ("en", f"{BODY}\nReuters contributed to this report.", "Thomson Reuters"),
        ("en", f"{BODY}\nThe Associated Press contributed to this report.", "Associated Press"),
        ("en", f"{BODY}\n(With inputs from ANI)", "ANI"),
        ("en", f"{BODY} (AFP)", "AFP"),
        ("en", f"{BODY}\n(Reuters/dpa)", "Thomson Reuters"),
        ("de", f"Berlin (dpa) - {BODY}", "dpa"),
        ("de", f"Berlin (dpa/lno) – {BODY}", "dpa"),
        ("de", f"{BODY}\nMit Material von AFP", "AFP"),
        ("fr", f"{BODY}\n(avec AFP)", "AFP"),
        ("fr", f"{BODY}\nSource : AFP", "AFP"),
        ("es", f"Madrid, 3 mar (EFE).- {BODY}", "Agencia EFE"),
        ("ru", "МОСКВА, 3 мар — РИА Новости. Министры встретились в понедельник.", "Rossiya Segodnya"),
        ("ru", "МОСКВА, 3 марта. /ТАСС/. Министры встретились.\nИсточник: ТАСС", "TASS"),
        ("ru", "МОСКВА, 3 марта. /ТАСС/. Президент подписал указ.", "TASS"),
        ("en", f"{BODY}\n© 2024 AFP", "AFP"),
        ("de", f"{BODY}\nEigener Bericht (mit dpa)", "dpa"),
        (
            "en",
            f"{BODY}\nReuters contributed to this report.\nSubscribe to our newsletter\nAll rights reserved\nTerms",
            "Thomson Reuters",
        ),
        ("ja", "[ロンドン 3日 ロイター] - 首相は会談した。", "Thomson Reuters"),
        ("ja", "【ロンドン共同】首相は会談した。", "Kyodo News"),
        ("zh", "新华社北京3月3日电（记者王某）两国部长会晤。\n会谈持续两小时。", "Xinhua"),
        ("zh", "（法新社巴黎3日电）两国部长会晤。", "AFP"),
        ("ja", "【AFP=時事】両国の大臣が会談した。", "AFP"),
        ("ko", "(서울=연합뉴스) 홍길동 기자 = 두 장관이 만났다.", "Yonhap"),
    ],
)
def test_an_agencys_sign_makes_the_report_its_own(
    make_article: Build, language: str, text: str, owner: str | None
) -> None:
    assert load_lineage().reported_by(make_article(text=text, language=language)) == owner


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", BODY),
        ("en", ""),
        ("en", "The minister told Reuters that the bridge would be built.\nHe told AFP the same."),
        ("en", "A spokesman for AP Moller (a shipping company) said so.\nThe end."),
        ("en", "He spoke to reporters (among them one of AFP, who asked about it) on Monday. " * 3),
        ("fr", "Selon RIA, les deux ministres se sont vus.\nL'agence AFP n'a pas pu le confirmer."),
        ("ru", "Как сообщает ТАСС, министры встретились.\nОб этом пишет РИА Новости со ссылкой на источник."),
        ("tr", "AA meclisi toplandı.\nKarar çıktı."),
        ("en", f"{BODY}\nPhotos: (AP)"),
        ("de", f"{BODY}\nFoto: (dpa)"),
        ("en", f"{BODY}\nPicture by John (Getty/AFP)"),
        ("en", "The Associated Press (AP) said it would cut jobs.\nThe end."),
        ("en", "Reuters – the news agency – cut 100 jobs.\nThe end."),
        ("en", "Reuters: Minister resigned.\nThe end."),
        ("en", f"The Party (AA) — {BODY}".replace("AA", "XY")),
    ],
)
def test_who_is_merely_named_signed_nothing(make_article: Build, language: str, text: str) -> None:
    assert load_lineage().reported_by(make_article(text=text, language=language)) is None


def test_the_authors_line_is_a_sign(make_article: Build) -> None:
    for author, owner in (
        ("Reuters", "Thomson Reuters"),
        ("By Reuters Staff", "Thomson Reuters"),
        ("Anna Novak", None),
    ):
        assert load_lineage().reported_by(make_article(text=BODY, author=author)) == owner


def test_an_agencys_own_site_needs_no_sign(make_article: Build) -> None:
    article = make_article(text=f"PARIS (AFP) - {BODY}", owner="AFP")
    assert load_lineage().reported_by(article) is None


def test_every_agency_is_an_owner_of_the_table() -> None:
    owners = {outlet.owner for outlet in outlets()}
    signed = {sign.owner for signs in load_lineage().signs.values() for sign in signs}
    assert len(signed) >= 70
    assert signed <= owners
