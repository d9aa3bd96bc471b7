"""Makes this folder's databases with a version that landed earlier: `python make.py CHECKOUT`, with that checkout's dependencies.

`half-way.sqlite.xz`: articles.jsonl.xz given to `newsloom ingest`, which was killed after each of the stages once, so that messages
wait for every one of them. `feeds.sqlite.xz`: one poll of a feed, all worked off.
"""

from __future__ import annotations

import lzma
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).parent
EAGER = {
    "NEWSLOOM_ALERT_KNOWN_STORIES": "0",
    "NEWSLOOM_ALERT_KNOWN_DAYS": "0",
    "NEWSLOOM_ALERT_HORIZON_DAYS": "1",
    "NEWSLOOM_ALERT_MIN_SCORE": "0.5",
    "NEWSLOOM_ALERT_SURGE_SCORE": "0.5",
    "NEWSLOOM_ALERT_FALSE_DISCOVERY": "1",
}
STAGES = ("alert", "index", "cluster", "enrich", "deduplicate", "normalise")
"""The last first: each kill leaves what came before it, and the later ones add to that."""
BAD_LINES = b'{not json\n{"url": "https://paper.example/empty", "title": ""}\n'
FEED = b"""<rss version="2.0"><channel><title>Paper</title><link>https://paper.example/</link><description>d</description>
<item><guid>1</guid><link>https://paper.example/a</link><title>Ministers meet in Vienna</title>
<description>They spoke about the harvest.</description><pubDate>Wed, 19 Jun 2024 06:00:00 GMT</pubDate></item>
<item><guid>2</guid><link>https://paper.example/b</link><title>A bridge is closed for repairs</title>
<description>Until the autumn.</description><pubDate>Wed, 19 Jun 2024 07:00:00 GMT</pubDate></item>
</channel></rss>"""


def newsloom(checkout: Path, *arguments: str, crash_at: str = "") -> int:
    environment = {**os.environ, **EAGER, "PYTHONPATH": str(checkout), "NEWSLOOM_CRASH_AT": crash_at}
    environment |= {"NEWSLOOM_BATCH_SIZE": "7"}
    command = [sys.executable, "-c", "from shared.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, cwd=checkout, check=False).returncode


def pack(data_dir: Path, target: Path) -> None:
    plain = data_dir / "copy.sqlite"
    source, copy = sqlite3.connect(data_dir / "newsloom.sqlite"), sqlite3.connect(plain)
    source.backup(copy)
    copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()
    source.close()
    target.write_bytes(lzma.compress(plain.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


def half_way(checkout: Path, folder: Path) -> None:
    code = "from shared.demo.corpus import articles; import sys; "
    code += "[sys.stdout.buffer.write(article.row + b'\\n') for article in articles()[-60:]]"
    rows = subprocess.check_output([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(checkout)})
    archive = folder / "articles.jsonl"
    archive.write_bytes(rows + BAD_LINES)
    for stage in STAGES:
        crash_at = f"{stage}:committed:1"
        assert newsloom(checkout, "ingest", str(archive), "--data-dir", str(folder), crash_at=crash_at) == -9
    pack(folder, HERE / "half-way.sqlite.xz")
    (HERE / "articles.jsonl.xz").write_bytes(lzma.compress(archive.read_bytes(), preset=9))


def feeds(checkout: Path, folder: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("ETag", '"first"')
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(FEED)))
            self.end_headers()
            self.wfile.write(FEED)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (folder / "list").write_text(f"http://127.0.0.1:{server.server_port}/feed\n")
    arguments = ["--feeds", str(folder / "list"), "--allow-private", "127.0.0.0/8", "--data-dir", str(folder)]
    assert newsloom(checkout, "run", "--once", *arguments) == 0
    server.shutdown()
    pack(folder, HERE / "feeds.sqlite.xz")


if __name__ == "__main__":
    for make in (half_way, feeds):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(sys.argv[1]).absolute(), Path(folder))
