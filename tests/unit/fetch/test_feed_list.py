from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetch import feed_list
from services.fetch.feed_list import FeedListError, FeedSource, read_feed_list, write_opml

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>mine</title></head><body>
  <outline text="World"><!-- note -->
    <outline text="Asia" title="Asia &amp; Pacific">
      <outline type="rss" text="A" xmlUrl="http://a.example/rss" category="/Wire,Daily"/>
    </outline>
    <outline type="rss" text="http://b.example/" XMLURL=" http://b.example/ "/>
  </outline>
  <outline text="no feed" htmlUrl="http://c.example/"/>
  <outline type="rss" text="A again" xmlUrl="http://a.example/rss" category="Top"/>
</body></opml>"""


def test_folders_become_tags_and_each_url_comes_once() -> None:
    assert read_feed_list(OPML.encode()) == (
        FeedSource("http://a.example/rss", "A", ("World", "Asia & Pacific", "Wire", "Daily", "Top")),
        FeedSource("http://b.example/", None, ("World",)),
    )


def test_one_url_a_line_with_comments() -> None:
    text = "\ufeff# mine\r\n\r\nhttp://a.example/rss#frag  # the first\r\n  https://b.example/\r\nhttp://a.example/rss#frag\r\n"
    assert [source.url for source in read_feed_list(text.encode())] == [
        "http://a.example/rss#frag",
        "https://b.example/",
    ]


@pytest.mark.parametrize("codec", ["utf-16", "windows-1251"])
def test_the_declared_charset_of_opml_holds(codec: str) -> None:
    body = f'<?xml version="1.0" encoding="{codec}"?><opml><body><outline text="Новости" xmlUrl="http://a/"/></body></opml>'
    assert read_feed_list(body.encode(codec))[0].title == "Новости"


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("http://a.example/\nftp://b.example/", 2, "not an http"),
        ("http://a.example/\n\nnews", 3, "not an http"),
        ("http://a b/", 1, "not an http"),
        ("http://[::1/", 1, "not an http"),
        ("<opml><body>\n<outline xmlUrl='javascript:x'/></body></opml>", 2, "not an http"),
        ("<opml>\n<body>\n<outline text='x'></body></opml>", 3, "not well-formed"),
        ("<rss><channel/></rss>", None, "no OPML"),
        ("<opml><head/></opml>", None, "no OPML"),
        ("<opml><body/></opml>", None, "no feed"),
        ("# nothing\n", None, "no feed"),
        ("", None, "no feed"),
    ],
)
def test_an_error_names_the_line(body: str, line: int | None, message: str) -> None:
    with pytest.raises(FeedListError, match=message) as caught:
        read_feed_list(body.encode())
    assert caught.value.line == line


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY x SYSTEM "file:///etc/passwd">',
        '<!ENTITY % d SYSTEM "http://127.0.0.1:9/evil.dtd"> %d;',
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;&b;&b;&b;">',
    ],
)
def test_a_document_type_is_refused(subset: str) -> None:
    with pytest.raises(FeedListError):
        read_feed_list(
            f"<!DOCTYPE opml [{subset}]><opml><body><outline text='&x;' xmlUrl='http://a/'/></body></opml>".encode()
        )


def test_hostile_nesting_is_refused_quickly() -> None:
    started, opening = time.process_time(), "<outline text='x'>"
    for depth in (100, 100_000):
        with pytest.raises(FeedListError):
            read_feed_list(f"<opml><body>{opening * depth}".encode())
    with pytest.raises(FeedListError, match="deep"):
        read_feed_list(f"<opml><body>{opening * 100}{'</outline>' * 100}</body></opml>".encode())
    assert time.process_time() - started < 2


def test_size_and_number_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_list, "LIST_FEEDS", 2)
    with pytest.raises(FeedListError, match="more than 2"):
        read_feed_list(b"http://a/1\nhttp://a/2\nhttp://a/3")
    monkeypatch.setattr(feed_list, "LIST_BYTES", 5)
    with pytest.raises(FeedListError, match="limit"):
        read_feed_list(b"http://a/1")


tags = st.text("abc äЖ&<>\"'", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@given(
    st.lists(
        st.builds(
            FeedSource,
            st.integers(0, 99).map("http://a.example/?x=1&n={}".format),
            st.none() | tags,
            st.lists(tags, max_size=3, unique=True).map(tuple),
        ),
        min_size=1,
        unique_by=lambda source: source.url,
    )
)
def test_what_is_written_is_read_back(sources: list[FeedSource]) -> None:
    assert read_feed_list(write_opml(sources)) == tuple(sources)
