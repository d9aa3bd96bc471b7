"""The command line as a user meets it: exit codes, one-line errors, JSON that parses, the golden article."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from web_archive import packed, record, response

from shared.demo.corpus import articles
from shared.demo.marker import mark

DATA = Path(__file__).parent.parent / "data"
GOLDEN = json.loads((DATA / "sample-article.expected.json").read_text("utf-8"))


def newsloom(*arguments: str, cwd: Path, expect: int = 0, stdin: bytes = b"") -> tuple[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NEWSLOOM_")}
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
    done = subprocess.run(command, capture_output=True, input=stdin, cwd=cwd, env=environment, timeout=300, check=False)
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
    assert "1 document read: 1 new" in output
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
    of_kim = [each for each in together if "kim-jong-un" in each]
    assert [
        frozenset(actor["id"] for actor in pair["actors"])
        for pair in jsonl("pairs", "--actor", "Kim Jong Un", cwd=folder)
    ] == of_kim
    assert 0 < len(of_kim) < len(together)


def test_an_article_has_every_field_that_the_design_promises(folder: Path) -> None:
    [article] = jsonl("articles", cwd=folder)
    promised = (
        "id url canonical_url source title text language language_confidence published first_seen revision flags rights debris copy_of "
        "copy_kind first_publisher copies story event actors topics quotes"
    )
    assert set(promised.split()) == set(article)
    assert set(article["source"]) == {"name", "domain", "owner", "country"}
    assert set(article["story"]) == {"id", "size", "reported_by"}
    assert set(article["event"]) == {"id", "size"}
    assert set(article["actors"][0]) == {"id", "name", "type", "role", "wikidata", "country", "confidence", "mentions"}
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
        (["dlq", "list", "--stage", "nope"], 2, "give one of fetch, normalise"),
        (["gazetteer", "lookup", "Nemo Nusquam"], 1, ""),
        (["no-such-command"], 2, "No such command"),
        (["run"], 2, "newsloom feeds add URL"),
        (["feeds", "add", "http://"], 2, "a host's name follows"),
        (["demo", "--port", "70000"], 2, "46 ports in a row"),
        (["demo", "--port", "65530"], 2, "from 1 to 65490"),
        (["run", "--feeds", "list", "--metrics-port", "21100000"], 2, "from 1 to 65535"),
    ],
)
def test_misuse_is_one_line_that_says_what_to_do(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("https://paper.example/rss")
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


def test_a_web_archive_is_read_and_what_was_passed_over_is_told(tmp_path: Path) -> None:
    page = b"<!doctype html><title>A title of its own</title><article><p>%s</p></article>" % (
        b"A text of its own. " * 30
    )
    image = response("http://paper.example/a.png", b"\x89PNG", "image/png")
    records = [record("warcinfo"), image, response("http://paper.example/a", page), image, response(length="broken")]
    archive = tmp_path / "crawl.warc.gz"
    archive.write_bytes(packed(records))
    output, _ = newsloom("ingest", archive.name, cwd=tmp_path)
    assert "2 documents read: 1 new, 0 known before, 1 unreadable" in output
    assert "3 records passed over: 2 images, 1 warcinfo record\n" in output
    [article] = jsonl("articles", cwd=tmp_path)
    assert (article["url"], article["title"]) == ("http://paper.example/a", "A title of its own")
    [letter] = jsonl("dlq", "list", cwd=tmp_path)
    assert (letter["code"], letter["key"]) == ("warc-record", "crawl.warc.gz:5")
    again, _ = newsloom("ingest", "--format", "warc", "-", cwd=tmp_path, stdin=b"".join(records[:4]))
    assert "1 document read: 0 new, 1 known before, 0 unreadable" in again


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


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Markup and what a terminal obeys, in everything that other people name."""
    here = tmp_path_factory.mktemp("hostile")
    file = here / "a\x1b[31m[foo]\x07.jsonl"
    row = {
        "url": "https://paper.example/1",
        "source": "[/foo] bad",
        "title": "[/red] A\x1b[2J\u202e",
        "text": "Some text.",
    }
    file.write_bytes(json.dumps(row).encode() + b"\n\x1b]0;owned\x07 is not JSON\n")
    newsloom("ingest", file.name, cwd=here)
    url = "http://127.0.0.1:1/" + "a-long-address-" * 10
    newsloom("feeds", "add", url, cwd=here)
    newsloom("run", "--once", cwd=here)
    with sqlite3.connect(here / ".newsloom" / "newsloom.sqlite") as connection:
        old, new = '"last_error":"', r'"last_error":"\u001b[31m[/foo]\u009b'
        connection.execute("UPDATE feeds SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB)", (old, new))
        connection.execute("UPDATE ledger SET title = title || ?", ("\x1b[31m\u202e",))
    return here


def test_no_command_hands_a_terminal_what_it_would_obey(hostile: Path) -> None:
    [letter] = [row for row in jsonl("dlq", "list", cwd=hostile) if row["code"] == "not-json"]
    for arguments, code, says in (
        (["articles"], 0, "[/foo] bad"),
        (["why", "https://paper.example/1"], 0, "[31m"),
        (["why", letter["id"]], 0, "[foo]"),
        (["dlq", "list"], 0, "[foo]"),
        (["dlq", "show", letter["id"]], 0, "is not JSON"),
        (["feeds", "check"], 1, "[31m[/foo]"),
    ):
        output, _ = newsloom(*arguments, cwd=hostile, expect=code)
        assert says in output, arguments
        assert not set("\x1b\x07\x9b\u202e") & set(output), arguments


def test_the_address_of_a_feed_is_never_cut(hostile: Path) -> None:
    assert "a-long-address-" * 10 + " " in newsloom("feeds", "check", cwd=hostile, expect=1)[0]


def test_an_actor_is_found_by_any_name_that_the_gazetteer_knows(folder: Path) -> None:
    for name in ("vladimir-putin", "Vladimir Putin", "Poutine", "Путин"):
        assert len(jsonl("articles", "--actor", name, cwd=folder)) == 1, name
    assert jsonl("articles", "--actor", "?nobody", cwd=folder) == []
    assert "nobody is named Nemo" in newsloom("articles", "--actor", "Nemo", cwd=folder, expect=1)[1]
    _, errors = newsloom("articles", "--actor", "Georgia", cwd=folder, expect=2)
    assert "georgia, georgia-us-state" in errors


def test_languages_limits_and_addresses_are_taken_as_people_write_them(folder: Path) -> None:
    for option in (["--lang", "FR"], ["--lang", "fr-FR"], ["--limit", "9" * 20]):
        assert len(jsonl("articles", *option, cwd=folder)) == 1, option
    assert jsonl("articles", "--lang", "xx", cwd=folder) == []
    variant = "http://WWW.rfj-actu.example/fr/asie/20240619-poutine-coree?utm_source=x"
    assert "fetch" in newsloom("why", variant, cwd=folder)[0]


def test_a_damaged_file_is_one_line_and_exit_code_3(folder: Path, tmp_path: Path) -> None:
    whole = (folder / ".newsloom" / "newsloom.sqlite").read_bytes()
    (tmp_path / "newsloom.sqlite").write_bytes(whole[:16_384] + b"\xa5" * (len(whole) - 16_384))
    for command in ("articles", "ledger"):
        _, errors = newsloom(command, "--data-dir", str(tmp_path), cwd=tmp_path, expect=3)
        assert "is damaged: restore it from a backup" in errors
        assert len(errors.splitlines()) == 1


def test_a_full_output_is_one_line(folder: Path) -> None:
    command = [sys.executable, "-c", "from shared.cli import main; main()", "articles", "--jsonl"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=folder, check=False)
    assert done.returncode == 3
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


class Feed(BaseHTTPRequestHandler):
    """One item of today."""

    def do_GET(self) -> None:
        item = "<item><title>Hello</title><link>https://paper.example/hello</link><description>A text.</description></item>"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f'<rss version="2.0"><channel><title>Paper</title>{item}</channel></rss>'.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


def test_a_run_over_the_folders_own_feeds_says_what_it_brought(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Feed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        newsloom("feeds", "add", f"http://127.0.0.1:{server.server_port}/feed", cwd=tmp_path)
        output, _ = newsloom("run", "--once", "--allow-private", "127.0.0.0/8", cwd=tmp_path)
        server.shutdown()
    assert output.startswith("polling 1 feed, Ctrl-C ends it\n")
    assert "1 feed: 1 poll went well" in output
    assert output.endswith("1 new article, 0 new alerts\n")


def test_ingest_says_how_many_alerts_are_new(tmp_path: Path) -> None:
    corpus = b"\n".join(article.row for article in articles())
    assert "3 new alerts: `newsloom alerts`" in newsloom("ingest", "-", cwd=tmp_path, stdin=corpus)[0]
    assert "alert" not in newsloom("ingest", "-", cwd=tmp_path, stdin=corpus)[0]


def test_the_demos_invented_news_and_real_ones_are_kept_apart(folder: Path, tmp_path: Path) -> None:
    _, errors = newsloom("demo", "--once", "--port", "64000", cwd=folder, expect=2)
    assert "holds news that are not the demo's" in errors
    assert not (folder / ".newsloom" / "demo").exists()
    mark(tmp_path)
    _, errors = newsloom("ingest", "-", "--data-dir", ".", cwd=tmp_path)
    assert "invented news" in errors
    assert len(errors.splitlines()) == 1


def test_a_doubt_about_the_gazetteer_names_its_file(tmp_path: Path) -> None:
    """And our own data have no errors: only what was added here has."""
    (tmp_path / "gazetteer.yaml").write_text("- {id: nobody, type: person, name: Nobody, aliases: {en: [X]}}\n")
    output, _ = newsloom("gazetteer", "check", "--data-dir", ".", cwd=tmp_path, expect=1)
    errors = ("duplicate-wikidata", "unknown-key", "no-alias", "too-short", "unreachable")
    assert [line.split()[:3] for line in output.splitlines() if line.startswith(errors)] == [
        ["too-short", "gazetteer.yaml", "nobody"]
    ]


def test_help_answers_at_once() -> None:
    """A smoke test against heavy imports, not a timed one: none of the libraries that take long may be loaded."""
    heavy = ("numpy", "lxml", "pydantic", "aiohttp", "babel")
    script = f"import sys; from shared.cli.app import app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
