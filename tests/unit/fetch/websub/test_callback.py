"""The callback server alone: real requests, sane and hostile ones."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession
from websub_bench import Bench

from services.fetch.websub.callback import CHALLENGE, serve_callback
from shared.errors import NotAvailable


@pytest.fixture
async def web() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def question(bench: Bench, **changed: str) -> dict[str, str]:
    asked = {"mode": "subscribe", "topic": bench.site.url, "challenge": "c", "lease_seconds": "86400", **changed}
    return {f"hub.{name}": value for name, value in asked.items()}


@pytest.fixture
async def callback(bench: Bench) -> str:
    """The address of a subscription that is active."""
    bench.start()
    await bench.active()
    return next(iter(bench.hub.subscribed))


async def test_the_challenge_is_echoed_as_plain_text(bench: Bench, callback: str, web: ClientSession) -> None:
    challenge = "<script>alert(1)</script>"
    async with web.get(callback, params=question(bench, challenge=challenge)) as response:
        assert (response.status, await response.text()) == (200, challenge)
        assert response.content_type == "text/plain"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "changed",
    [
        {"topic": "https://other.example/"},
        {"mode": "unsubscribe"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * (CHALLENGE + 1)},
        {"lease_seconds": "60"},
        {"mode": "denied", "topic": "https://other.example/"},
    ],
)
async def test_what_was_not_asked_for_is_not_found(
    bench: Bench, callback: str, web: ClientSession, changed: dict[str, str]
) -> None:
    async with web.get(callback, params=question(bench, **changed)) as response:
        assert response.status == 404
    await bench.quiet()
    assert bench.subscription.state == "active"


@pytest.mark.parametrize("lease", ["-1", "1e9", "٣", "9" * 13, ""])
async def test_a_lease_that_is_no_number_is_as_good_as_none(
    bench: Bench, callback: str, web: ClientSession, lease: str
) -> None:
    async with web.get(callback, params=question(bench, lease_seconds=lease)) as response:
        assert response.status == 200


async def test_before_the_feeds_are_known_hubs_are_to_come_again(bench: Bench, web: ClientSession) -> None:
    for method in ("GET", "POST"):
        async with web.request(method, f"{bench.address}/{'0' * 64}", params=question(bench)) as response:
            assert response.status == 503


async def test_a_path_that_is_nobodys_is_not_found(
    bench: Bench, web: ClientSession, counted: Callable[..., float]
) -> None:
    bench.start()
    await bench.active()
    for path in ("", "/", "/" + "0" * 64, "/%00", "/../x"):
        async with web.get(bench.address + path, params=question(bench)) as response:
            assert response.status == 404
        async with web.post(bench.address + path, data=b"x") as response:
            assert response.status == 404
    assert counted("newsloom_websub_pushes_total", result="unknown") == 5


async def test_only_the_last_part_of_the_path_counts(bench: Bench, callback: str, web: ClientSession) -> None:
    """Whatever a proxy in front takes off or puts before it."""
    token = callback.rpartition("/")[2]
    origin = callback.split("/some/")[0]
    for path in (f"/{token}", f"/a/b/{token}/"):
        async with web.get(origin + path, params=question(bench)) as response:
            assert response.status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
async def test_other_methods_do_nothing(bench: Bench, callback: str, web: ClientSession, method: str) -> None:
    async with web.request(method, callback, params=question(bench)) as response:
        assert response.status == 404


@pytest.mark.parametrize("declared", [True, False])
async def test_a_push_is_no_larger_than_a_feed(
    bench: Bench, callback: str, web: ClientSession, declared: bool, counted: Callable[..., float]
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(10_000)

    async with web.post(callback, data=bytes(200_000) if declared else endless()) as response:
        assert response.status == 413
    assert counted("newsloom_websub_pushes_total", result="too-large") == 1


async def test_a_body_is_judged_as_it_came(bench: Bench, callback: str) -> None:
    """Unpacking what nobody reads is only a chance for bombs."""
    polls = bench.site.polls
    assert await bench.hub.push(gzip.compress(bytes(10_000_000)), coding="gzip") == [202]
    await bench.until(lambda: bench.site.polls > polls)


async def test_a_body_that_does_not_come_is_not_waited_for(
    bench: Bench, callback: str, counted: Callable[..., float]
) -> None:
    host, port = callback.split("/")[2].split(":")
    path = "/" + callback.split("/", 3)[3]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow".encode())
    async with asyncio.timeout(2):
        assert b" 408 " in await reader.readline()
    writer.close()
    _, broken = await asyncio.open_connection(host, int(port))
    broken.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx".encode())
    await bench.until(lambda: bench.callback._open == 1)
    broken.close()
    await bench.until(lambda: counted("newsloom_websub_pushes_total", result="broken") == 1)
    assert counted("newsloom_websub_pushes_total", result="timeout") == 1
    assert counted("newsloom_websub_pushes_total", result="accepted") == 0


async def test_a_body_that_is_announced_too_large_is_not_waited_for(callback: str) -> None:
    reader, writer = await asyncio.open_connection(*callback.split("/")[2].split(":"))
    path = "/" + callback.split("/", 3)[3]
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".encode())
    async with asyncio.timeout(2):
        assert b" 413 " in await reader.readline()
    writer.close()


async def test_bodies_that_come_in_together_are_few(
    bench: Bench, callback: str, web: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.fetch.websub.callback.PUSHES_AT_ONCE", 1)
    _, slow = await asyncio.open_connection(*callback.split("/")[2].split(":"))
    slow.write(f"POST /{callback.rpartition('/')[2]} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n".encode())
    await bench.until(lambda: bench.callback._open == 1)
    async with web.post(callback, data=b"x") as response:
        assert response.status == 503
    slow.close()
    await bench.until(lambda: bench.callback._open == 0)
    async with web.post(callback, data=b"x") as response:
        assert response.status == 202


@pytest.mark.parametrize("reason", [b"%ff%ed%a0%80", b"\xff", b"%00", b"x" * 5_000])
async def test_any_reason_of_a_refusal_can_be_stored(bench: Bench, callback: str, reason: bytes) -> None:
    host, port = callback.split("/")[2].split(":")
    path = "/" + callback.split("/", 3)[3]
    reader, writer = await asyncio.open_connection(host, int(port))
    query = f"{path}?hub.mode=denied&hub.topic={bench.site.url}&hub.reason=".encode()
    writer.write(b"GET " + query + reason + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(2):
        answered = await reader.readline()
    writer.close()
    if b" 400 " not in answered:  # the server's own answer to what is no HTTP
        assert b" 200 " in answered
        await bench.reaches("refused")
        assert bench.state.last_error_code is None
        assert len(bench.subscription.reason or "") <= 300


async def test_a_port_that_is_taken_is_said(bench: Bench) -> None:
    port = int(bench.address.split(":")[2].split("/")[0])
    with pytest.raises(NotAvailable, match="NEWSLOOM_WEBSUB_PORT"):
        async with serve_callback(bench.callback, "127.0.0.1", port):
            pass
