"""What a web archive holds, however it is packed, cut off and damaged. Files are made here, record by record."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc

import brotli
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from web_archive import PAGE, bomb, chunked, packed, record, response

from services.fetch.formats.warc_captures import Broken, Capture, Found, NoDocument, read_captures

MIB = 2**20
LIMIT = 4 * MIB
FIRST, LAST = response("http://first.example/"), response("http://last.example/")
RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><item><title>i</title></item></channel></rss>"


def read(data: bytes) -> list[Found]:
    return list(read_captures(io.BytesIO(data), LIMIT))


def only(data: bytes) -> Found:
    (found,) = read(data)
    return found


def short(found: list[Found]) -> list[str]:
    """An address, a kind, or a code: the whole file in a line."""
    return [
        one.url if isinstance(one, Capture) else one.kind if isinstance(one, NoDocument) else one.code for one in found
    ]


@pytest.mark.parametrize("pack", [b"".join, packed, lambda records: gzip.compress(b"".join(records))])
def test_a_page_is_what_the_server_sent_in_every_packing(pack: object) -> None:
    assert callable(pack)
    records = [FIRST, response("http://b.example/x?y=1", PAGE, "text/html; charset=koi8-r", Server="s"), LAST]
    found = read(pack(records))
    assert short(found) == ["http://first.example/", "http://b.example/x?y=1", "http://last.example/"]
    page = found[1]
    assert isinstance(page, Capture)
    assert (page.number, page.body, page.content_type) == (2, PAGE, "text/html; charset=koi8-r")
    assert (page.is_feed, page.truncated, page.headers["server"]) == (False, False, "s")


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (record("warcinfo", block=b"software: x"), "warcinfo record"),
        (record("request", block=b"GET / HTTP/1.1\r\n\r\n"), "request"),
        (record("metadata", block=b"a: b"), "metadata record"),
        (record("revisit", block=b"HTTP/1.1 200 OK\r\n\r\n"), "revisit"),
        (record("conversion", block=b"text"), "conversion"),
        (record("rumour", block=b"text"), "record of a type unknown"),
        (record("response", "dns:paper.example", b"20240601 1.2.3.4"), "DNS record"),
        (record("response", "whois://paper.example", b"x"), "address without HTTP"),
        (response("https://paper.example/robots.txt", b"User-agent: *", "text/plain"), "robots file"),
        (response("http://paper.example/robots.txt?x#y"), "robots file"),
        (response(status="301 Moved", Location="/b"), "redirect"),
        (response(status="304 Not Modified"), "redirect"),
        (response(status="404 Not Found"), "error page"),
        (response(status="503 Busy"), "error page"),
        (response(status="206 Partial Content"), "partial answer"),
        (response(body=b" \r\n"), "empty answer"),
        (response(body=b"\x89PNG", content_type="image/png"), "image"),
        (response(body=b"a{}", content_type="text/css; charset=utf-8"), "style sheet"),
        (response(body=b"a()", content_type="Application/JavaScript"), "script"),
        (response(body=b"x", content_type="font/woff2"), "font"),
        (response(body=b"x", content_type="video/mp4"), "video"),
        (response(body=b"%PDF", content_type="application/pdf"), "PDF"),
        (response(body=b"x", content_type="application/zip"), "other file"),
        (response(body=b'{"a":1}', content_type="application/json"), "JSON document"),
        (response(body=b"<?xml version='1.0'?><urlset/>", content_type="text/xml"), "XML document"),
        (response(body=b"plain", content_type="text/plain"), "plain text"),
        (response(body=b"\x00\x01", content_type=None), "other file"),
        (response(body=b"x" * (LIMIT + 1), content_type="text/plain"), "plain text"),
        (response(body=b"x" * (LIMIT + 1), content_type="image/png"), "image"),
    ],
)
def test_what_is_no_document_is_passed_over_by_its_kind(one: bytes, kind: str) -> None:
    for data in (FIRST + one + LAST, packed([FIRST, one, LAST])):
        assert short(read(data)) == ["http://first.example/", kind, "http://last.example/"]


@pytest.mark.parametrize(
    ("body", "content_type", "is_feed"),
    [
        (RSS, "application/rss+xml", True),
        (RSS, "text/html", True),
        (RSS, "text/xml", True),
        (RSS, None, True),
        (RSS.decode().encode("utf-16"), "text/xml", True),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/json", True),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "application/octet-stream", True),
        (b"broken", "application/atom+xml", True),
        (PAGE, None, False),
        (b"\xef\xbb\xbf \n" + PAGE, "text/plain", False),
        (b"<p>a fragment", "text/html", False),
        (b"<?xml version='1.0'?><!DOCTYPE html><html><feed></feed></html>", "application/xhtml+xml", False),
    ],
)
def test_feeds_and_pages_are_told_apart(body: bytes, content_type: str | None, is_feed: bool) -> None:
    found = only(response(body=body, content_type=content_type))
    assert isinstance(found, Capture)
    assert (found.is_feed, found.body) == (is_feed, body)


def test_a_resource_has_its_type_in_the_record_itself() -> None:
    found = read(
        record("resource", "<http://a.example/>", PAGE, Content_Type="text/html")
        + record("resource", "file:///a", PAGE)
        + record("resource", "http://a.example/", b"x", Content_Type="image/gif")
    )
    assert short(found) == ["http://a.example/", "address without HTTP", "image"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (chunked(PAGE), {"Transfer_Encoding": "chunked"}),
        (chunked(PAGE).replace(b"\r\n", b"\n"), {"Transfer_Encoding": "Chunked"}),
        (chunked(gzip.compress(PAGE)), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),
        (gzip.compress(PAGE), {"Content_Encoding": "x-gzip", "Content_Length": str(len(gzip.compress(PAGE)))}),
        (brotli.compress(PAGE), {"Content_Encoding": "br"}),
        (PAGE, {"Content_Encoding": "br"}),
        (PAGE, {"Content_Encoding": "zstd", "Transfer_Encoding": "chunked"}),
        (PAGE, {"Content_Length": str(len(PAGE))}),
    ],
    ids=["chunks", "bare-lf", "chunks-of-gzip", "gzip", "br", "not-really-br", "not-really-packed", "plain"],
)
def test_bodies_are_unpacked_also_where_the_archive_had_done_it_before(body: bytes, headers: dict[str, str]) -> None:
    found = only(response(body=body, **headers))
    assert isinstance(found, Capture)
    assert (found.body, found.truncated) == (PAGE, False)


@pytest.mark.parametrize(
    "one",
    [
        response(body=PAGE, Content_Length="500"),
        response(body=chunked(PAGE)[:60], Transfer_Encoding="chunked"),
        response(body=PAGE, warc_fields={"WARC-Truncated": "length"}),
    ],
)
def test_a_page_of_which_less_was_stored_than_sent_says_so(one: bytes) -> None:
    found = only(one)
    assert isinstance(found, Capture)
    assert found.truncated


@pytest.mark.parametrize(
    ("one", "code", "message"),
    [
        (response(body=b"x" * (LIMIT + 1)), "too-large", "larger than"),
        (response(body=bomb(64), Content_Encoding="gzip"), "too-large", "decoded body is over"),
        (response(body=b"\x1f\x8b\x08 no gzip", Content_Encoding="gzip"), "encoding", "decompressed"),
        (response(body=b"\x00\x01", Content_Encoding="zstd"), "encoding", "zstd"),
        (response(body=b"5\r\nabcdefghi\r\n", Transfer_Encoding="chunked"), "encoding", "no length"),
        (response("http://a.example/" + "a" * 5_000), "too-large", "4096 characters"),
        (record(block=b"SSH-2.0\r\n\r\n"), "warc-record", "does not begin with HTTP"),
        (record(block=b"HTTP/1.1 200 OK\r\nA: b"), "warc-record", "within its header"),
        (record(block=b"HTTP/1.1 200 OK\r\nA: " + b"b" * MIB), "warc-record", "over 16384 bytes"),
        (record(block=b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 9_999), "warc-record", "over 200 lines"),
        (record(block=b""), "warc-record", "does not begin with HTTP"),
        (response(length="abc"), "warc-record", "no number: 'abc'"),
        (response(length="-5"), "warc-record", "no number"),
        (response(length="9" * 40), "warc-record", "no number"),
        (response(length="\u0665"), "warc-record", "no number"),
        (response(length=60), "warc-record", "does not end where"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n\r\n" + b"x" * 500 + b"\r\n\r\n", "warc-record", "no Content-Length"),
        (b"WARC/1.0\r\n" + b"A: b\r\n" * 500 + b"\r\n", "warc-record", "over 200 lines"),
        (b"WARC/1.0\r\nA: " + b"b" * MIB + b"\r\n\r\n", "warc-record", "over 16384 bytes"),
        (b"nothing of the kind\r\n" * 100, "warc-record", "does not begin with WARC/"),
        (b"\x00" * 100_000 + b"\n", "warc-record", "does not begin with WARC/"),
    ],
)
def test_a_broken_record_is_told_and_its_neighbours_are_read(one: bytes, code: str, message: str) -> None:
    for data in (FIRST + one + LAST, packed([FIRST, one, LAST])):
        found = read(data)
        assert short(found) == ["http://first.example/", code, "http://last.example/"]
        broken = found[1]
        assert isinstance(broken, Broken)
        assert message in broken.message
        assert broken.number == 2
        assert one.startswith(broken.raw)
        assert 0 < len(broken.raw) <= 65_536


def test_a_length_that_is_too_long_does_not_swallow_its_neighbours() -> None:
    swallowing = response("http://b.example/", length=len(PAGE) + 300)
    for data in (FIRST + swallowing + LAST * 3, packed([FIRST, swallowing, *[LAST] * 3])):
        assert short(read(data)) == ["http://first.example/", "warc-record", *["http://last.example/"] * 3]
    endless = FIRST + response(length=10**17) + LAST
    assert short(read(endless)) == ["http://first.example/", "warc-record", "http://last.example/"]


def test_a_damaged_gzip_member_costs_one_record() -> None:
    noise = random.Random(7).randbytes(200_000)
    members = [packed([one]) for one in (FIRST, response(body=PAGE + noise), LAST, LAST)]
    for place in (0, 12, 100, 5_000, 150_000, len(members[1]) - 6):
        damaged = bytearray(members[1])
        damaged[place] ^= 0xFF
        found = read(members[0] + bytes(damaged) + members[2] + members[3])
        assert short(found) == ["http://first.example/", "warc-record", *["http://last.example/"] * 2], place
        assert isinstance(found[1], Broken)
        assert found[1].raw


@pytest.mark.parametrize("cut", [1, 8, 9, 100, 5_000, 40_000, 65_000, 131_000, 199_990])
def test_a_member_that_was_cut_off_costs_one_record_also_when_others_follow(cut: int) -> None:
    """A crawler that was killed and started anew writes on after half a record."""
    torn = packed([response(body=PAGE + random.Random(7).randbytes(200_000))])[:-cut]
    found = read(packed([FIRST]) + torn + packed([LAST]))
    assert short(found) == ["http://first.example/", "warc-record", "http://last.example/"]
    assert short(read(packed([FIRST]) + torn)) == ["http://first.example/", "warc-record"]


def test_the_last_record_of_a_file_that_was_cut_off_is_not_taken_for_whole() -> None:
    for length in range(len(FIRST) + 40, len(FIRST + LAST) - 4, 9):
        assert short(read((FIRST + LAST)[:length])) == ["http://first.example/", "warc-record"]
    whole = packed([FIRST, LAST])
    for length in range(len(packed([FIRST])) + 1, len(whole), 9):
        assert short(read(whole[:length])) == ["http://first.example/", "warc-record"]


def test_what_lies_beyond_damage_and_cannot_be_found_is_told() -> None:
    """All records in one gzip member: what follows the damage is lost, and that must not look like the end of the file."""
    noise = b" ".join(b"line %d of %d" % (number, number * number) for number in range(100_000))
    data = bytearray(gzip.compress(FIRST + response(body=PAGE + noise) + LAST))
    data[2_000:2_100] = bytes(100)
    found = read(bytes(data))
    assert len(data) > 400_000
    assert short(found)[-2:] == ["warc-record", "warc-record"]
    assert isinstance(found[-1], Broken)
    assert "the rest of the file cannot be read: no record can be found in the" in found[-1].message


def test_a_bomb_is_passed_by_and_the_next_record_read_in_little_memory() -> None:
    data = packed([FIRST]) + bomb(300) + packed([LAST])
    tracemalloc.start()
    try:
        assert short(read(data)) == ["http://first.example/", "warc-record", "http://last.example/"]
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()


class Endless(io.RawIOBase):
    """A stream that goes on with one letter."""

    def __init__(self, head: bytes, count: int) -> None:
        self._head, self._left = head, count

    def read(self, count: int = -1) -> bytes:
        assert count > 0, "read whole"
        piece, self._head = self._head[:count], self._head[count:]
        if piece:
            return piece
        self._left -= count
        return b"x" * count if self._left > 0 else b""


def test_memory_does_not_grow_with_the_file() -> None:
    picture = response(body=bytes(MIB // 2), content_type="image/png")
    part = packed([response(body=PAGE + bytes(MIB // 2)), picture]) * 100
    tracemalloc.start()
    try:
        counted = sum(1 for _ in read_captures(io.BytesIO(part), LIMIT))
        assert tracemalloc.get_traced_memory()[1] < 5 * MIB
    finally:
        tracemalloc.stop()
    assert counted == 200, "100 MiB"


@pytest.mark.parametrize(
    "head",
    [
        b"WARC/1.0\r\nA: ",
        b"x",
        record(length=10**12)[:-4] + b"HTTP/1.1 200 OK\r\nA: ",
        record("request", length=10**12)[:-4],
        response(content_type="image/png", length=10**12)[:-4],
        response(content_type="text/html", length=10**12)[:-4],
    ],
)
def test_what_does_not_end_is_read_in_little_memory(head: bytes) -> None:
    tracemalloc.start()
    try:
        found = list(read_captures(Endless(FIRST + head, 100 * MIB), LIMIT))
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()
    assert len(found) == 2
    assert isinstance(found[1], Broken)


def test_zstd_is_named_with_a_way_out() -> None:
    found = only(b"\x28\xb5\x2f\xfd....")
    assert isinstance(found, Broken)
    assert "zstd -dc" in found.message


def test_a_file_without_records_has_none() -> None:
    assert read(b"") == read(b"\r\n\r\n") == read(gzip.compress(b"")) == read(packed([b"", b"\r\n"]) + bytes(600)) == []


@given(st.lists(st.binary(max_size=300), max_size=6), st.booleans())
def test_bodies_come_out_as_they_went_in(bodies: list[bytes], zipped: bool) -> None:
    records = [
        response(f"http://a.example/{number}", b"<p>" + body, Transfer_Encoding="identity")
        for number, body in enumerate(bodies)
    ]
    found = read(packed(records) if zipped else b"".join(records))
    assert [one.body for one in found if isinstance(one, Capture)] == [b"<p>" + body for body in bodies]


@settings(max_examples=200)
@given(st.data(), st.booleans())
def test_damage_anywhere_costs_what_it_touches_alone_and_never_raises(data: st.DataObject, zipped: bool) -> None:
    pack = packed if zipped else b"".join
    records = [response(f"http://{number}.example/") for number in range(6)]
    whole = pack(records)
    place = data.draw(st.integers(0, len(whole) - 1))
    end = data.draw(st.integers(place, min(len(whole), place + 60)))
    junk = data.draw(st.binary(max_size=40))
    assume(place > 3 or not junk.startswith(b"\x1f\x8b\x08"))  # It would turn a plain file into one that is packed.
    found = set(short(read(whole[:place] + junk + whole[end:])))
    starts = [len(pack(records[:number])) for number in range(7)]
    # What follows a gzip member may be taken for more of it; what is cut off before one may have been its beginning.
    untouched = [number for number in range(6) if starts[number + 1] < place or starts[number] > end]
    assert found >= {f"http://{number}.example/" for number in untouched}
