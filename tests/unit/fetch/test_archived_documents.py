"""From records of a web archive to entries. What the records are is tested with the reader of archives."""

from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime

import pytest
from web_archive import PAGE, chunked, packed, record, response

from services.fetch.documents import DocumentLimits, Format, PassedOver, Unreadable, detect, read_documents
from shared.contracts import Entry

NOW = datetime(2024, 6, 1, tzinfo=UTC)
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Paper</title>
<item><title>One</title><link>/one</link><guid>1</guid></item><item><title>Two</title><guid>2</guid></item></channel></rss>"""


def read(data: bytes, name: str = "crawl.warc.gz", kind: Format = "auto") -> list[Entry | Unreadable | PassedOver]:
    with io.BufferedReader(io.BytesIO(data)) as stream:  # type: ignore[arg-type]
        return list(read_documents(stream, name, kind, NOW, DocumentLimits(file=2**20)))


def entries(data: bytes) -> list[Entry]:
    return [one for one in read(data) if isinstance(one, Entry)]


def test_a_page_is_an_entry_with_its_address_bytes_and_type() -> None:
    (entry,) = entries(packed([response("https://paper.example/a", PAGE, "text/html; charset=latin-1")]))
    assert entry.model_dump(exclude_defaults=True, exclude={"id"}) == {
        "origin": "ingest",
        "url": "https://paper.example/a",
        "page": PAGE,
        "content_type": "text/html; charset=latin-1",
        "read_at": NOW,
    }


def test_the_id_is_of_address_and_page_however_packed_wherever_stored_and_with_whatever_headers() -> None:
    ids = {
        entries(data)[0].id
        for data in (
            response(),
            packed([response()]),
            packed([record("request"), response(body=gzip.compress(PAGE), Content_Encoding="gzip", Date="now")]),
            packed([response(body=chunked(PAGE), Transfer_Encoding="chunked")]),
            record("resource", "http://paper.example/a", PAGE, Content_Type="text/html"),
        )
    }
    assert len(ids) == 1
    (other_address,) = entries(response("http://paper.example/b"))
    (other_page,) = entries(response(body=PAGE + b" "))
    assert len({*ids, other_address.id, other_page.id}) == 3


def test_a_page_of_which_less_was_stored_than_sent_is_flagged() -> None:
    assert entries(response(warc_fields={"WARC-Truncated": "time"}))[0].problems == ("truncated",)


def test_a_feed_gives_its_items_with_links_completed_by_its_address() -> None:
    one, two = entries(response("https://paper.example/feed", RSS, "text/xml"))
    assert (one.title, one.url, two.title) == ("One", "https://paper.example/one", "Two")
    assert one.feed is not None
    assert (one.feed.url, one.feed.title) == ("https://paper.example/feed", "Paper")


def test_what_cannot_be_read_says_which_record_it_is() -> None:
    broken = response(body=b"no feed", content_type="application/rss+xml")
    found = read(packed([response(body=b"x", content_type="image/png"), broken, response(length="many"), response()]))
    kinds = [type(one) for one in found]
    assert kinds == [PassedOver, Unreadable, Unreadable, Entry]
    first, second = (one for one in found if isinstance(one, Unreadable))
    assert (first.where, first.code, first.raw) == ("crawl.warc.gz:2", "not-a-feed", b"no feed")
    assert (second.where, second.code, second.raw[:9]) == ("crawl.warc.gz:3", "warc-record", b"WARC/1.0\r")


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.warc", b"", "warc"),
        ("A.WARC.GZ", b"", "warc"),
        ("a.warc.zst", b"", "warc"),
        ("standard input", response()[:2048], "warc"),
        ("standard input", packed([response()])[:2048], "warc"),
        ("standard input", gzip.compress(b'{"title": "a"}', mtime=0), "jsonl"),
        ("a.xml", b"WARC/1.0", "feed"),
    ],
)
def test_archives_are_known_by_their_ending_or_their_beginning(name: str, head: bytes, kind: str) -> None:
    assert detect(name, head) == kind
