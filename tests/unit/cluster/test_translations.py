"""Translated copies, events, and ids that stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cluster.alignment import aligned
from services.cluster.anchors import figure
from services.cluster.likeness import likeness
from services.cluster.reports import Reports
from services.cluster.stage import StoryRules
from services.enrich.stage import Enrich
from shared.bench.stories import score, translated
from shared.contracts import Copy, EnrichedArticle
from shared.contracts.ids import content_id

Build = Callable[..., Any]
HOUR = timedelta(hours=1)
ENRICH = Enrich()

ENGLISH = (
    "Emmanuel Macron received Volodymyr Zelensky in Paris on Tuesday and promised 120 vehicles worth 2.5 billion euros. "
    "Dmitry Peskov dismissed the talks in Moscow. Zelensky then travelled to Warsaw, where Donald Tusk offered 34 more."
)
GERMAN = (
    "Emmanuel Macron hat Wolodymyr Selenskyj am Dienstag in Paris empfangen und 120 Fahrzeuge im Wert von 2,5 Milliarden Euro "
    "zugesagt. Dmitri Peskow tat die Gespräche in Moskau ab. Selenskyj reiste weiter nach Warschau, wo Donald Tusk 34 weitere anbot."
)
OTHER_GERMAN = (
    "Wolodymyr Selenskyj hat in Paris um Luftabwehr gebeten. Emmanuel Macron stellte 18 Systeme in Aussicht, die Lieferung beginne "
    "in 26 Wochen. In Berlin sagte Friedrich Merz, Deutschland prüfe 45 Anträge."
)


@pytest.fixture
def article(make_article: Build, noon: datetime) -> Callable[..., EnrichedArticle]:
    def build(
        text: str, language: str, after: timedelta = timedelta(0), site: str = "a", **more: Any
    ) -> EnrichedArticle:
        made = make_article(f"https://{site}.example/{language}", "A title", text, at=noon + after, language=language)
        return EnrichedArticle(article=made, copy_=more.get("copy", Copy()), enrichment=ENRICH.enrich(made))

    return build


def test_a_translation_is_a_copy_in_the_story_of_the_original(desk: Any, article: Build) -> None:
    original = desk.tell(article(ENGLISH, "en"))
    copy = desk.tell(article(GERMAN, "de", 5 * HOUR))
    assert copy.story.id == original.story.id == content_id("story", original.article.id)
    assert (copy.copy_.copy_of, copy.copy_.copy_kind) == (original.article.id, "translation")
    assert original.copy_.copy_kind is None


def test_another_report_of_the_same_meeting_is_a_story_of_one_event(desk: Any, article: Build) -> None:
    original = desk.tell(article(ENGLISH, "en"))
    other = desk.tell(article(OTHER_GERMAN, "de", 5 * HOUR))
    assert other.story.id != original.story.id
    assert other.story.event_id == original.story.event_id
    assert other.copy_.copy_kind is None


def test_what_comes_days_later_is_neither(desk: Any, article: Build) -> None:
    original = desk.tell(article(ENGLISH, "en"))
    later = desk.tell(article(GERMAN, "de", 80 * HOUR))
    assert later.story.id != original.story.id
    assert later.story.event_id != original.story.event_id


def test_a_copy_of_a_translation_belongs_to_the_original(desk: Any, article: Build) -> None:
    original = desk.tell(article(ENGLISH, "en"))
    translation = desk.tell(article(GERMAN, "de", 5 * HOUR))
    copy = Copy(copy_of=translation.article.id, copy_kind="near")
    reprint = desk.tell(article(GERMAN, "de", 6 * HOUR, site="b", copy=copy))
    assert reprint.story == original.story
    assert reprint.copy_ == copy, "what deduplicate said of it stands"


def test_a_revision_stays_where_it_was_whatever_it_says_now(desk: Any, article: Build) -> None:
    desk.tell(article(ENGLISH, "en"))
    copy = desk.tell(article(GERMAN, "de", 5 * HOUR))
    revision = article("Alles war ganz anders.", "de", 5 * HOUR, copy=Copy(revision=2))
    told = desk.restarted().tell(revision)
    assert told.story == copy.story
    assert (told.copy_.revision, told.copy_.copy_kind, told.copy_.copy_of) == (2, "translation", copy.copy_.copy_of)


def test_a_verdict_is_given_again_and_not_taken_anew(desk: Any, article: Build) -> None:
    alone = desk.tell(article(GERMAN, "de", 5 * HOUR))
    desk.tell(article(ENGLISH, "en"))
    assert desk.restarted().tell(article(GERMAN, "de", 5 * HOUR)) == alone
    assert alone.copy_.copy_kind is None


def test_the_agencys_report_is_the_agencys_in_every_paper(desk: Any, article: Build) -> None:
    first = desk.tell(article(f"PARIS (AFP) - {ENGLISH}", "en"))
    assert first.story.reported_by == "AFP"
    again = article("No sign of anybody any more.", "en", copy=Copy(revision=2))
    assert desk.tell(again).story.reported_by == "AFP", "whose report it is was said of the first version"


def test_memory_is_bounded_by_the_order_of_the_log(new_desk: Build, article: Build) -> None:
    desk = new_desk(StoryRules(capacity=3))
    desk.tell(article(ENGLISH, "en"))
    for number in range(3):
        desk.tell(article(f"Anna Kowalska met {number} people in Oslo.", "en", site=f"other-{number}"))
    assert desk.tell(article(GERMAN, "de", 5 * HOUR)).copy_.copy_kind is None
    reports = desk._judge._view.reports
    assert len(reports._reports) == 3
    assert set(reports._places) == {key for report in reports._reports.values() for key in report.counts}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2.5", "2,5"),
        ("2 500", "25"),
        ("1,200,000", "1.200.000"),
        ("١٢٠", "120"),
        ("1\u00a0200", "1200"),
        ("0.25", "25"),
        ("600", "60"),
    ],
)
def test_a_figure_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert figure(one) == figure(other) is not None


@pytest.mark.parametrize("written", ["7", "0", "000"])
def test_a_single_digit_says_too_little(written: str) -> None:
    assert figure(written) is None


@settings(max_examples=100, deadline=None)
@given(st.text("abcd", max_size=12), st.text("abcd", max_size=12))
def test_alignment_is_the_heaviest_common_subsequence(one: str, other: str) -> None:
    def best(first: str, second: str) -> float:
        if not first or not second:
            return 0
        if first[0] == second[0]:
            return weight(first[0]) + best(first[1:], second[1:])
        return max(best(first[1:], second), best(first, second[1:]))

    def weight(key: str) -> float:
        return 1.0 + "abcd".index(key)

    assert aligned(one, other, weight) == pytest.approx(best(one, other))
    assert aligned(one, other, weight) == pytest.approx(aligned(other, one, weight))


def test_nothing_is_like_nothing(noon: datetime) -> None:
    from services.cluster.reports import Report

    report = Report("a", "s", "e", noon, noon, "en", (), {})
    assert likeness((), noon, report, Reports(10)).share == 0


def test_a_flood_of_names_costs_little(desk: Any, article: Build) -> None:
    """Alignment is quadratic, so the anchors have a bound."""
    long = ". ".join(f"Emmanuel Macron met {number} people in Paris" for number in range(100, 3_000))
    desk.tell(article(long, "en"))
    record = desk.log.read()[0]
    assert len(record.anchors) == 160
    desk.tell(article(long, "fr", HOUR))


def test_the_corpus_is_told_apart_as_well_as_it_was() -> None:
    """The half that rules may be made with; `newsloom bench stories` prints all."""
    found = score(translated("dev"), ENRICH)
    assert found.articles == 171
    assert found.stories.f1 >= 0.94
    assert found.stories.precision >= 0.97
    assert found.events.f1 >= 0.88


def test_two_names_in_one_order_are_every_reporters(desk: Any, article: Build) -> None:
    """A visit, a lawsuit, a resignation: three matters of the same two, and no translation among them."""
    visit = desk.tell(article("Tim Cook toured the Huawei campus and praised the engineers there.", "en"))
    lawsuit = desk.tell(article("Der Anwalt von Tim Cook hat Klage gegen den Konzern Huawei erhoben.", "de", 26 * HOUR))
    leaves = desk.tell(article("Tim Cook quitte le conseil de Huawei après de longues discussions.", "fr", 30 * HOUR))
    assert len({visit.story.id, lawsuit.story.id, leaves.story.id}) == 3
