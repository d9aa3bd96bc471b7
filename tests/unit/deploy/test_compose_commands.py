"""The commands inside docker-compose.yml, run as they stand against an HTTP server that notes what it is asked.

The server that they are for, Elasticsearch with users, cannot be had without Docker.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "deploy/compose"
PASSWORDS = {
    "elastic_password": "elastic-0123456789",
    "kibana_system_password": "kibana-0123456789",
    "newsloom_password": "newsloom-0123456789",
}


class Noted(ThreadingHTTPServer):
    """Answers all with `status`. `asked`: (method, path, user and password, body); `seen`: passwords among processes' arguments."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.asked: list[tuple[str, str, str, str]] = []
        self.seen: set[str] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Noted

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        user = base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode()
        self.server.asked.append((self.command, self.path, user, body))
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                arguments = process.read_text("utf-8", "replace")
            except OSError:
                continue  # it ended meanwhile
            self.server.seen |= {password for password in PASSWORDS.values() if password in arguments}
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_PUT = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def noted() -> Iterator[Noted]:
    with Noted() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    for name, password in PASSWORDS.items():
        (tmp_path / name).write_text(password)
    return tmp_path


def _health(service: str) -> list[str]:
    found = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"][service]["healthcheck"]["test"]
    return [str(part) for part in found]


def _make_users(secrets: Path, url: str, prefix: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SECRETS": str(secrets), "ELASTICSEARCH_URL": url, "NEWSLOOM_PREFIX": prefix}
    return subprocess.run(
        ["bash", COMPOSE / "elasticsearch-users.sh"], env=environment, capture_output=True, text=True, check=False
    )


def test_users_are_made_and_no_password_is_an_argument(noted: Noted, secrets: Path) -> None:
    said = _make_users(secrets, noted.url, "try-")
    assert said.returncode == 0, said.stderr
    assert [(method, path) for method, path, _, _ in noted.asked] == [
        ("PUT", "/_security/user/kibana_system/_password"),
        ("PUT", "/_security/role/newsloom"),
        ("PUT", "/_security/user/newsloom"),
    ]
    assert {user for _, _, user, _ in noted.asked} == {"elastic:elastic-0123456789"}
    password, role, user = (json.loads(body) for _, _, _, body in noted.asked)
    assert password == {"password": "kibana-0123456789"}
    assert role["indices"] == [{"names": ["try-news-*"], "privileges": ["all"]}]
    assert (user["password"], user["roles"]) == ("newsloom-0123456789", ["newsloom"])
    assert noted.seen == set()
    # curl wipes this one from its own arguments, but not before others can have read it.
    assert not re.search(r"\s(-u|--user)\b", (COMPOSE / "elasticsearch-users.sh").read_text("utf-8"))


def test_a_refusal_fails_the_start(noted: Noted, secrets: Path) -> None:
    noted.status = 401
    assert _make_users(secrets, noted.url).returncode not in (0, None)
    assert len(noted.asked) == 1


def test_a_password_that_is_none_is_refused(noted: Noted, secrets: Path) -> None:
    (secrets / "newsloom_password").write_text('short"}')
    said = _make_users(secrets, noted.url)
    assert said.returncode == 2
    assert "newsloom_password" in said.stderr
    assert noted.asked == []


@pytest.mark.parametrize(("status", "well"), [(200, True), (408, False), (503, False)])
def test_elasticsearchs_health_check(noted: Noted, secrets: Path, status: int, well: bool) -> None:
    kind, command = _health("elasticsearch")
    assert kind == "CMD-SHELL"
    command = (
        command.replace("$$", "$").replace("/run/secrets", str(secrets)).replace("http://localhost:9200", noted.url)
    )
    noted.status = status
    assert (subprocess.run(["sh", "-c", command], check=False).returncode == 0) is well
    ((method, path, user, _),) = noted.asked
    assert (method, user) == ("GET", "elastic:elastic-0123456789")
    assert path == "/_cluster/health?wait_for_status=yellow&timeout=5s"
    assert noted.seen == set()


@pytest.mark.parametrize(("status", "well"), [(200, True), (503, False)])
def test_a_workers_health_check(noted: Noted, status: int, well: bool) -> None:
    kind, program, *arguments = _health("enrich")
    assert (kind, program) == ("CMD", "python")
    noted.status = status
    command = [sys.executable, *(each.replace("http://127.0.0.1:9100", noted.url) for each in arguments)]
    assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) is well
    assert [path for _, path, _, _ in noted.asked] == ["/livez"]


@pytest.mark.skipif(os.getuid() not in (0, 1000), reason="only root and user 1000 can make the files that 1000 reads")
def test_secrets_are_made_once_and_for_their_readers_only(tmp_path: Path) -> None:
    shutil.copy(COMPOSE / "make-secrets.sh", tmp_path)
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "elastic_password").mkdir()  # as Docker leaves it after a start without secrets

    def made() -> dict[str, str]:
        subprocess.run(["bash", tmp_path / "make-secrets.sh"], check=True, capture_output=True)
        return {path.name: path.read_text() for path in folder.iterdir()}

    first = made()
    wanted = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["secrets"]
    assert first.keys() == wanted.keys()
    assert len(set(first.values())) == len(first)
    assert {len(value) for value in first.values()} == {32}
    assert made() == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert path.stat().st_uid == 1000
        # Elasticsearch takes 400 and 600 only; Grafana runs as somebody else, and the folder is closed.
        assert stat.S_IMODE(path.stat().st_mode) == (0o444 if path.name == "grafana_admin_password" else 0o400)
