from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from services.index.stage import Index
from shared.contracts import ArticleDocument, Copy
from shared.stage import Put

Build = Callable[..., Any]


def test_the_document_is_the_article_with_its_blocks_laid_flat(make_clustered: Build) -> None:
    copy = Copy(revision=4, copy_of="origin", copy_kind="near", containment=0.7)
    message = make_clustered(actors=("ann", "bob"), copy=copy, flags=("truncated",), author="N. N.", story="s")
    (put,) = Index().decide(message)
    assert isinstance(put, Put)
    document = put.document.model_dump()
    article = message.article.model_dump(exclude={"fingerprint", "history", "reprocessed"})
    assert {key: document[key] for key in article} == article
    assert (document["revision"], document["copy_of"], document["copy_kind"]) == (4, "origin", "near")
    assert (document["story_id"], document["event_id"]) == ("s", "s")
    assert document["actors"] == message.enrichment.model_dump()["actors"]
    assert [(pair["first"], pair["second"], pair["same_sentence"]) for pair in document["pairs"]] == [
        ("ann", "bob", True)
    ]


def test_the_same_message_gives_the_same_document(make_clustered: Build) -> None:
    message = make_clustered(actors=("bob", "ann", "cid"))
    assert Index().decide(message) == Index().decide(type(message).from_bytes(message.to_bytes()))


def test_an_alert_is_put_as_it_is(make_alert: Build) -> None:
    assert Index().decide(make_alert()) == [Put(make_alert())]


def test_a_document_that_was_stored_before_there_were_rights_has_none(make_clustered: Build) -> None:
    (put,) = Index().decide(make_clustered(rights=("tdm-reserved",)))
    assert put.document.rights == ("tdm-reserved",)
    stored = json.loads(put.document.to_bytes())
    del stored["rights"]
    assert ArticleDocument.from_bytes(json.dumps(stored).encode()).rights == ()
