from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.deduplicate.stage import CopyRules
from shared.contracts import Copy, UniqueArticle
from shared.stage import Drop, Emit

Build = Callable[..., Any]

CHANCE = random.Random(3)
WORDS = ["".join(CHANCE.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(4_000)]


def prose(start: int, count: int = 120) -> str:
    return " ".join(WORDS[start : start + count])


@pytest.fixture
def judged(new_deduplication: Build) -> Any:
    return new_deduplication()


def copy_of(outcomes: Any) -> Copy:
    (emit,) = outcomes
    assert isinstance(emit, Emit)
    assert isinstance(emit.message, UniqueArticle)
    return emit.message.copy_


def code(outcomes: Any) -> str:
    (drop,) = outcomes
    assert isinstance(drop, Drop)
    return drop.code


def test_a_first_article_goes_on_as_it_is(judged: Any, make_article: Build) -> None:
    article = make_article(text=prose(0))
    (emit,) = judged(article)
    assert emit.key == article.id
    assert emit.message == UniqueArticle(article=article, copy_=Copy())


def test_the_same_text_elsewhere_is_an_exact_copy_of_the_first(judged: Any, make_article: Build) -> None:
    first = make_article("https://a.example/", text=prose(0))
    judged(first)
    for url in ("https://b.example/", "https://c.example/"):
        assert copy_of(judged(make_article(url, text=prose(0)))) == Copy(
            copy_of=first.id, copy_kind="exact", containment=1.0
        )


def test_an_edited_text_is_a_near_copy_of_the_first(judged: Any, make_article: Build) -> None:
    first = make_article("https://a.example/", text=prose(0))
    judged(first)
    found = copy_of(
        judged(make_article("https://b.example/", title="Own headline", text=f"{prose(0, 90)} {prose(500, 20)}"))
    )
    assert (found.copy_of, found.copy_kind, found.revision) == (first.id, "near", 1)
    assert 0.7 < (found.containment or 0) < 1


def test_a_copy_of_a_copy_is_a_copy_of_the_first(judged: Any, make_article: Build) -> None:
    first = make_article("https://a.example/", text=prose(0))
    judged(first)
    judged(make_article("https://b.example/", text=f"{prose(0, 80)} {prose(500, 60)}"))
    third = copy_of(judged(make_article("https://c.example/", text=f"{prose(30, 50)} {prose(500, 60)}")))
    assert third.copy_of == first.id


def test_another_report_is_no_copy(judged: Any, make_article: Build) -> None:
    judged(make_article("https://a.example/", text=prose(0)))
    assert copy_of(judged(make_article("https://b.example/", text=prose(1_000)))) == Copy()


def test_a_digest_contains_a_report_and_stays_its_own(judged: Any, make_article: Build) -> None:
    report = make_article("https://a.example/", text=prose(0, 60))
    judged(report)
    digest = make_article("https://b.example/", text=f"{prose(1_000, 200)} {prose(0, 60)} {prose(2_000, 200)}")
    found = copy_of(judged(digest))
    assert (found.copy_of, found.copy_kind) == (report.id, "contains")
    copy = copy_of(judged(make_article("https://c.example/", text=digest.text)))
    assert (copy.copy_of, copy.copy_kind) == (digest.id, "exact"), "a copy of the digest is the digest's"


def test_a_report_after_the_digest_that_has_its_teaser_is_no_copy_unless_nearly_all_is_in_it(
    judged: Any, make_article: Build
) -> None:
    judged(make_article("https://a.example/", text=f"{prose(1_000, 300)} {prose(0, 60)} {prose(2_000, 300)}"))
    partly = make_article("https://b.example/", text=f"{prose(0, 60)} {prose(500, 60)}")
    assert copy_of(judged(partly)).copy_of is None
    wholly = make_article("https://c.example/", title="", text=prose(1_000, 120))
    assert copy_of(judged(wholly)).copy_kind == "near"


def test_headlines_that_are_alike_by_chance_are_no_copies(judged: Any, make_article: Build) -> None:
    judged(make_article("https://a.example/", title="Weather", text=""))
    assert copy_of(judged(make_article("https://b.example/", title="Weather", text=""))).copy_of is None
    judged(make_article("https://a.example/2", title="Mayor opens new bridge in Norwick", text=""))
    other = make_article("https://b.example/2", title="Mayor opens new bridge in Dunmere after long delay", text="")
    assert copy_of(judged(other)).copy_of is None


def test_copies_are_not_looked_for_beyond_the_window(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article("https://a.example/", text=prose(0), at=noon))
    for days, is_copy in ((31, False), (-31, False), (29, True), (-29, True)):
        article = make_article(
            f"https://b.example/{days}", text=f"{prose(0)} {WORDS[3_000 + days]}", at=noon + timedelta(days=days)
        )
        assert (copy_of(judged(article)).copy_of is not None) == is_copy, days


def test_the_article_from_another_feed_is_the_same_article(judged: Any, make_article: Build) -> None:
    article = make_article(text=prose(0))
    judged(article)
    (drop,) = judged(article.model_copy(update={"entry_id": "another"}))
    assert (drop.code, drop.same_as) == ("same-article", article.id)


def test_a_new_text_under_the_url_is_a_revision(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article(text=prose(0)))
    for number in (2, 3):
        later = make_article(text=prose(0) + " more" * number, updated=noon + timedelta(hours=number))
        assert copy_of(judged(later)) == Copy(revision=number)


def test_a_version_from_before_the_known_one_is_older(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article(text=prose(0), updated=noon + timedelta(hours=2)))
    (drop,) = judged(make_article(text=prose(0) + " first draft", updated=noon + timedelta(hours=1)))
    assert (drop.code, drop.same_as) == ("older-version", make_article().id)
    newest = make_article(text=prose(0) + " again", updated=noon + timedelta(hours=3))
    assert copy_of(judged(newest)).revision == 2, "an older version is none to count on from"


def test_a_teaser_of_the_known_text_is_contained(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article(text=prose(0)))
    assert code(judged(make_article(text=prose(0, 40)))) == "contained-version"


def test_a_correction_may_shorten(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article(text=prose(0)))
    shorter = make_article(text=prose(0, 40), updated=noon + timedelta(hours=1))
    assert copy_of(judged(shorter)).revision == 2


def test_reports_that_share_nothing_but_their_link_are_articles_of_their_own(judged: Any, make_article: Build) -> None:
    first = make_article(title="One", text=prose(0))
    second = make_article(title="Two", text=prose(1_000))
    judged(first)
    (emit,) = judged(second)
    other = emit.message.article
    assert other.id != first.id
    assert other.canonical_url == f"{first.canonical_url}#{other.id}"
    assert "shared-link" in other.flags
    assert emit.message.copy_ == Copy(revision=1)
    (emit,) = judged(make_article(title="Two", text=prose(1_000) + " and an update"))
    assert (emit.message.article.id, emit.message.copy_.revision) == (other.id, 2)
    (drop,) = judged(second.model_copy(update={"entry_id": "another"}))
    assert drop.same_as == other.id


def test_a_revision_keeps_when_the_article_was_seen_first(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article(text=prose(0)))
    later = make_article(
        text=prose(0) + " more", first_seen=noon + timedelta(days=40), updated=noon + timedelta(days=40)
    )
    (emit,) = judged(later)
    assert emit.message.article.first_seen == noon


def test_old_boilerplate_hides_no_new_copies(judged: Any, make_article: Build, noon: datetime) -> None:
    for number in range(70):
        old = make_article(f"https://old.example/{number}", published=noon - timedelta(days=9_000), text=prose(0))
        judged(old)
    first = make_article("https://a.example/", text=prose(0))
    judged(first)
    assert copy_of(judged(make_article("https://b.example/", text=prose(0)))).copy_of == first.id


def test_the_full_text_after_the_teaser_is_a_revision(judged: Any, make_article: Build, noon: datetime) -> None:
    judged(make_article(text=prose(0, 40)))
    assert copy_of(judged(make_article(text=prose(0)))).revision == 2


def test_a_revision_stays_the_copy_that_its_first_version_was(judged: Any, make_article: Build, noon: datetime) -> None:
    first = make_article("https://a.example/", text=prose(0))
    judged(first)
    judged(make_article("https://b.example/", text=prose(0)))
    later = make_article("https://b.example/", text=prose(1_000), updated=noon + timedelta(hours=1))
    assert copy_of(judged(later)) == Copy(revision=2, copy_of=first.id, copy_kind="exact", containment=1.0)


def test_of_two_equally_near_the_earlier_read_is_the_origin(judged: Any, make_article: Build) -> None:
    earlier = make_article("https://z.example/", title="t", text=f"{prose(0, 60)} {prose(1_000, 60)}")
    later = make_article("https://a.example/", title="t", text=f"{prose(0, 60)} {prose(2_000, 60)}")
    for article in (earlier, later):
        assert copy_of(judged(article)).copy_kind in (None, "near")
    new = make_article("https://m.example/", title="x", text=prose(0, 60))
    assert copy_of(judged(new)).copy_of == earlier.id


def test_boilerplate_that_many_carry_makes_no_copies(judged: Any, make_article: Build) -> None:
    boilerplate = prose(0, 30)
    for number in range(100):
        article = make_article(f"https://a.example/{number}", text=f"{prose(100 + number * 35, 80)} {boilerplate}")
        judged(article)
    new = make_article(
        "https://new.example/", title="Own", text=f"{' '.join(reversed(WORDS[1_000:1_100]))} {boilerplate}"
    )
    assert copy_of(judged(new)).copy_of is None


def test_what_was_read_last_is_compared_with_up_to_the_capacity(new_deduplication: Build, make_article: Build) -> None:
    judged = new_deduplication(CopyRules(capacity=3))
    for number in range(4):
        judged(make_article(f"https://a.example/{number}", text=prose(number * 200)))
    assert copy_of(judged(make_article("https://b.example/0", text=prose(0)))).copy_of is None
    assert copy_of(judged(make_article("https://b.example/3", text=prose(600)))).copy_kind == "exact"


def test_many_candidates_outside_the_window_do_not_hide_one_inside(
    judged: Any, make_article: Build, noon: datetime
) -> None:
    for number in range(40):
        text = f"{prose(0)} {prose(200 + number, 1)}"
        judged(make_article(f"https://old.example/{number}", text=text, at=noon - timedelta(days=100 + 40 * number)))
    inside = make_article("https://inside.example/", text=prose(0, 100), at=noon)
    judged(inside)
    found = copy_of(judged(make_article("https://new.example/", text=prose(0), title="Own", at=noon)))
    assert found.copy_of == inside.id


ARTICLES = st.tuples(
    st.integers(0, 5),  # the url
    st.sampled_from([0, 40, 80, 1_000, 2_000]),  # where its text begins
    st.sampled_from([30, 60, 120, 300]),  # its length
    st.integers(-40, 40),  # its day
    st.integers(0, 3),  # hours after which it was updated
)


def build(make_article: Build, noon: datetime, parts: tuple[int, int, int, int, int]) -> Any:
    url, start, count, day, hours = parts
    at = noon + timedelta(days=day)
    return make_article(
        f"https://a.example/{url}", text=prose(start, count), at=at, updated=at + timedelta(hours=hours)
    )


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(ARTICLES, min_size=1, max_size=14), cut=st.integers(0, 14))
def test_a_restart_at_any_point_changes_no_later_verdict(
    parts: list[Any], cut: int, new_deduplication: Build, make_article: Build, noon: datetime
) -> None:
    articles = [build(make_article, noon, each) for each in parts]
    undisturbed, disturbed = new_deduplication(), new_deduplication()
    expected = [undisturbed(article) for article in articles]
    found = []
    for number, article in enumerate(articles):
        if number == cut:
            disturbed = disturbed.restarted()
        found.append(disturbed(article))
    assert found == expected
    assert disturbed.log.bodies == undisturbed.log.bodies


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(ARTICLES, min_size=1, max_size=10), chance=st.randoms(use_true_random=False))
def test_a_verdict_is_given_again_whatever_came_in_between(
    parts: list[Any], chance: random.Random, new_deduplication: Build, make_article: Build, noon: datetime
) -> None:
    judged = new_deduplication(CopyRules(capacity=3))
    articles = [build(make_article, noon, each) for each in parts]
    first = {}
    for article in articles:
        outcomes = judged(article)
        first.setdefault(article, outcomes)
    records = dict(judged.log.bodies)
    for article in chance.sample(articles, len(articles)):
        assert judged(article) == first[article]
    assert judged.log.bodies == records


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(ARTICLES, min_size=1, max_size=12))
def test_every_article_has_one_first_version_and_a_row_of_revisions(
    parts: list[Any], new_deduplication: Build, make_article: Build, noon: datetime
) -> None:
    judged = new_deduplication()
    for each in parts:
        judged(build(make_article, noon, each))
    for group in {record.group for record in judged.log.read()}:
        records = judged.log.group(group)
        going_on = [record for record in records if record.version in ("first", "revision")]
        assert records[0].version == "first"
        assert [record.revision for record in going_on] == list(range(1, len(going_on) + 1))
        assert len({(record.copy_of, record.copy_kind) for record in records}) == 1
        assert all(record.copy_of != group for record in records), "nothing is a copy of itself"
