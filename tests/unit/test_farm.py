"""Self-test of the farm, with plain sockets: kinds behave as they say, and the ledger is exact."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import brotli
import pytest
from farm.feed import Feed, make_token, read_token
from farm.prose import compose, key64
from farm.registry import load
from farm.server import Farm, serving
from lxml import etree

EVERYTHING = tuple(load())


class Got(NamedTuple):
    """state: "eof", "timeout", "refused", "reset". head is decoded, body is as it came (chunked is not undone)."""

    state: str
    status: int
    head: str
    body: bytes


def get(url: str, *headers: str, seconds: float = 2.0, agent: str = "t (+http://contact.example)") -> Got:
    """One GET on a connection of its own."""
    host, port, path = re.match(r"https?://([^:/]+):(\d+)(/.*)", url).groups()
    data, state = b"", "eof"
    sock = socket.socket()
    sock.settimeout(seconds)
    end = time.monotonic() + seconds
    try:
        sock.connect((host, int(port)))
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", f"User-Agent: {agent}", "Connection: close", *headers]
        sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        while part := sock.recv(1 << 20):
            data += part
            if time.monotonic() > end:
                raise TimeoutError
    except TimeoutError:
        state = "timeout"
    except ConnectionRefusedError:
        state = "refused"
    except ConnectionResetError:
        state = "reset"
    finally:
        sock.close()
    head, _, body = data.partition(b"\r\n\r\n")
    match = re.match(rb"HTTP/1\.[01] (\d+)", head)
    return Got(state, int(match[1]) if match else 0, head.decode("latin-1"), body if match else data)


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    """One feed of each kind."""
    with serving(tmp_path, feeds=0, kinds=EVERYTHING, seed=7) as running:
        yield running
        assert running.errors == []


def feed_of(farm: Farm, kind: str) -> Feed:
    """The (first) feed of a kind."""
    return next(f for f in farm.feeds if f.kind.name == kind)


def musts(farm: Farm, feed: Feed) -> Counter[str]:
    """How many lines of each sort the ledger has for a feed."""
    return Counter(line["must"] for line in farm.ledger() if line["feed"] == feed.url)


def settled(farm: Farm, feed: Feed, want: dict[str, int]) -> None:
    """Assert the feed's ledger; the farm notes a delivery just after the client has the last byte, so wait a little."""
    end = time.monotonic() + 2
    while dict(musts(farm, feed)) != want and time.monotonic() < end:
        time.sleep(0.01)
    assert dict(musts(farm, feed)) == want, feed.kind.name


def test_tokens_are_one_to_one() -> None:
    seen = {make_token(1, i, n) for i in range(300) for n in range(100)}
    assert len(seen) == 30_000
    assert all(read_token(1, make_token(1, i, n)) == (i, n) for i in (0, 9_999) for n in (0, 77, 131_072))


def test_prose_is_long_enough_and_its_own() -> None:
    texts = [compose(key64(3, i)) for i in range(400)]
    assert all(600 <= len(" ".join(t.paragraphs)) <= 900 for t in texts)
    sets = []
    for text in texts:
        words = re.findall(r"\w+", " ".join(text.paragraphs).lower())
        sets.append(set(zip(words, words[1:], words[2:], strict=False)))
    worst = max(len(a & b) / min(len(a), len(b)) for i, a in enumerate(sets) for b in sets[:i])
    assert worst < 0.3


def test_same_seed_same_items(tmp_path: Path) -> None:
    with serving(tmp_path / "a", feeds=30, seed=5) as a, serving(tmp_path / "b", feeds=30, seed=5) as b:
        key = [(f.kind.name, f.id, f.host, f.view(3).title, f.view(3).html) for f in a.feeds]
        assert key == [(f.kind.name, f.id, f.host, f.view(3).title, f.view(3).html) for f in b.feeds]


def test_files_and_addresses(tmp_path: Path) -> None:
    with serving(tmp_path, feeds=400, faulty=0.25, hosts=50) as farm:
        urls = [x.get("xmlUrl") for x in etree.parse(farm.opml_path).iterfind(".//outline[@xmlUrl]")]
        manifest = json.loads((tmp_path / "manifest.json").read_text())
        assert sorted(urls) == sorted(m["feed"] for m in manifest)
        assert len(urls) == 400
        assert sum(not m["healthy"] for m in manifest) == 100
        hosts = Counter(m["host"] for m in manifest)
        assert all(hosts[m["host"]] == 1 for m in manifest if not m["healthy"])
        assert {hosts[m["host"]] for m in manifest if m["healthy"]} == {6}
    assert (tmp_path / "ledger.jsonl").read_bytes() == b""


def test_healthy_feeds_parse_and_are_in_the_ledger(tmp_path: Path) -> None:
    with serving(tmp_path, feeds=40, faulty=0, hosts=7) as farm:
        for round_ in (1, 2):
            for feed in farm.feeds:
                with urllib.request.urlopen(feed.url) as answer:
                    body = answer.read()
                if "json" in answer.headers["Content-Type"]:
                    titles = [i["title"] for i in json.loads(body)["items"]]
                else:
                    tree = etree.fromstring(body)
                    items = [*tree.iterfind(".//{*}item"), *tree.iterfind("{*}entry")]
                    titles = [i.findtext("{*}title") for i in items]
                assert titles == [feed.view(n).title for n in feed.numbers()], feed.kind.name
                settled(farm, feed, {"article": feed.count(round_)})
            if round_ == 1:
                farm.advance()
        lines = [json.loads(x) for x in urllib.request.urlopen(f"{farm.base}/_farm/ledger").read().splitlines()]
        assert lines == farm.ledger()
        assert {x["round"] for x in lines} == {1, 2}
        assert len({x["token"] for x in lines}) == len(lines)
        page = urllib.request.urlopen(lines[0]["link"]).read().decode()
        assert lines[0]["title"] in page
        assert lines[0]["probe"] in page
        requests = json.load(urllib.request.urlopen(f"{farm.base}/_farm/requests"))
        assert all(r["requests"] == r["full"] == len(r["times"]) == 2 for r in requests.values())


def test_conditional_requests(farm: Farm) -> None:
    feed = feed_of(farm, "healthy-etag")
    first = get(feed.url)
    tag = re.search(r"ETag: (\S+)", first.head)[1]
    assert get(feed.url, f"If-None-Match: {tag}").status == 304
    farm.advance()
    assert get(feed.url, f"If-None-Match: {tag}").status == 200
    liar = feed_of(farm, "etag-lies")
    assert get(liar.url, 'If-None-Match: "constant"').status == 304
    assert not musts(farm, liar)
    early = feed_of(farm, "first-304")
    assert (get(early.url).status, get(early.url).status) == (304, 200)


def test_rounds_by_themselves(tmp_path: Path) -> None:
    with serving(tmp_path, feeds=1, faulty=0, rounds=3) as farm:
        feed = farm.feeds[0]
        sizes = []
        for _ in range(4):
            sizes.append(get(feed.url).body.count(b"<item>"))
            time.sleep(0.05)
        assert sizes == [feed.count(r) for r in (1, 2, 3, 3)]


@pytest.mark.parametrize(
    ("kind", "state", "least", "most"),
    [
        ("refused-port", "refused", 0, 0),
        ("connect-hang", "timeout", 0, 0),
        ("silent", "timeout", 0, 0),
        ("byte-per-second", "timeout", 1, 3),
        ("closes-before-headers", "eof", 0, 0),
        ("resets-before-headers", "reset", 0, 0),
        ("banner-first", "timeout", 21, 21),
        ("tls-on-http", "eof", 7, 7),
        ("garbage", "eof", 4096, 4096),
    ],
)
def test_nothing_comes(farm: Farm, kind: str, state: str, least: int, most: int) -> None:
    feed = feed_of(farm, kind)
    got = get(feed.url)
    assert got.state == state
    assert got.status == 0
    assert least <= len(got.body) <= most
    settled(farm, feed, {})


def test_lengths_that_lie(farm: Farm) -> None:
    for kind, state in (("short-body", "eof"), ("reset-mid-body", "reset"), ("truncated-chunked", "eof")):
        feed = feed_of(farm, kind)
        got = get(feed.url)
        assert got.state == state
        assert got.status == 200
        length = re.search(r"Content-Length: (\d+)", got.head)
        assert len(got.body) < int(length[1]) if length else b"\r\n0\r\n" not in got.body
        settled(farm, feed, {"may": got.body.count(b"</item>")})


def test_bombs(farm: Farm) -> None:
    got = get(feed_of(farm, "gzip-bomb").url, seconds=5)
    assert len(got.body) < 200_000
    assert len(gzip.decompress(got.body)) > 100 * 2**20
    got = get(feed_of(farm, "brotli-bomb").url, seconds=5)
    assert len(got.body) < 10_000
    assert len(brotli.decompress(got.body)) > 100 * 2**20
    assert get(feed_of(farm, "deep-nesting").url).body.count(b"<a>") == 200_000
    assert b'SYSTEM "file:///etc/passwd"' in get(feed_of(farm, "external-entity").url).body
    assert "Content-Length: 10737418240" in get(feed_of(farm, "ten-gigabytes").url, seconds=0.5).head
    many = feed_of(farm, "many-items")
    body = get(many.url, seconds=10).body
    assert body.count(b"<item>") == 100_000
    assert len(body) < 9_000_000
    settled(farm, many, {"article": 5_000, "may": 95_000})
    settled(farm, feed_of(farm, "gzip-bomb"), {"may": 5})


def test_refusals(farm: Farm) -> None:
    polite = feed_of(farm, "ua-403")
    assert get(polite.url, agent="python").status == 403
    assert not musts(farm, polite)
    assert get(polite.url).status == 200
    settled(farm, polite, {"article": 5})
    assert b"Access denied" in get(feed_of(farm, "ua-soft-403").url, agent="python").body
    assert "Retry-After: -5" in get(feed_of(farm, "retry-after-negative").url).head
    flapping = feed_of(farm, "flapping-503")
    assert [get(flapping.url).status for _ in range(4)] == [503, 200, 503, 200]
    waiting = feed_of(farm, "retry-after-seconds")
    assert [get(waiting.url).status for _ in range(2)] == [429, 429]
    waiting.state["refused"] -= 6
    assert get(waiting.url).status == 200


def test_redirects(farm: Farm) -> None:
    def follow(kind: str) -> tuple[Feed, int, Got]:
        feed = feed_of(farm, kind)
        url, hops = feed.url, 0
        while (got := get(url)).status in (301, 302, 307, 308) and hops < 12:
            url = urljoin(url, re.search(r"Location: (\S+)", got.head)[1])
            hops += 1
        return feed, hops, got

    for kind, count in (("redirect-301", 1), ("redirect-308-host", 1), ("redirect-chain", 8)):
        feed, hops, got = follow(kind)
        assert (hops, got.status) == (count, 200)
        settled(farm, feed, {"article": 5})
    assert follow("redirect-loop")[1] == 12
    assert "Location: file:///etc/passwd" in get(feed_of(farm, "redirect-file").url).head
    feed, hops, _ = follow("redirect-hijacked")
    assert hops == 0
    farm.advance()
    feed, hops, _ = follow("redirect-hijacked")
    assert hops == 1
    settled(farm, feed, {"article": 5, "may": 5})


def test_identity(farm: Farm) -> None:
    for kind in ("guid-changes", "guid-and-link-change", "reordered", "link-session"):
        feed = feed_of(farm, kind)
        one, two = get(feed.url).body, get(feed.url).body
        assert one != two
        assert len(re.findall(rb"\(k\w{8}\)</title>", one)) == 5
        settled(farm, feed, {"article": 5})
    feed = feed_of(farm, "item-twice")
    assert get(feed.url).body.count(b"<item>") == 10
    settled(farm, feed, {"article": 5})
    for kind, page in (("link-none", ""), ("link-same", "/"), ("date-none", None)):
        feed = feed_of(farm, kind)
        get(feed.url)
        settled(farm, feed, {"article": 5})
        links = [(x["link"], x["token"]) for x in farm.ledger() if x["feed"] == feed.url]
        want = {"": "", "/": f"{feed.base}/"}
        assert all(link == (feed.link(token) if page is None else want[page]) for link, token in links)
    assert b"<title>" not in get(feed_of(farm, "title-none").url).body.partition(b"<item>")[2]


def test_an_edit_is_a_revision_only_for_who_saw_the_first_version(farm: Farm) -> None:
    seen, late = feed_of(farm, "edited"), feed_of(farm, "edited-headline")
    get(seen.url)
    settled(farm, seen, {"article": 5})
    farm.advance()
    get(seen.url)
    get(late.url)
    settled(farm, seen, {"article": seen.count(2), "revision": 1})
    settled(farm, late, {"article": late.count(2)})


def test_broken_xml(farm: Farm) -> None:
    feed = feed_of(farm, "truncated-item")
    assert get(feed.url).body.count(b"</item>") == 4
    settled(farm, feed, {"article": 4, "may": 1})
    for kind in ("bare-ampersands", "html-entities", "unclosed-tags", "undeclared-prefix", "junk-before", "nul-bytes"):
        feed = feed_of(farm, kind)
        body = get(feed.url).body
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(body)
        assert len(re.findall(rb"\(k\w{8}\)</title>", body)) == 5
        settled(farm, feed, {"article": 5})


def test_pages(farm: Farm) -> None:
    for feed in farm.feeds:
        if feed.kind.theme == "pages":
            teasers = etree.fromstring(get(feed.url).body).xpath("//item/description/text()")
            assert len(teasers) == 5
            assert all(len(t) < 150 and t.endswith(" …") for t in teasers)
    good = feed_of(farm, "page-good")
    line = next(x for x in farm.ledger() if x["feed"] == good.url)
    assert line["probe"] in get(line["link"]).body.decode()
    link = {k: feed_of(farm, k).view(0).link for k in EVERYTHING if k.startswith("page-")}
    assert get(link["page-403"]).status == 403
    assert b'"isAccessibleForFree": false' in get(link["page-paywalled"]).body
    assert "tdm-reservation: 1" in get(link["page-tdm"]).head
    assert get(link["page-silent"], seconds=0.5).state == "timeout"
    assert "Location: http://10.0.0.1/" in get(link["page-private"]).head
    assert 4_900_000 < len(get(link["page-soup"]).body) < 5_100_000
    robots = feed_of(farm, "page-robots")
    assert f"Disallow: /{robots.id}/k" in get(f"http://{robots.host}:{robots.port}/robots.txt").body.decode()
    assert robots.log.pages == 0


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_an_unread_answer_is_not_in_the_ledger(farm: Farm, connection: str) -> None:
    feed = feed_of(farm, "healthy-rss")
    sock = socket.create_connection((feed.host, feed.port))
    sock.sendall(f"GET /{feed.id}/feed HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n".encode())
    end = time.monotonic() + 2
    while not musts(farm, feed) and time.monotonic() < end:
        time.sleep(0.01)
    sock.close()  # with bytes unread: the kernel sends a reset
    settled(farm, feed, {})
    big = feed_of(farm, "many-items")  # 8 MB do not fit into the kernel's buffers
    sock = socket.create_connection((big.host, big.port))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.sendall(f"GET /{big.id}/feed HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    sock.recv(1000)
    time.sleep(0.3)
    sock.close()
    time.sleep(0.1)
    settled(farm, big, {})
