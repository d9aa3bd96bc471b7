from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.contracts import Copy, Story, content_id

Build = Callable[..., Any]


def story_of(desk: Any, message: Any) -> Story:
    return desk.tell(message).story  # type: ignore[no-any-return]


def test_an_article_begins_its_own_story_and_event(desk: Any, make_enriched: Build) -> None:
    message = make_enriched()
    assert story_of(desk, message) == Story(
        id=content_id("story", message.article.id), event_id=content_id("event", message.article.id)
    )


def test_the_message_goes_on_whole_under_the_articles_id(desk: Any, make_enriched: Build) -> None:
    message = make_enriched(actors=("ann", "bob"))
    assert desk.tell(message).model_dump(exclude={"story"}) == message.model_dump()


@pytest.mark.parametrize("kind", ["exact", "near", "translation"])
def test_a_copy_belongs_to_the_story_of_its_origin(desk: Any, make_enriched: Build, kind: Any) -> None:
    origin = make_enriched("https://a.example/")
    copy = make_enriched("https://b.example/", copy=Copy(copy_of=origin.article.id, copy_kind=kind))
    assert story_of(desk, copy) == story_of(desk, origin)


def test_a_digest_is_a_story_of_its_own(desk: Any, make_enriched: Build) -> None:
    origin = make_enriched("https://a.example/")
    digest = make_enriched("https://b.example/", copy=Copy(copy_of=origin.article.id, copy_kind="contains"))
    assert story_of(desk, digest) != story_of(desk, origin)
    assert story_of(desk, digest) == story_of(desk, make_enriched("https://b.example/"))


def test_a_revision_stays_in_its_story(desk: Any, make_enriched: Build) -> None:
    assert story_of(desk, make_enriched(copy=Copy(revision=3), title="Another")) == story_of(desk, make_enriched())
