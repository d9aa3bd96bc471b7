"""The command line as a user meets it: exit codes, one-line errors, JSON that parses, the golden article."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent.parent / "data"
GOLDEN = json.loads((DATA / "sample-article.expected.json").read_text("utf-8"))


def newsloom(*arguments: str, cwd: Path, expect: int = 0, stdin: bytes = b"") -> tuple[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLOOM_")}
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
    done = subprocess.run(command, capture_output=True, input=stdin, cwd=cwd, env=environment, timeout=120, check=False)
    output, errors = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == expect, f"{arguments}: exit code {done.returncode}\n{output[-2000:]}\n{errors[-2000:]}"
    return output, errors


def jsonl(*arguments: str, cwd: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in newsloom(*arguments, "--jsonl", cwd=cwd)[0].splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample article was ingested."""
    here = tmp_path_factory.mktemp("cli")
    output, _ = newsloom("ingest", str(DATA / "sample-article.jsonl"), cwd=here)
    assert "1 documents read: 1 new" in output
    return here


def test_the_sample_article_comes_out_as_expected(folder: Path) -> None:
    [article] = jsonl("articles", cwd=folder)
    assert article["language"] == GOLDEN["language"]
    assert article["flags"] == GOLDEN["flags"]
    assert sorted(piece["text"] for piece in article["debris"]) == sorted(GOLDEN["debris"])
    body = f"{article['title']}\n{article['text']}"
    named: dict[str, set[str]] = {}
    for actor in article["actors"]:
        assert all(body[mention["start"] : mention["end"]] == mention["text"] for mention in actor["mentions"])
        for mention in actor["mentions"]:
            named.setdefault(mention["text"], set()).add(actor["id"])
    assert all(len(ids) == 1 for ids in named.values()), "one name, one actor"
    actors = {actor["id"]: actor for actor in article["actors"]}
    for kind, names in (("person", "persons"), ("organisation", "organisations"), ("place", "places")):
        for name, wikidata in GOLDEN[names].items():
            actor = actors[next(iter(named[name]))]
            assert actor["type"] == kind, name
            assert wikidata is None or actor["wikidata"] == wikidata, name
    for short, full in GOLDEN["resolves"].items():
        assert named[short] == named[full], short
    for agency in ("RIA", "KCNA", "Yonhap"):
        assert actors[next(iter(named[agency]))]["role"] == "source"
    assert article["topics"][0]["name"] in GOLDEN["topics_any_of"]
    for quote in GOLDEN["quotes"]:
        found = next(each for each in article["quotes"] if each["text"].startswith(quote["begins"]))
        assert found["speaker"] in named[quote["speaker"]]
    together = {frozenset(actor["id"] for actor in pair["actors"]): pair for pair in jsonl("pairs", cwd=folder)}
    for first, second in GOLDEN["pairs_in_one_sentence"]:
        assert together[frozenset((*named[first], *named[second]))]["same_sentence"] == 1


def test_an_article_has_every_field_that_the_design_promises(folder: Path) -> None:
    [article] = jsonl("articles", cwd=folder)
    promised = (
        "id url canonical_url source title text language language_confidence published first_seen revision flags debris copy_of "
        "copy_kind first_publisher copies story event actors topics quotes"
    )
    assert set(promised.split()) == set(article)
    assert set(article["source"]) == {"name", "domain", "owner"}
    assert set(article["story"]) == set(article["event"]) == {"id", "size"}
    assert set(article["actors"][0]) == {"id", "name", "type", "role", "wikidata", "confidence", "mentions"}
    assert set(article["actors"][0]["mentions"][0]) == {"text", "start", "end"}


def test_ingesting_it_again_adds_nothing(folder: Path) -> None:
    before = newsloom("articles", "--jsonl", cwd=folder)[0]
    output, _ = newsloom("ingest", "-", cwd=folder, stdin=(DATA / "sample-article.jsonl").read_bytes())
    assert "0 new, 1 known before" in output
    assert newsloom("articles", "--jsonl", cwd=folder)[0] == before
    assert json.loads(newsloom("ledger", "--json", cwd=folder)[0])["entries"] == 1


def test_why_tells_every_stage(folder: Path) -> None:
    for what in ("https://www.rfj-actu.example/fr/asie/20240619-poutine-coree", jsonl("articles", cwd=folder)[0]["id"]):
        output, _ = newsloom("why", what, cwd=folder)
        for stage in ("fetch", "normalise", "deduplicate", "enrich", "cluster", "index", "alert"):
            assert f"\n{stage} " in f"\n{output}", stage
    newsloom("why", "nothing-of-the-kind", cwd=folder, expect=1)


def test_tables_for_people_do_not_break_on_other_peoples_markup(tmp_path: Path) -> None:
    row = {
        "url": "https://paper.example/1",
        "title": "[bold]Not markup[/bold] [/red]",
        "text": "A harmless text about nothing at all.",
    }
    newsloom("ingest", "-", cwd=tmp_path, stdin=json.dumps(row).encode())
    output, _ = newsloom("articles", cwd=tmp_path)
    assert "[bold]Not" in output
    for command in ("pairs", "actors", "alerts", "ledger"):
        newsloom(command, cwd=tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["articles"], 2, "no data"),
        (["ingest", "no-such-file.jsonl"], 2, "no such file"),
        (["ingest", "."], 2, "a folder"),
        (["ingest", "--format", "docx", "-"], 2, "--format docx"),
        (["run", "--feeds", "no-such.opml"], 2, "No such file"),
        (["feeds", "add", "ftp://example.org/feed"], 2, "begins with http"),
        (["dlq", "show", "nothing"], 2, "no data"),
        (["gazetteer", "lookup", "Nemo Nusquam"], 1, ""),
        (["no-such-command"], 2, "No such command"),
    ],
)
def test_misuse_is_one_line_that_says_what_to_do(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    _, errors = newsloom(*arguments, cwd=tmp_path, expect=code)
    assert says in errors
    assert "Traceback" not in errors


def test_a_setting_that_does_not_fit_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "NEWSLOOM_BATCH_SIZE": "many"}
    command = [sys.executable, "-c", "from shared.cli import main; main()", "ledger"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == 2
    assert "NEWSLOOM_BATCH_SIZE" in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_lines_cost_their_neighbours_nothing(tmp_path: Path) -> None:
    lines = [
        b'{"url": "https://paper.example/a", "title": "The first good one", "text": "It has a text of its own."}',
        b"this is not JSON",
        b'["a", "list"]',
        b'{"url": "https://paper.example/b", "title": {"not": "a string"}}',
        b"{}",
        b"\xff\xfe\x00",
        b'{"url": "https://paper.example/c", "title": "The last good one", "text": "It has another text."}',
    ]
    output, _ = newsloom("ingest", "-", cwd=tmp_path, stdin=b"\n".join(lines))
    assert "7 documents read: 3 new, 0 known before, 4 unreadable" in output
    assert {row["title"] for row in jsonl("articles", cwd=tmp_path)} == {"The first good one", "The last good one"}
    letters = jsonl("dlq", "list", cwd=tmp_path)
    assert sorted(letter["code"] for letter in letters) == ["not-an-object", "not-json", "not-json", "wrong-type"]
    assert letters[0]["key"].startswith("standard input:")
    not_json = next(letter for letter in letters if letter["code"] == "not-json")
    assert "is not JSON" in newsloom("why", not_json["id"], cwd=tmp_path)[0]
    assert json.loads(newsloom("ledger", "--json", cwd=tmp_path)[0])["endings"] == {
        "indexed": 2,
        "dead-letter": 4,
        "dropped": 1,
    }


def test_odd_documents_are_kept_and_flagged(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"title": "No link", "text": "Nobody knows where this appeared."},
        {
            "url": "https://paper.example/1601",
            "title": "Old date",
            "text": "A chronicle.",
            "published": "1601-01-01T00:00:00Z",
        },
        {
            "url": "https://paper.example/2999",
            "title": "Late date",
            "text": "A prophecy.",
            "published": "2999-12-31T00:00:00Z",
        },
        {"url": "https://paper.example/long", "title": "L" * 10_000_000, "text": "A long title."},
        {
            "url": "https://paper.example/nul",
            "title": "A\x00B",
            "text": "C\ud800D",
            "published": "2024-05-01T10:00:00Z",
        },
        {"url": "https://paper.example/only-title", "title": "Only a title", "text": ""},
        {"url": "https://paper.example/only-text", "title": "", "text": "Only a text, and nothing above it."},
    ]
    newsloom("ingest", "-", cwd=tmp_path, stdin="\n".join(json.dumps(row) for row in rows).encode())
    found = {row["title"][:9]: row for row in jsonl("articles", cwd=tmp_path)}
    assert "no-link" in found["No link"]["flags"]
    assert "#" in found["No link"]["url"]
    assert "date-clamped" in found["Old date"]["flags"]
    assert "date-clamped" in found["Late date"]["flags"]
    assert "truncated" in found["L" * 9]["flags"]
    assert len(found["L" * 9]["title"]) <= 1_000
    assert "no-text" in found["Only a ti"]["flags"]
    assert "no-title" in found[""]["flags"]
    nul = next(row for row in found.values() if row["url"].endswith("/nul"))
    assert "\x00" not in nul["title"]
    assert "\ud800" not in nul["text"]


def test_help_answers_at_once() -> None:
    """A smoke test against heavy imports, not a timed one: none of the libraries that take long may be loaded."""
    heavy = ("numpy", "lxml", "pydantic", "aiohttp", "babel")
    script = f"import sys; from shared.cli.app import app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
