"""`newsloom forget`: nothing of the article's words is left anywhere, everything else is as it was, and it stays forgotten."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from contents import files, lines
from eager import EAGER
from real import newsloom

from services.alert.changes import expected_of
from services.alert.surprise import score, tail_probability
from services.alert.verdict import AlertVerdict
from services.cluster.verdict import ClusterVerdict
from shared.adapters.sqlite.reading import SqliteReading
from shared.adapters.sqlite.store import Store, database, take_lock
from shared.bootstrap import forgetting
from shared.conservation import account
from shared.contracts import Alert, ArticleDocument
from shared.errors import NotAvailable
from shared.runtime.ingesting import ingest_files
from shared.runtime.session import Session
from shared.settings import Settings

LINK = "https://paper.example/"
TEXTS = {
    "Bridge closes": "The swing bridge will close for nine nights while its bearings are replaced by engineers from the coast.",
    "Choir sells out": "All four hundred seats in the granary went before noon, and a second evening is being looked into.",
}


def settings(data_dir: Path, **more: Any) -> Settings:
    return Settings(**{**EAGER, "data_dir": data_dir, **more})


def ingest(data_dir: Path, content: bytes) -> None:
    archive = data_dir.parent / "archive.jsonl"
    archive.write_bytes(content)
    with Session(data_dir, config=settings(data_dir)) as session:
        ingest_files(session, [str(archive)], "auto")
    archive.unlink()


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]) -> Path:
    folder = tmp_path_factory.mktemp("sixty") / "data"
    with pytest.MonkeyPatch.context() as changed:
        # So that there are files with what stages hold in memory.
        changed.setattr("shared.judge.KEEP_EVERY", 20)
        ingest(folder, newest_rows(60))
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, sixty: Path) -> Path:
    """Sixty articles and some alerts."""
    return Path(shutil.copytree(sixty, tmp_path / "data"))


@contextmanager
def reading(data_dir: Path) -> Iterator[SqliteReading]:
    with closing(Store(database(data_dir), read_only=True)) as store:
        yield SqliteReading(store)


def articles(data_dir: Path) -> dict[str, ArticleDocument]:
    with reading(data_dir) as opened:
        return {each.id: each for each in opened.index.documents()}


def alerts(data_dir: Path) -> dict[str, Alert]:
    with reading(data_dir) as opened:
        return {each.id: each for each in opened.index.alerts()}


def evidence_of(data_dir: Path) -> tuple[Alert, str, str]:
    """An alert, its first article's URL and the sentence that it shows."""
    alert = next(each for each in alerts(data_dir).values() if len(each.evidence) > 1)
    return alert, alert.evidence[0].url, alert.evidence[0].snippet


def words_of(data_dir: Path, url: str) -> list[bytes]:
    """What must be found nowhere: the URL, and pieces of all versions' titles and texts that stand in no other article."""
    with reading(data_dir) as opened:
        bodies = [orjson.loads(each.value) for each in opened.retained("news.entry.v1")]
    mine = [each for each in bodies if each["url"] == url]
    others = "\n".join(f"{each['title']}\n{each['text']}" for each in bodies if each["url"] != url)
    pieces = {piece for each in mine for line in [each["title"], *each["text"].split("\n")] for piece in _pieces(line)}
    found = [piece.encode() for piece in pieces if piece not in others]
    assert len(found) > 3
    return [url.encode(), *found]


def _pieces(line: str) -> list[str]:
    return [piece[:40] for piece in line.replace("\\", '"').split('"') if len(piece) >= 20]


def holds(data_dir: Path) -> dict[str, int]:
    with reading(data_dir) as opened:
        found = account(opened.snapshot())
    assert found.holds, found.broken
    assert not found.under_way
    return dict(found.codes)


def test_no_byte_is_left_and_everything_else_is(data_dir: Path, sixty: Path) -> None:
    alert, url, snippet = evidence_of(data_dir)
    words = words_of(data_dir, url)
    before = files(data_dir)
    assert all(word in before for word in words)
    assert {path.name for path in data_dir.glob("*.npz")} == {"newsloom.alert.npz", "newsloom.deduplicate.npz"}
    said = newsloom(settings(data_dir), "forget", url)
    assert said.startswith("forgotten: 1 article, ")
    after = files(data_dir)
    assert [word for word in (*words, snippet.encode()) if word in after] == []
    assert not list(data_dir.glob("*.npz")), "what was made of its words, too"
    assert holds(data_dir)["deduplicate: forgotten"] >= 1
    assert articles(data_dir).keys() == articles(sixty).keys() - {alert.evidence[0].article_id}


def test_alerts_lose_the_evidence_and_what_was_counted_with_it(data_dir: Path) -> None:
    alert, url, _ = evidence_of(data_dir)
    article = alert.evidence[0].article_id
    before = alerts(data_dir)
    report = forgetting(url, data_dir, settings(data_dir))
    assert report is not None
    assert report.alerts == sum(any(one.article_id == article for one in each.evidence) for each in before.values())
    after = alerts(data_dir)
    with reading(data_dir) as opened:
        records = list(opened.verdicts("alert", AlertVerdict).read())
    told = {alert.id: alert for record in records for alert in record.alerts}
    assert after.keys() == before.keys()
    now = after[alert.id]
    assert now.version == before[alert.id].version + 1
    assert [each.article_id for each in now.evidence] == [each.article_id for each in alert.evidence[1:]]
    assert (now.stories, now.changes) == (alert.stories - 1, ("corrected",))
    assert now.owners == tuple(dict.fromkeys(each.owner for each in now.evidence))
    for id_, one in before.items():
        if not any(each.article_id == article for each in one.evidence):
            assert after[id_] == one
        else:
            assert_recomputed(after[id_])
    # The log of verdicts says the same as the index, so that the next version goes on from there.
    assert told == after


def assert_recomputed(alert: Alert) -> None:
    """How surprising it was is not forgotten, but the story that was is in none of the counts."""
    assert alert.basis is not None
    assert alert.observed == alert.stories == len(alert.evidence)
    expected = expected_of(alert.basis, alert.observed)
    assert alert.expected == round(expected, 6)
    assert alert.score == round(score(tail_probability(alert.observed, expected, alert.basis.dispersion)), 3)


def test_nothing_is_compared_with_it_any_more(data_dir: Path) -> None:
    alert, url, _ = evidence_of(data_dir)
    article = alert.evidence[0].article_id
    with reading(data_dir) as opened:
        (before,) = opened.verdicts("cluster", ClusterVerdict).group(article)
    assert before.anchors
    forgetting(url, data_dir, settings(data_dir))
    with reading(data_dir) as opened:
        (after,) = opened.verdicts("cluster", ClusterVerdict).group(article)
    assert (after.anchors, after.headline, after.story) == ((), (), before.story)


def test_an_alert_may_lose_all_its_evidence(data_dir: Path) -> None:
    alert, _, _ = evidence_of(data_dir)
    for each in alert.evidence:
        assert forgetting(each.article_id, data_dir, settings(data_dir)) is not None
    now = alerts(data_dir)[alert.id]
    assert now.evidence == ()
    assert (now.stories, now.status, now.retracted) == (0, "closed", True)
    assert newsloom(settings(data_dir), "alerts")
    holds(data_dir)


def test_it_stays_forgotten(data_dir: Path, newest_rows: Callable[[int], bytes]) -> None:
    """Read again, with another text, another date, or under another form of its URL."""
    _, url, _ = evidence_of(data_dir)
    row = next(row for line in newest_rows(60).splitlines() if (row := orjson.loads(line))["url"] == url)
    forgetting(url, data_dir, settings(data_dir))
    count = len(articles(data_dir))
    ingest(data_dir, newest_rows(60))
    other = {**row, "text": "A wholly other text about the harbour, which nobody has read before, of some length."}
    ingest(
        data_dir,
        lines(
            row,
            other,
            {**row, "updated": "2030-01-01T00:00:00Z"},
            {**other, "url": f"{url}?utm_source=x", "title": "Else"},
        ),
    )
    assert len(articles(data_dir)) == count
    assert holds(data_dir)["deduplicate: forgotten"] >= 4
    with closing(Store(database(data_dir), read_only=True)) as store:
        kept = store.connection.execute("SELECT url, title FROM ledger WHERE code = 'forgotten'").fetchall()
    assert set(kept) == {(None, None)}


def test_forgetting_twice_changes_nothing(data_dir: Path, dump: Callable[[Path], Any]) -> None:
    _, url, _ = evidence_of(data_dir)
    forgetting(url, data_dir, settings(data_dir))
    before = dump(data_dir)
    report = forgetting(url, data_dir, settings(data_dir))
    assert report is not None
    assert (report.articles, report.entries, report.letters, report.alerts) == (0, 0, 0, 0)
    assert dump(data_dir) == before


def test_later_alerts_and_copies_go_on_without_it(data_dir: Path) -> None:
    """The view is folded from records that miss the evidence; the pair's next story updates its alert."""
    alert, url, _ = evidence_of(data_dir)
    forgetting(url, data_dir, settings(data_dir))
    names = " and ".join(actor.name for actor in alert.actors)
    day = alert.window.end.isoformat()
    text = (
        f"{names} met once more on the pier at noon. Nobody else was there, and it rained on both of them for an hour."
    )
    ingest(
        data_dir,
        lines({"url": "https://fresh.example/1", "title": f"{names} meet again", "text": text, "published": day}),
    )
    now = alerts(data_dir)[alert.id]
    assert "https://fresh.example/1" in {each.url for each in now.evidence}
    assert url not in {each.url for each in now.evidence}
    assert now.stories == alert.stories + 1
    holds(data_dir)


@pytest.fixture
def one_link(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    ingest(folder, lines(*({"url": LINK, "title": title, "text": text} for title, text in TEXTS.items())))
    return folder


def test_all_articles_under_a_link(one_link: Path) -> None:
    assert len(articles(one_link)) == 2
    report = forgetting(LINK, one_link, settings(one_link))
    assert report is not None
    assert (report.articles, report.entries) == (2, 2)
    found = files(one_link)
    assert not [text for text in TEXTS.values() if text[:40].encode() in found]
    holds(one_link)


def test_one_of_several_under_a_link_by_its_id(one_link: Path) -> None:
    """The other one stays, and a new one may come; the forgotten one does not come back."""
    first, second = articles(one_link).values()
    report = forgetting(second.id, one_link, settings(one_link))
    assert report is not None
    assert report.articles == 1
    found = files(one_link)
    assert second.text[:40].encode() not in found
    assert first.text[:40].encode() in found
    again = [{"url": LINK, "title": title, "text": text, "author": "N. N."} for title, text in TEXTS.items()]
    ingest(one_link, lines(*again))
    assert list(articles(one_link)) == [first.id]
    holds(one_link)


def test_dead_letters_of_it(tmp_path: Path) -> None:
    """One that was never an article, and one of somebody else."""
    folder = tmp_path / "data"
    secret = "Something about nobody that must be seen by nobody at all."
    ingest(
        folder,
        lines({"url": LINK, "title": "A", "text": secret})
        + b'{"url": "https://paper.example/", "title": "Something about nobody\n{"url": "https://other.example/", \n',
    )
    with reading(folder) as opened:
        assert sum(1 for _ in opened.letters.kept()) == 2
    report = forgetting(LINK, folder, settings(folder))
    assert report is not None
    assert (report.articles, report.entries, report.letters) == (1, 2, 1)
    with reading(folder) as opened:
        (left,) = (letter.value for letter in opened.letters.kept())
    assert b"other.example" in left
    assert b"about nobody" not in files(folder)
    holds(folder)


def test_a_link_that_has_a_dead_letter_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    broken = b'{"url": "https://paper.example/", "title": "Something secret about a bridge", "text": \n'
    ingest(folder, broken)
    assert forgetting(LINK, folder, settings(folder)) is not None
    assert b"Something secret" not in files(folder)
    assert holds(folder) == {"deduplicate: forgotten": 1}
    ingest(folder, lines({"url": LINK, "title": "A", "text": "B"}))
    assert articles(folder) == {}
    holds(folder)


def test_what_waits_is_worked_on_first(tmp_path: Path, newest_rows: Callable[[int], bytes]) -> None:
    """Killed before the pipeline came to it: it must not arrive after it was forgotten."""
    import shared.runtime.ingesting as ingesting

    folder = tmp_path / "data"
    archive = tmp_path / "archive.jsonl"
    archive.write_bytes(newest_rows(20))
    url = orjson.loads(newest_rows(1))["url"]
    with Session(folder) as session:
        now = session.clock.now()
        entries = list(ingesting._documents([str(archive)], "auto", now, Counter()))
        session.intake.take(entries, now)  # type: ignore[arg-type]
    report = forgetting(url, folder, settings(folder))
    assert report is not None
    assert report.articles == 1
    assert url not in {each.url for each in articles(folder).values()}
    holds(folder)


def test_refused_while_a_pipeline_runs(data_dir: Path) -> None:
    with take_lock(data_dir), pytest.raises(NotAvailable, match="another newsloom works"):
        forgetting(LINK, data_dir, settings(data_dir))


def test_what_nobody_knows(data_dir: Path, tmp_path: Path, dump: Callable[[Path], Any]) -> None:
    before = dump(data_dir)
    newsloom(settings(data_dir), "forget", "https://nobody.example/", expect=1)
    newsloom(settings(data_dir), "forget", "nothing", expect=1)
    assert dump(data_dir) == before
    newsloom(settings(tmp_path / "empty"), "forget", LINK, expect=2)
    assert not (tmp_path / "empty").exists()
