"""The demo as a newcomer runs it: the real fetcher over loopback, the default settings, every stage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from real import free_ports

from shared.demo.corpus import articles

pytestmark = pytest.mark.slow

PLANTED = {
    frozenset(("vladimir-putin", "kim-jong-un")),
    frozenset(("giorgia-meloni", "jensen-huang")),
    frozenset(("javier-milei", "tim-cook")),
}


def newsloom(*arguments: str, data_dir: Path, expect: int = 0) -> str:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments, "--data-dir", str(data_dir)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == expect, (
        f"{arguments}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    )
    return done.stdout


def rows(*arguments: str, data_dir: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in newsloom(*arguments, "--jsonl", data_dir=data_dir).splitlines()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    data_dir = tmp_path_factory.mktemp("demo")
    return data_dir, newsloom("demo", "--once", "--port", str(free_ports(60)), data_dir=data_dir)


def test_the_three_planted_pairs_are_the_only_alerts(demo: tuple[Path, str]) -> None:
    alerts = rows("alerts", data_dir=demo[0])
    assert {frozenset(actor["id"] for actor in alert["actors"]) for alert in alerts} == PLANTED
    assert len(alerts) == len(PLANTED)
    assert {(alert["class"], alert["tier"]) for alert in alerts} == {("NEVER", "CONFIRMED")}


def test_an_alert_can_be_checked_by_its_evidence(demo: tuple[Path, str]) -> None:
    alerts = rows("alerts", data_dir=demo[0])
    for alert in alerts:
        assert alert["horizon_days"] >= 30
        assert alert["last_together"] is None
        assert alert["score"] >= 2
        assert len(alert["owners"]) >= 2
        assert len({each["owner"] for each in alert["evidence"]}) >= 2
        assert any(each["same_sentence"] for each in alert["evidence"])
    putin_and_kim = next(alert for alert in alerts if "kim-jong-un" in {actor["id"] for actor in alert["actors"]})
    first = putin_and_kim["evidence"][0]
    assert first["url"] == "https://www.rfj-actu.example/fr/asie/20240619-poutine-coree"
    assert {"fr", "en", "ru", "ko"} <= set(putin_and_kim["languages"])


def test_every_article_of_the_corpus_is_in_the_index(demo: tuple[Path, str]) -> None:
    found = {row["url"]: row for row in rows("articles", data_dir=demo[0])}
    newest = {article.url: article for article in articles()}
    missing = [url for url in newest if url not in found]
    assert missing == []
    assert len(newest) >= 600
    stale = [url for url, article in newest.items() if found[url]["title"] != article.title]
    assert stale == []


def test_wire_copies_collapse_and_independent_reports_do_not(demo: tuple[Path, str]) -> None:
    found = {row["url"]: row for row in rows("articles", data_dir=demo[0])}
    written = {article.id: article for article in articles()}
    copies = [article for article in written.values() if article.kind == "wire-copy"]
    collapsed = [article for article in copies if found[article.url]["copy_kind"] in ("exact", "near")]
    # One was rewritten word by word, one was converted from simplified to traditional characters.
    assert len(collapsed) >= len(copies) - 2
    originals = [article for article in written.values() if article.kind == "original"]
    wrong = [article.id for article in originals if found[article.url]["copy_kind"] in ("exact", "near")]
    # An original may be read after its copy (feeds are polled in any order), and is then the copy of the two.
    assert len(wrong) <= len(copies) * 0.1


def test_hostile_sites_are_named_and_cost_their_neighbours_nothing(demo: tuple[Path, str]) -> None:
    data_dir, output = demo
    health = {row["url"].split("/")[3]: row["error"] for row in feeds_checked(data_dir)}
    assert health["bomb"] == "too-large"
    assert health["inward"] == "blocked-address"
    assert health["circle"] == "too-many-redirects"
    assert health["empty"] == "empty"
    assert health["a-web-page"] == "html-instead-of-feed"
    assert health["no-xml"] == "not-a-feed"
    assert health["odd-items"] is None
    assert health["cut-off"] is None
    assert {row["code"] for row in rows("dlq", "list", data_dir=data_dir)} == {
        "empty",
        "html-instead-of-feed",
        "not-a-feed",
    }
    odd = [row for row in rows("articles", data_dir=data_dir) if row["source"]["name"] == "The Pitfall Gazette"]
    flags = {flag for row in odd for flag in row["flags"]}
    assert {"no-link", "no-date", "date-clamped", "date-unreadable", "no-title", "truncated"} <= flags
    assert not any("<" in row["title"] or "\u202e" in row["title"] or "\x00" in row["title"] for row in odd)
    assert "ill feed" in output


def feeds_checked(data_dir: Path) -> Sequence[dict[str, Any]]:
    listed = newsloom("feeds", "check", "--jsonl", data_dir=data_dir, expect=1)
    return [json.loads(line) for line in listed.splitlines()]


def test_the_ledger_holds(demo: tuple[Path, str]) -> None:
    found = json.loads(newsloom("ledger", "--json", data_dir=demo[0]))
    assert found["holds"]
    assert found["under_way"] == {}
    assert found["entries"] == sum(found["endings"].values())


def test_a_second_run_over_the_same_folder_adds_nothing(demo: tuple[Path, str]) -> None:
    data_dir = demo[0]
    before = [newsloom(what, "--jsonl", data_dir=data_dir) for what in ("articles", "pairs", "alerts")]
    newsloom("demo", "--once", "--port", str(free_ports(60)), data_dir=data_dir)
    assert [newsloom(what, "--jsonl", data_dir=data_dir) for what in ("articles", "pairs", "alerts")] == before


def test_words_are_found_in_any_script(demo: tuple[Path, str]) -> None:
    for words, language in (
        ("Coree", "fr"),
        ("Путин", "ru"),
        ("普京", "zh"),
        ("푸틴", "ko"),
        ("بوتين", "ar"),
        ("Zolle", "de"),
    ):
        found = {row["language"] for row in rows("articles", "--query", words, data_dir=demo[0])}
        assert language in found, words
