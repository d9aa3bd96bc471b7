from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext

import pytest
from aiohttp import web
from yarl import URL

from services.fetch.http.address_guard import AddressGuard, parse_network
from services.fetch.http.client import HttpClient
from services.fetch.http.limits import FetchError, HttpLimits
from services.fetch.http.target import check_repetition

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
FORM = {"hub.topic": "https://paper.example/?a=1&b=ü", "lone": "\udcff"}


class Hub:
    def __init__(self) -> None:
        self.url = ""
        self.seen: list[tuple[str, str, dict[str, object]]] = []
        self.answers: dict[str, web.Response] = {}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.seen.append((request.method, request.path, dict(await request.post())))
        return self.answers.get(request.path) or web.Response(status=202)


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    one = Hub()
    runner = web.ServerRunner(web.Server(one.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield one
    await runner.cleanup()


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    limits = HttpLimits(total_s=2, body_bytes=1_000, decoded_bytes=1_000)
    async with HttpClient(AddressGuard([parse_network("127.0.0.1")]), limits) as one:
        yield one


async def failure(client: HttpClient, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await client.post_form(url, FORM)
    return caught.value


async def test_a_form_is_posted_in_utf_8(hub: Hub, client: HttpClient) -> None:
    assert (await client.post_form(f"{hub.url}/", FORM)).status == 202
    assert hub.seen == [("POST", "/", {"hub.topic": FORM["hub.topic"], "lone": "?"})]


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_that_repeats_the_form_is_followed(hub: Hub, client: HttpClient, status: int) -> None:
    hub.answers["/old"] = web.Response(status=status, headers={"Location": "/new"})
    assert (await client.post_form(f"{hub.url}/old", FORM)).url_final == f"{hub.url}/new"
    assert [(method, path) for method, path, _ in hub.seen] == [("POST", "/old"), ("POST", "/new")]
    assert hub.seen[0][2] == hub.seen[1][2]


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_redirect_that_would_make_a_get_of_it_is_not(hub: Hub, client: HttpClient, status: int) -> None:
    hub.answers["/"] = web.Response(status=status, headers={"Location": "/new"})
    error = await failure(client, f"{hub.url}/")
    assert (error.code, error.status, len(hub.seen)) == ("http-3xx", status, 1)


@pytest.mark.parametrize(
    ("here", "there", "allowed"),
    [("https", "https", True), ("http", "https", True), ("http", "http", True), ("https", "http", False)],
)
def test_a_form_never_goes_from_https_to_http(here: str, there: str, allowed: bool) -> None:
    with nullcontext() if allowed else pytest.raises(FetchError, match="from https to http"):
        check_repetition(307, URL(f"{here}://a.example/"), URL(f"{there}://b.example/"))


async def test_a_hub_is_bounded_like_a_site(hub: Hub, client: HttpClient) -> None:
    hub.answers["/loop"] = web.Response(status=307, headers={"Location": "/loop"})
    hub.answers["/inward"] = web.Response(status=307, headers={"Location": "http://10.0.0.1/"})
    hub.answers["/large"] = web.Response(body=bytes(2_000))
    hub.answers["/busy"] = web.Response(status=503, headers={"Retry-After": "30"})
    codes = {path: (await failure(client, hub.url + path)).code for path in hub.answers}
    assert codes == {
        "/loop": "too-many-redirects",
        "/inward": "blocked-address",
        "/large": "too-large",
        "/busy": "http-5xx",
    }
    assert (await failure(client, "ftp://hub.example/")).code == "bad-url"


async def test_links_in_several_lines_are_one_list(hub: Hub, client: HttpClient) -> None:
    answer = web.Response()
    for relation in ("hub", "self"):
        answer.headers.add("Link", f"</{relation}>; rel={relation}")
    hub.answers["/"] = answer
    assert (await client.get(f"{hub.url}/")).headers["link"] == "</hub>; rel=hub, </self>; rel=self"
