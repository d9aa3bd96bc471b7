from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.cluster.stage import Cluster
from shared.contracts import ClusteredArticle, Copy, Story, content_id
from shared.stage import Emit

Build = Callable[..., Any]


def story_of(message: Any) -> Story:
    (emit,) = Cluster().decide(message)
    assert isinstance(emit, Emit)
    assert isinstance(emit.message, ClusteredArticle)
    return emit.message.story


def test_an_article_begins_its_own_story_and_event(make_enriched: Build) -> None:
    message = make_enriched()
    assert story_of(message) == Story(
        id=content_id("story", message.article.id), event_id=content_id("event", message.article.id)
    )


def test_the_message_goes_on_whole_under_the_articles_id(make_enriched: Build) -> None:
    message = make_enriched(actors=("ann", "bob"))
    (emit,) = Cluster().decide(message)
    assert isinstance(emit, Emit)
    assert emit.key == message.article.id
    assert emit.message.model_dump(exclude={"story"}) == message.model_dump()


@pytest.mark.parametrize("kind", ["exact", "near", "translation"])
def test_a_copy_belongs_to_the_story_of_its_origin(make_enriched: Build, kind: Any) -> None:
    origin = make_enriched("https://a.example/")
    copy = make_enriched("https://b.example/", copy=Copy(copy_of=origin.article.id, copy_kind=kind))
    assert story_of(copy) == story_of(origin)


def test_a_digest_is_a_story_of_its_own(make_enriched: Build) -> None:
    origin = make_enriched("https://a.example/")
    digest = make_enriched("https://b.example/", copy=Copy(copy_of=origin.article.id, copy_kind="contains"))
    assert story_of(digest) != story_of(origin)
    assert story_of(digest) == story_of(make_enriched("https://b.example/"))


def test_a_revision_stays_in_its_story(make_enriched: Build) -> None:
    assert story_of(make_enriched(copy=Copy(revision=3), title="Another")) == story_of(make_enriched())
