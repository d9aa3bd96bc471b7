from __future__ import annotations

from services.enrich.stage import Enrich
from shared.bench.unread import unique_article
from shared.contracts import Copy, EnrichedArticle, UniqueArticle
from shared.stage import Emit


def message(title: str, text: str) -> UniqueArticle:
    copy = Copy(copy_of="b", copy_kind="near")
    return unique_article(title, text, "en").model_copy(update={"copy_": copy})


def test_an_article_goes_on_with_what_was_found() -> None:
    sent = message("Putin and Kim meet", "Vladimir Putin met Kim Jong Un.")
    (outcome,) = Enrich().decide(sent)
    assert isinstance(outcome, Emit)
    assert outcome.key == "a"
    assert isinstance(outcome.message, EnrichedArticle)
    assert (outcome.message.article, outcome.message.copy_) == (sent.article, sent.copy_)
    assert {actor.id for actor in outcome.message.enrichment.actors} == {"vladimir-putin", "kim-jong-un"}
    assert outcome.message.enrichment.sentences == ((0, 18), (19, 50))


def test_the_same_message_gives_the_same_bytes() -> None:
    sent = message("Putin in Pyongyang", "Analyst Lucy Wexby said no.")
    results = [Enrich().decide(sent)[0] for _ in range(2)]
    assert results[0] == results[1]


def test_an_article_of_nothing_goes_on_too() -> None:
    (outcome,) = Enrich().decide(message("", ""))
    assert isinstance(outcome, Emit)
    assert isinstance(outcome.message, EnrichedArticle)
    assert outcome.message.enrichment.actors == ()
