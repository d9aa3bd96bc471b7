"""What was forgotten is compared with nothing, and nothing under its link comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shared.stage import Drop, Emit

Build = Callable[..., Any]

LINK = "https://paper.example/1"
TEXT = "The swing bridge will close for nine nights while its bearings are replaced by engineers from the coast."
OTHER = "All four hundred seats in the granary went before noon, and a second evening is being looked into now."


@pytest.fixture
def forgetful(new_deduplication: Build, make_article: Build) -> Any:
    """An article was judged and forgotten."""
    judged = new_deduplication()
    judged(make_article(LINK, text=TEXT))
    return forget(judged)


def forget(judged: Any) -> Any:
    for record in judged.log.read():
        judged.log.bodies[record.id] = record.forgotten().to_bytes()
    return judged.restarted()


def test_the_record_has_none_of_its_words(forgetful: Any) -> None:
    (record,) = forgetful.log.read()
    assert (record.version, record.headline, record.fingerprint, record.hashes) == ("forgotten", "", "", b"")


def test_a_replay_and_any_other_version_end_as_forgotten(forgetful: Any, make_article: Build) -> None:
    for more in (
        {"text": TEXT},
        {"text": TEXT + " And on."},
        {"text": OTHER, "title": "Else"},
        {"text": OTHER, "entry_id": "e"},
    ):
        assert forgetful(make_article(LINK, **more)) == [Drop("forgotten")]
    assert {record.hashes for record in forgetful.log.read()} == {b""}
    assert forgetful.restarted()(make_article(LINK, text=OTHER)) == [Drop("forgotten")]


def test_a_later_copy_is_a_first_article(forgetful: Any, make_article: Build) -> None:
    (emit,) = forgetful(make_article("https://other.example/", text=TEXT))
    assert isinstance(emit, Emit)
    assert emit.message.copy_.copy_of is None  # type: ignore[attr-defined]


def test_under_a_shared_link_the_others_live_on(new_deduplication: Build, make_article: Build) -> None:
    judged = new_deduplication()
    judged(make_article(LINK, title="Bridge", text=TEXT))
    judged(make_article(LINK, title="Choir", text=OTHER))
    _, second = judged.log.read()
    judged.log.bodies[second.id] = second.forgotten().to_bytes()
    judged = judged.restarted()
    assert judged(make_article(LINK, title="Choir", text=OTHER)) == [Drop("forgotten")]
    (emit,) = judged(make_article(LINK, title="Bridge", text=TEXT + " It will open again in May."))
    assert isinstance(emit, Emit)
    assert emit.message.copy_.revision == 2  # type: ignore[attr-defined]
