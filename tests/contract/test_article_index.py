"""What every `ArticleIndex` promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contracts import article_id
from shared.ports import Query

Build = Callable[..., Any]


def found(indexed: Any, **asked: Any) -> list[str]:
    return [read.document.url for read in indexed.index.search(Query(**asked))]


def read(indexed: Any, url: str) -> Any:
    return next(each for each in indexed.index.search(Query()) if each.document.url == url)


def test_an_older_revision_never_replaces_a_newer_one(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document(title="Second", revision=2))
    indexed.put(make_document(title="First", revision=1))
    document = indexed.index.get(article_id("https://paper.example/1"))
    assert (document.title, document.revision) == ("Second", 2)
    assert not found(indexed, words="first")


def test_a_newer_revision_replaces_words_actors_and_pairs(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document(actors=("ann", "bob"), title="Earlier words"))
    indexed.put(make_document(actors=("ann", "cid"), title="Later words", revision=2))
    assert not found(indexed, words="earlier")
    assert len(found(indexed, words="later")) == 1
    assert not found(indexed, actor="bob")
    assert [pair.actors for pair in indexed.index.pairs()] == [("ann", "cid")]
    assert {count.actor.id for count in indexed.index.actors()} == {"ann", "cid"}


def test_the_same_document_twice_changes_nothing(indexed: Any, make_document: Build) -> None:
    document = make_document(actors=("ann", "bob"))
    indexed.put(document)
    before = (list(indexed.index.search(Query())), list(indexed.index.pairs()), list(indexed.index.actors()))
    indexed.put(document, document)
    assert (list(indexed.index.search(Query())), list(indexed.index.pairs()), list(indexed.index.actors())) == before


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("São Paulo elege prefeito", "sao"),
        ("Ein Gespräch in Zürich", "gesprach zurich"),
        ("Die Straße ist gesperrt", "strasse"),
        ("Die Strasse ist gesperrt", "straße"),
        ("Spotkanie w Łodzi", "lodzi"),
        ("Lech Wałęsa i Gdańsk", "Walesa Gdansk"),
        ("Møde i København", "mode kobenhavn"),
        ("Þorgerður talar", "thorgerdur"),
        ("Œuvre et cœur", "oeuvre coeur"),
        ("İstanbul'da toplantı", "istanbul toplanti"),
        ("Артём Ёлкин приехал", "артем елкин"),
        ("Артем приехал", "артём"),
        ("Чайковский сегодня", "чаиковскии"),
        ("Зеленський у Києві", "зеленськии"),
        ("Ο Μητσοτάκης στην Αθήνα", "μητσοτακησ αθηνα"),
        ("Ο ΜΗΤΣΟΤΑΚΗΣ ΣΤΗΝ ΑΘΗΝΑ", "Μητσοτάκης"),
        ("الرَّئِيسُ أحمد في القاهرة", "الرئيس احمد"),
        ("الرئيس احمد", "أَحْمَد"),
        ("رئيس الوزراء في مدرســـة", "مدرسة"),
        ("Thủ tướng Phạm Minh Chính", "thu tuong pham minh chinh"),
        ("Đà Nẵng", "da nang"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("Don’t panic", "don't"),
    ],
)
def test_words_are_found_without_their_diacritics(indexed: Any, make_document: Build, written: str, asked: str) -> None:
    indexed.put(make_document(title=written, text=""), make_document("https://other.example/2", title="Nothing of it"))
    assert found(indexed, words=asked) == ["https://paper.example/1"]
    assert found(indexed, words=written) == ["https://paper.example/1"]


@pytest.mark.parametrize(
    ("written", "asked", "reordered"),
    [
        ("东京都知事小池百合子访问北京", "小池百合子", "百合子小池"),
        ("岸田首相がワシントンでバイデン大統領と会談", "バイデン大統領", "大統領バイデン"),
        ("서울에서열린정상회담", "정상회담", "회담정상"),
        ("นายกรัฐมนตรีเดินทางไปกรุงเทพมหานคร", "กรุงเทพ", "เทพกรุง"),
    ],
)
def test_words_of_scripts_without_spaces_are_found_as_substrings(
    indexed: Any, make_document: Build, written: str, asked: str, reordered: str
) -> None:
    indexed.put(make_document(title="x", text=written))
    assert found(indexed, words=asked)
    assert not found(indexed, words=reordered)


def test_all_words_must_occur_in_any_order_in_title_or_text(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document(title="Putin arrives", text="Kim waits at the airport."))
    assert found(indexed, words="airport putin")
    assert not found(indexed, words="airport merkel")


def test_a_word_joined_by_punctuation_is_a_phrase(indexed: Any, make_document: Build) -> None:
    indexed.put(
        make_document(title="Al-Jazeera reports", text=""), make_document("https://b.example/2", title="Jazeera al")
    )
    assert found(indexed, words="al-jazeera") == ["https://paper.example/1"]


def test_only_whole_words_of_spaced_scripts_match(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document(title="Warsaw"))
    assert not found(indexed, words="war")


@pytest.mark.parametrize(
    "hostile",
    [
        '"', '""', "'", "a\"b", '"unclosed phrase', "NEAR(a b)", "NEAR/3", "AND", "OR", "NOT x", "a AND", "*", "tit*", "^",
        "^title", "title:", "title:a", "{title text}: a",
        "a + b", "(", ")", "-", "--", ";", "\x00", "a\x00b", "%", "_", "\\", "\ud800", "🙂",
        "\u202e", "a" * 100_000, "a " * 20_000, "漢" * 50_000, "漢 " * 10_000, "(" * 5_000, '"' * 5_000, "a-" * 20_000,
    ],
)  # fmt: skip
def test_no_query_raises_or_takes_long(indexed: Any, make_document: Build, hostile: str) -> None:
    indexed.put(make_document(title="A title"))
    for asked in (hostile, f"{hostile} title"):
        assert len(found(indexed, words=asked)) <= 1


def test_every_word_of_a_long_query_counts(indexed: Any, make_document: Build) -> None:
    words = [f"word{number}" for number in range(2_000)]
    han = "".join(chr(0x4E00 + number) for number in range(2_000))
    indexed.put(
        make_document("https://whole.example/", text=f"{' '.join(words)} {han}"),
        make_document("https://short.example/", text=f"{' '.join(words[:-1])} {han[:-1]}", at=datetime.now(UTC)),
    )
    for asked in (" ".join(words), "-".join(words), han, f"{' '.join(words)} {han}"):
        assert found(indexed, words=asked) == ["https://whole.example/"]
        assert found(indexed, words=asked, limit=1) == ["https://whole.example/"]


def test_operators_of_a_query_language_are_only_words(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document(title="cats"), make_document("https://b.example/2", title="cats and dogs or not near"))
    assert found(indexed, words="cats OR dogs") == ["https://b.example/2"]
    assert found(indexed, words="cats NOT dogs") == ["https://b.example/2"]
    assert not found(indexed, words="cat*")


def test_nothing_but_punctuation_finds_nothing_and_blanks_find_all(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document())
    assert not found(indexed, words="!?")
    assert found(indexed, words="  ")


def test_filters_narrow_together(indexed: Any, make_document: Build, noon: datetime) -> None:
    indexed.put(
        make_document("https://a.example/1", ("ann",), title="Storm", language="fr"),
        make_document("https://a.example/2", ("ann",), title="Storm", language="de"),
        make_document("https://a.example/3", ("bob",), title="Storm", language="fr"),
        make_document("https://a.example/4", ("ann",), title="Storm", language="fr", at=noon - timedelta(days=2)),
    )
    assert found(indexed, words="storm", actor="ann", language="fr", since=noon) == ["https://a.example/1"]
    assert len(found(indexed, words="storm", actor="ann")) == 3


def test_newest_first_to_the_microsecond_and_limited(indexed: Any, make_document: Build, noon: datetime) -> None:
    times = [timedelta(), timedelta(microseconds=500_000), timedelta(seconds=1), timedelta(seconds=-1)]
    indexed.put(*(make_document(f"https://a.example/{place}", at=noon + each) for place, each in enumerate(times)))
    assert [url[-1] for url in found(indexed)] == ["2", "1", "0", "3"]
    assert [url[-1] for url in found(indexed, limit=2)] == ["2", "1"]
    assert not found(indexed, limit=0)
    assert [url[-1] for url in found(indexed, since=noon)] == ["2", "1", "0"]
    assert [url[-1] for url in found(indexed, since=noon + timedelta(microseconds=1))] == ["2", "1"]


def test_since_is_compared_across_time_zones(indexed: Any, make_document: Build) -> None:
    indexed.put(make_document(at=datetime(1900, 1, 1, tzinfo=UTC)), make_document("https://a.example/2"))
    assert found(indexed, since=datetime.fromisoformat("2026-03-01T17:00:00+05:00")) == ["https://a.example/2"]
    assert not found(indexed, since=datetime.fromisoformat("2026-03-01T12:00:00-01:00"))


def test_what_others_say_of_an_article_is_computed_when_read(
    indexed: Any, make_document: Build, noon: datetime
) -> None:
    root = make_document("https://agency.example/1", story="s", at=noon)
    indexed.put(root)
    assert (read(indexed, root.url).copies, read(indexed, root.url).story_size) == (0, 1)
    copies = [
        make_document(
            f"https://p{n}.example/", story="s", copy_of=root.id, copy_kind="near", at=noon + timedelta(hours=n)
        )
        for n in (1, 2)
    ]
    indexed.put(*copies)
    assert (read(indexed, root.url).copies, read(indexed, root.url).story_size) == (2, 3)
    assert read(indexed, copies[0].url).copies == 0
    assert {read(indexed, url).first_publisher for url in (root.url, copies[1].url)} == {"agency.example"}


def test_the_first_publisher_is_the_earliest_of_the_story_not_the_first_read(
    indexed: Any, make_document: Build, noon: datetime
) -> None:
    indexed.put(make_document("https://late.example/", story="s", at=noon + timedelta(microseconds=1)))
    indexed.put(make_document("https://early.example/", story="s", at=noon))
    assert read(indexed, "https://late.example/").first_publisher == "early.example"


def test_what_contains_an_article_is_no_copy_of_it(indexed: Any, make_document: Build) -> None:
    teaser = make_document("https://a.example/")
    indexed.put(teaser, make_document("https://digest.example/", copy_of=teaser.id, copy_kind="contains"))
    assert (read(indexed, teaser.url).copies, read(indexed, teaser.url).story_size) == (0, 1)


def test_an_event_counts_stories_not_articles(indexed: Any, make_document: Build) -> None:
    def of_event(url: str, story: str) -> Any:
        return make_document(url, story=story).model_copy(update={"event_id": "e"})

    indexed.put(of_event("https://a/", "s"), of_event("https://b/", "s"), of_event("https://c/", "t"))
    assert {each.event_size for each in indexed.index.search(Query())} == {2}


def test_pairs_and_actors_count_stories_with_copies_once(indexed: Any, make_document: Build, make_actor: Build) -> None:
    apart = (make_actor("ann", [1]), make_actor("bob", [2]))
    indexed.put(
        make_document("https://a.example/", ("ann", "bob"), story="s"),
        make_document("https://b.example/", ("ann", "bob"), story="s", language="de"),
        make_document("https://c.example/", apart, story="t"),
        make_document("https://d.example/", ("ann", "cid"), story="u"),
    )
    first, second = indexed.index.pairs()
    assert (first.actors, first.names, first.stories, first.same_sentence) == (("ann", "bob"), ("Ann", "Bob"), 2, 1)
    assert (second.actors, second.stories) == (("ann", "cid"), 1)
    counts = {count.actor.id: count for count in indexed.index.actors()}
    assert (counts["ann"].stories, counts["ann"].articles, counts["ann"].languages) == (3, 4, ("de", "en"))
    assert [count.actor.id for count in indexed.index.actors()] == ["ann", "bob", "cid"]


def test_a_pair_says_when_it_was_first_and_last_seen(indexed: Any, make_document: Build, noon: datetime) -> None:
    for day in (3, 1, 2):
        indexed.put(make_document(f"https://a.example/{day}", ("ann", "bob"), at=noon + timedelta(days=day)))
    (pair,) = indexed.index.pairs()
    assert (pair.first, pair.last) == (noon + timedelta(days=1), noon + timedelta(days=3))


def test_sources_and_places_make_no_pairs(indexed: Any, make_document: Build, make_actor: Build) -> None:
    indexed.put(make_document(actors=("ann", make_actor("wire", role="source"), make_actor("oslo", type="place"))))
    assert not list(indexed.index.pairs())


def test_an_article_is_found_by_id_url_and_canonical_url(indexed: Any, make_document: Build) -> None:
    canonical = "https://paper.example/canonical"
    document = make_document(id=article_id(canonical), canonical_url=canonical)
    indexed.put(document)
    for name in (document.id, document.url, document.canonical_url):
        assert indexed.index.find(name) == document
    assert indexed.index.find("https://elsewhere.example/") is None
    assert list(indexed.index.ids()) == [document.id]


def test_the_newer_version_of_an_alert_wins(indexed: Any, make_alert: Build) -> None:
    indexed.put(make_alert(version=2, stories=3))
    indexed.put(make_alert(version=1, stories=2))
    assert [alert.stories for alert in indexed.index.alerts()] == [3]
    indexed.put(make_alert(version=3, stories=4), make_alert(version=3, stories=9))
    assert [alert.stories for alert in indexed.index.alerts()] == [4]


def test_alerts_come_newest_window_first(indexed: Any, make_alert: Build, noon: datetime) -> None:
    ends = {"a": timedelta(), "b": timedelta(microseconds=1), "c": timedelta(seconds=-1)}
    indexed.put(*(make_alert(name, end=noon + late) for name, late in ends.items()))
    assert [alert.id for alert in indexed.index.alerts()] == ["b", "a", "c"]
