"""One alert that everything is told of, with words of others in it that are not meant well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.alert.told.links import Links
from shared.contracts import Alert, AlertActor, Evidence, Window

START = datetime(2024, 6, 18, 22, 10, tzinfo=UTC)


def evidence(number: int, **more: object) -> Evidence:
    values = {
        "article_id": f"article{number}",
        "url": f"https://paper-{number}.example/visit?n={number}&x=1",
        "title": f"Title {number}",
        "source": f"Paper {number}",
        "owner": f"paper-{number}.example",
        "language": "en",
        "published": START + timedelta(hours=number),
        "snippet": f"Sentence {number} names Vladimir Putin and Kim Jong-un.",
        "same_sentence": True,
    }
    return Evidence.model_validate({**values, **more})


@pytest.fixture
def alert() -> Alert:
    return Alert(
        id="0123456789abcdef01234567",
        version=3,
        rule="new-pair",
        alert_class="NEVER",
        tier="CONFIRMED",
        actors=(
            AlertActor(id="kim-jong-un", name="Kim Jong-un"),
            AlertActor(id="vladimir-putin", name="Vladimir Putin"),
        ),
        score=4.321,
        observed=3,
        expected=0.0123,
        stories=3,
        owners=("paper-1.example", "paper-2.example", "paper-3.example"),
        languages=("en", "fr"),
        window=Window(start=START, end=START + timedelta(hours=9)),
        horizon_days=61,
        evidence=(
            evidence(1, snippet="Only a <b>title</b> & more ]]>", same_sentence=False),
            evidence(2, url="javascript:alert(1)", source="<!channel> @here"),
            evidence(3, language="fr", snippet="Poutine\x1b[2J rencontre\nKim \u202eevil\uffff.", denies=True),
        ),
        changes=("owner", "confirmed"),
    )


@pytest.fixture
def links() -> Links:
    return Links("https://kibana.example/s/news/", "")
