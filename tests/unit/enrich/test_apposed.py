from __future__ import annotations

import pytest

from services.enrich.stage import Enrich
from shared.bench.unread import unique_article

STAGE = Enrich()


def mentions(text: str, language: str, actor: str) -> list[str]:
    found = STAGE.enrich(unique_article("t", text, language).article).actors
    return [mention.text for each in found if each.id == actor for mention in each.mentions]


@pytest.mark.parametrize(
    ("text", "language", "actor", "wanted"),
    [
        (
            "The World Health Organization (WXO) met. The WXO said no.",
            "en",
            "world-health-organization",
            ["World Health Organization", "WXO", "WXO"],
        ),
        (
            "L’Organisation mondiale de la santé (Oxs) parle. L’Oxs a dit non.",
            "fr",
            "world-health-organization",
            ["Oxs", "Oxs"],
        ),
    ],
)
def test_a_short_name_in_brackets_holds_in_the_article(text: str, language: str, actor: str, wanted: list[str]) -> None:
    assert mentions(text, language, actor)[-len(wanted) :] == wanted


@pytest.mark.parametrize(
    "text", ["NATO (Monday) met. Monday came.", "NATO (see page 3) met.", "We met WXO. NATO left."]
)
def test_other_words_in_brackets_do_not(text: str) -> None:
    assert mentions(text, "en", "nato") == ["NATO"]
