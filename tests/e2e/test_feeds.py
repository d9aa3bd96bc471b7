"""`newsloom feeds` as a user meets it: options, secrets that never show, discovery."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import orjson
import pytest
from http_servers import serving

SECRET = "geheim-4711-token"
RSS = (
    '<rss version="2.0"><channel><title>Paper</title><item><title>Hello</title><link>https://paper.example/hello</link>'
    "<description>A text.</description></item></channel></rss>"
)
PAGES = {
    "/": '<html><link rel=alternate type=application/rss+xml href=/feed><a href="/comments/feed/">RSS</a>',
    "/feed": RSS,
    "/comments/feed/": RSS.replace("Paper", "Comments on Paper"),
    "/empty": "<html>nothing",
    "/page": "<html>no feed",
}


class Site(BaseHTTPRequestHandler):
    """`/protected…` wants the secret, and says what it was given."""

    def do_GET(self) -> None:
        given = self.headers.get("Authorization", "") + self.headers.get("X-Key", "")
        body = RSS if SECRET in given and self.path == "/protected" else PAGES.get(self.path)
        self.send_response(200 if body else 401 if "protected" in self.path else 404, f"No {given}")
        self.end_headers()
        self.wfile.write((body or f"<html>{given}").encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(Site) as address:
        yield address


def newsloom(*arguments: str, cwd: Path, expect: int = 0, **settings: str) -> tuple[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
    pace = {"NEWSLOOM_HOST_DELAY_SECONDS": "0"}
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=cwd, env=kept | pace | settings, timeout=300, check=False
    )
    assert done.returncode == expect, f"{arguments}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout, done.stderr


def test_options_are_added_changed_and_carried_by_export_and_import(tmp_path: Path) -> None:
    url, there = "https://paper.example/feed", tmp_path / "there"
    there.mkdir()
    options = ["--title", "Paper", "--tag", "World", "--tag", "wire", "--full-text", "never", "--min-interval", "300"]
    assert newsloom("feeds", "add", url, *options, cwd=tmp_path)[0].startswith("1 added; polled by")
    output, _ = newsloom("feeds", "add", url, "--language", "fr", "--full-text", "always", cwd=tmp_path)
    assert output.startswith("0 added, 1 changed; polled by")
    exported, _ = newsloom("feeds", "export", cwd=tmp_path)
    assert '<outline text="World" title="World">' in exported
    assert 'newsloom:full-text="always" newsloom:min-interval="300" newsloom:language="fr"' in exported
    (there / "list.opml").write_text(exported)
    newsloom("feeds", "import", "list.opml", cwd=there)
    assert newsloom("feeds", "export", cwd=there)[0] == exported


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--full-text", "sometimes"], "--full-text: 'sometimes' is not allowed: give auto, always or never"),
        (["--min-interval", "5"], "--min-interval: '5' is not allowed: give seconds from 60 to 86400"),
        (["--auth", "bearer"], "auth: bearer needs secret-file"),
        (["--tag", " "], "--tag: give a name"),
        ([f"https://user:{SECRET}@paper.example/"], "--auth basic --auth-name USER --secret-file FILE"),
        ([f"htp://user:{SECRET}@paper.example/"], "begins with http"),
    ],
)
def test_misuse_is_one_line_that_says_what_is_allowed(tmp_path: Path, arguments: list[str], says: str) -> None:
    _, errors = newsloom("feeds", "add", "https://paper.example/", *arguments, cwd=tmp_path, expect=2)
    assert says in errors
    assert len(errors.splitlines()) == 1
    assert SECRET not in errors
    assert not (tmp_path / ".newsloom").exists()


def test_no_command_tells_a_secret_and_a_feed_without_one_is_ill_alone(site: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    said = [
        newsloom("feeds", "add", f"{site}/protected", "--auth", "bearer", "--secret-file", "secret", cwd=tmp_path),
        newsloom(
            *("feeds", "add", f"{site}/protected-too", "--auth", "header", "--auth-name", "X-Key"),
            *("--secret-file", "secret"),
            cwd=tmp_path,
        ),
    ]
    output, warning = newsloom("feeds", "add", f"{site}/lost", "--auth", "bearer", "--secret-file", "no", cwd=tmp_path)
    assert output.startswith("1 added")
    assert f"{site}/lost: {tmp_path / 'no'} cannot be read (No such file or directory)" in warning
    address = site.replace("://", f"://user:{SECRET}@")
    (tmp_path / "old.txt").write_text(f"{address}/page\n{address}/feed\n")
    said.append(newsloom("feeds", "import", "old.txt", cwd=tmp_path))
    assert f"{site}/page has a user or password in it" in said[-1][1]
    allow = ["--allow-private", "127.0.0.0/8"]
    said.append(newsloom("run", "--once", *allow, cwd=tmp_path, NEWSLOOM_LOG_LEVEL="debug"))
    assert f"read  {site}/protected  1 new" in said[-1][0]
    assert f"read  {site}/feed  1 new" in said[-1][0]
    said.append(newsloom("feeds", "check", cwd=tmp_path, expect=1))
    assert "the secret that the feed is asked with cannot be had" in said[-1][0]
    said += [
        newsloom(*command, cwd=tmp_path, expect=code)
        for command, code in (
            (["feeds", "check", "--jsonl"], 1),
            (["why", f"{site}/page"], 0),
            (["dlq", "list"], 0),
            (["articles", "--jsonl"], 0),
            (["feeds", "remove", f"{address}/nowhere"], 2),
        )
    ]
    assert SECRET not in repr(said)
    exported, warning = newsloom("feeds", "export", cwd=tmp_path)
    assert f'newsloom:secret-file="{tmp_path / "secret"}"' in exported
    assert exported.count(SECRET) == exported.count(f"user:{SECRET}@127.0.0.1") == 4
    assert "2 addresses in it with a user or password" in warning


def test_discovery_shows_what_it_found_and_adds_it(site: str, tmp_path: Path) -> None:
    allow = ["--allow-private", "127.0.0.0/8"]
    output, _ = newsloom("feeds", "discover", f"{site}/", *allow, "--add", cwd=tmp_path)
    first, second, added = output.splitlines()
    assert first.split() == ["RSS", "1", "item", "undated", "teaser", "declared", f"{site}/feed", "Paper"]
    assert f"{site}/comments/feed/" in second
    assert added.startswith("1 added; polled by"), "comments are no news"
    assert f'xmlUrl="{site}/feed"' in newsloom("feeds", "export", cwd=tmp_path)[0]
    found = newsloom("feeds", "discover", f"{site}/feed", *allow, "--jsonl", cwd=tmp_path)[0]
    assert orjson.loads(found) == {
        "url": f"{site}/feed",
        "how": "itself",
        "format": "RSS",
        "title": "Paper",
        "items": 1,
        "newest": None,
        "text": "teaser",
    }


def test_discovery_without_a_feed_or_an_answer(tmp_path: Path) -> None:
    class Empty(Site):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

    with serving(Empty) as site:
        page = f"{site.replace('://', f'://user:{SECRET}@')}/"
        output, errors = newsloom(
            "feeds", "discover", page, "--allow-private", "127.0.0.1", "--jsonl", cwd=tmp_path, expect=1
        )
    assert output == ""
    assert "no feed found at http://127.0.0.1" in errors
    assert SECRET not in errors
    assert "--allow-private" in newsloom("feeds", "discover", "http://127.0.0.1/", cwd=tmp_path, expect=3)[1]
    assert "not an http(s) URL" in newsloom("feeds", "discover", "ftp://x/", cwd=tmp_path, expect=2)[1]


def test_a_misspelt_setting_is_warned_of_once_without_its_value(tmp_path: Path) -> None:
    output, errors = newsloom("feeds", "add", "https://paper.example/", cwd=tmp_path, NEWSLOOM_DATADIR=SECRET)
    assert output.startswith("1 added")
    assert errors == "newsloom: NEWSLOOM_DATADIR is no setting and has no effect; did you mean NEWSLOOM_DATA_DIR?\n"
