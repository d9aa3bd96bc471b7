"""Loading saved objects, against a small server that asks for what Kibana's documentation asks for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from shared.adapters.kibana import SAVED_OBJECTS, load_objects, with_prefix
from shared.errors import Misuse, NotAvailable
from shared.settings import Settings


@dataclass
class Kibana:
    """Keeps what it is given under type and id. `says` takes the place of its answer to an import."""

    version: str = "9.5.0"
    authorization: str | None = None
    says: tuple[int, str] | None = None
    url: str = ""
    kept: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def status(self, request: web.Request) -> web.Response:
        self.asked.append("status")
        if self._stranger(request):
            return _error(401, "Unauthorized")
        return web.json_response({"version": {"number": self.version}, "status": {"overall": {"level": "available"}}})

    async def take(self, request: web.Request) -> web.Response:
        self.asked.append("import")
        if self._stranger(request):
            return _error(401, "Unauthorized")
        if "kbn-xsrf" not in request.headers:
            return _error(400, "Request must contain a kbn-xsrf header.")
        if self.says is not None:
            status, body = self.says
            headers = {"Location": "http://127.0.0.1:9/elsewhere"} if 300 <= status < 400 else {}
            return web.Response(status=status, text=body, headers=headers)
        part = await (await request.multipart()).next()
        assert part is not None
        if part.name != "file" or not (part.filename or "").endswith(".ndjson"):
            return _error(415, "Unsupported Media Type: no file with the extension ndjson")
        objects = [json.loads(line) for line in (await part.read()).decode().splitlines() if line]
        keys = {(made["type"], made["id"]) for made in objects}
        if request.query.get("overwrite") != "true" and keys & self.kept.keys():
            return web.json_response({"success": False, "successCount": 0, "errors": [{"error": {"type": "conflict"}}]})
        missing = [
            {"id": made["id"], "type": made["type"], "error": {"type": "missing_references", "references": [ref]}}
            for made in objects
            for ref in made["references"]
            if (ref["type"], ref["id"]) not in keys | self.kept.keys()
        ]
        if missing:
            return web.json_response({"success": False, "successCount": 0, "errors": missing})
        self.kept |= {(made["type"], made["id"]): made for made in objects}
        return web.json_response({"success": True, "successCount": len(objects)})

    def _stranger(self, request: web.Request) -> bool:
        return self.authorization is not None and request.headers.get("Authorization") != self.authorization


def _error(status: int, message: str) -> web.Response:
    return web.json_response(
        {"statusCode": status, "error": HTTPStatus(status).phrase, "message": message}, status=status
    )


@pytest.fixture
def kibana() -> Iterator[Kibana]:
    """In a thread of its own: what is tested waits for answers."""
    import asyncio

    server, loop, started = Kibana(), asyncio.new_event_loop(), threading.Event()
    app = web.Application()
    app.add_routes([web.get("/api/status", server.status), web.post("/api/saved_objects/_import", server.take)])
    runner = web.AppRunner(app)

    async def start() -> None:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set()

    def serve() -> None:
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    assert started.wait(10)
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


def test_loads_everything_and_again_over_itself(kibana: Kibana) -> None:
    settings = Settings(kibana_url=kibana.url + "/")
    expected = {(made["type"], made["id"]) for made in map(json.loads, SAVED_OBJECTS.read_text("utf-8").splitlines())}
    for _ in range(2):
        assert load_objects(settings) == [f"Kibana at {kibana.url}: {len(expected)} objects loaded"]
        assert kibana.kept.keys() == expected


def test_a_dry_run_only_asks(kibana: Kibana) -> None:
    [line] = load_objects(Settings(kibana_url=kibana.url), dry_run=True)
    assert line.endswith("objects would be loaded")
    assert (kibana.asked, kibana.kept) == (["status"], {})


def test_two_pipelines_share_a_kibana(kibana: Kibana) -> None:
    load_objects(Settings(kibana_url=kibana.url))
    load_objects(Settings(kibana_url=kibana.url, prefix="test-"))
    views = {made["attributes"]["title"] for (type_, _), made in kibana.kept.items() if type_ == "index-pattern"}
    assert views == {"news-articles*", "news-alerts", "test-news-articles*", "test-news-alerts"}
    assert len(kibana.kept) == 2 * SAVED_OBJECTS.read_text("utf-8").count("\n")
    theirs = json.loads(with_prefix(SAVED_OBJECTS.read_text("utf-8"), "test-").splitlines()[-1])
    assert "newsloom-articles" not in json.dumps(theirs)
    assert theirs["attributes"]["title"].startswith("Newsloom test:")


def test_an_api_key_comes_from_its_file_and_is_never_told(kibana: Kibana, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("c2VjcmV0OmtleQ==\n")
    kibana.authorization = "ApiKey c2VjcmV0OmtleQ=="
    settings = Settings(kibana_url=kibana.url, elasticsearch_api_key_file=key)
    assert "c2VjcmV0" not in str(load_objects(settings))
    key.write_text("d3Jvbmc=")
    with pytest.raises(NotAvailable, match=r"does not know us \(401\)") as refused:
        load_objects(settings)
    assert "d3Jvbmc" not in str(refused.value)


def test_a_user_and_password(kibana: Kibana, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("geheim\n")
    kibana.authorization = "Basic bmV3c2xvb206Z2VoZWlt"
    load_objects(
        Settings(
            kibana_url=kibana.url,
            elasticsearch_username="newsloom",
            elasticsearch_password_file=tmp_path / "password",
        )
    )
    assert kibana.kept


REFUSED = json.dumps(
    {
        "success": False,
        "successCount": 0,
        "errors": [{"id": "x", "type": "dashboard", "error": {"type": "unsupported_type"}}],
    }
)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((200, REFUSED), "did not take every object: dashboard x: unsupported_type"),
        ((200, "<html>Sign in</html>"), "is not Kibana: see NEWSLOOM_KIBANA_URL"),
        ((200, "[]"), "is not Kibana"),
        ((302, ""), r"sends us elsewhere \(302\)"),
        ((400, '{"message": "Document is\\nnewer"}'), r"refused \(400\): Document is newer"),
        ((403, "{}"), "needs the right to manage saved objects"),
        ((404, "{}"), "is NEWSLOOM_KIBANA_URL right"),
        ((503, "Kibana server is not ready yet"), "try again when it has started"),
    ],
)
def test_what_goes_wrong_is_one_line_that_says_what_to_do(kibana: Kibana, answer: tuple[int, str], told: str) -> None:
    kibana.says = answer
    with pytest.raises(NotAvailable, match=told) as wrong:
        load_objects(Settings(kibana_url=kibana.url))
    assert "\n" not in str(wrong.value)


def test_an_older_kibana_is_given_nothing(kibana: Kibana) -> None:
    kibana.version = "8.19.2"
    with pytest.raises(NotAvailable, match=r"is version 8\.19\.2: it must be 9 or newer"):
        load_objects(Settings(kibana_url=kibana.url))
    assert "import" not in kibana.asked


def test_nobody_there() -> None:
    with pytest.raises(NotAvailable, match="cannot be reached"):
        load_objects(Settings(kibana_url="http://127.0.0.1:9"))


@pytest.mark.parametrize(
    "url", ["", "kibana:5601", "ftp://kibana", "http://", "http://u:p@kibana:5601", "http://k/?a=1"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(Misuse, match="NEWSLOOM_KIBANA_URL") as wrong:
        load_objects(Settings(kibana_url=url))
    assert "u:p" not in str(wrong.value)


def test_files_that_are_not_there(kibana: Kibana, tmp_path: Path) -> None:
    with pytest.raises(NotAvailable, match="saved objects for Kibana cannot be read"):
        load_objects(Settings(kibana_url=kibana.url), file=tmp_path / "none")
    with pytest.raises(Misuse, match=r"NEWSLOOM_ELASTICSEARCH_API_KEY_FILE: .* cannot be read"):
        load_objects(Settings(kibana_url=kibana.url, elasticsearch_api_key_file=tmp_path / "none"))
    with pytest.raises(NotAvailable, match="NEWSLOOM_ELASTICSEARCH_CA_FILE cannot be read"):
        load_objects(Settings(kibana_url=kibana.url, elasticsearch_ca_file=tmp_path / "none"))
