from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.fetch import feed_list
from services.fetch.feed_list import FeedListError, FeedSource, read_feed_list, write_opml
from shared.contracts import FeedOptions

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


OPTIONS = """<opml xmlns:newsloom="urn:newsloom:feed"><body>
  <outline text="Wire"><outline text="A" xmlUrl="http://a.example/rss" newsloom:full-text="never" newsloom:min-interval="300"
    newsloom:identity="url" newsloom:auth="header" newsloom:secret-file="/run/secrets/a" newsloom:auth-name="X-Key"
    newsloom:language="fr" newsloom:websub="no"/></outline>
  <outline text="A again" xmlUrl="http://a.example/rss" category="Top"/>
</body></opml>"""


def test_options_are_attributes_of_a_namespace_of_their_own() -> None:
    options = FeedOptions(
        full_text="never",
        identity="url",
        min_interval_s=300,
        language="fr",
        auth="header",
        auth_name="X-Key",
        secret_file=Path("/run/secrets/a"),
        websub=False,
    )
    assert read_feed_list(OPTIONS.encode()) == (FeedSource("http://a.example/rss", "A", ("Wire", "Top"), options),)


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ('newsloom:full-text="sometimes"', "full-text: 'sometimes' is not allowed: give auto, always or never"),
        ('newsloom:min-interval="5"', "give seconds from 60 to 86400"),
        ('newsloom:min-interval="600" newsloom:max-interval="300"', "600 is longer than max-interval"),
        ('newsloom:fulltext="never"', "newsloom:fulltext: no option of a feed; there are full-text, identity,"),
        ('newsloom:Language="fr"', "newsloom:Language: no option"),
        ('newsloom:auth="bearer"', "bearer needs secret-file"),
        ('newsloom:secret-file="x"', "says nothing without auth"),
        ('xmlns:newsloom="urn:newsloom" newsloom:language="fr"', 'write xmlns:newsloom="urn:newsloom:feed"'),
    ],
)
def test_a_misspelt_option_is_an_error_with_its_line(attribute: str, message: str) -> None:
    with pytest.raises(FeedListError) as caught:
        read_feed_list(_with(f'<outline xmlUrl="http://a.example/" {attribute}/>'))
    assert caught.value.line == 2
    assert message in str(caught.value)


def _with(outlines: str) -> bytes:
    return f'<opml xmlns:newsloom="urn:newsloom:feed"><body>\n{outlines}</body></opml>'.encode()


def test_options_belong_to_one_feed_and_do_not_contradict_each_other() -> None:
    with pytest.raises(FeedListError, match="line 2: newsloom:language is for feeds, not for folders"):
        read_feed_list(_with('<outline text="x" newsloom:language="fr"/>'))
    same = '<outline xmlUrl="http://a.example/" newsloom:language="{}"/>\n'.format
    assert len(read_feed_list(_with(same("fr") + same("fr")))) == 1
    with pytest.raises(FeedListError, match=r"line 3: other options than before for 'http://a\.example/'"):
        read_feed_list(_with(same("fr") + same("de")))


def test_a_prefix_that_was_not_declared_is_explained() -> None:
    body = '<opml><body><outline xmlUrl="http://a/" newsloom:language="fr"/></body></opml>'
    with pytest.raises(FeedListError, match='write <opml xmlns:newsloom="urn:newsloom:feed">'):
        read_feed_list(body.encode())


@pytest.mark.parametrize("url", ["htp://user:geheim@a.example/", "user:geheim@a.example/", "http://user:geheim@/x"])
def test_no_message_tells_a_password(url: str) -> None:
    for body in (url.encode(), _with(f'<outline xmlUrl="{url}"/>')):
        with pytest.raises(FeedListError) as caught:
            read_feed_list(body)
        assert "geheim" not in str(caught.value)
    known = '<outline xmlUrl="http://u:geheim@a/" newsloom:language="{}"/>'.format
    for body in (
        _with(known("fr") + known("de")),
        _with(known('fr" newsloom:auth="bearer" newsloom:secret-file="x')),
    ):
        with pytest.raises(FeedListError) as caught:
            read_feed_list(body)
        assert "geheim" not in str(caught.value)


def test_what_other_readers_show_of_it() -> None:
    """As they read OPML: a folder is an outline without a feed, a feed is in the folder around it."""
    sources = [
        FeedSource("http://a.example/", "A", ("World", "wire", "Asia")),
        FeedSource("http://b.example/", None, ()),
        FeedSource("http://c.example/", "C", ("World", "Asia, Pacific")),
        FeedSource("http://d.example/", "D", ("World",)),
    ]
    root = etree.fromstring(write_opml(sources))
    assert root.nsmap == {}, "without options nothing of ours is in it"
    [body] = root.findall("body")
    assert [outline.get("text") for outline in body] == ["World", "http://b.example/"]
    assert [(one.get("text"), one.get("title"), one.get("category")) for one in body[0]] == [
        ("A", "A", "wire,Asia"),
        ("Asia, Pacific", "Asia, Pacific", None),
        ("D", "D", None),
    ]
    assert [outline.get("xmlUrl") for outline in root.iter("outline") if outline.get("type") == "rss"] == [
        f"http://{letter}.example/" for letter in "acdb"
    ]


def test_too_many_tags_are_an_error_and_not_lost() -> None:
    many = ",".join(map(str, range(51)))
    with pytest.raises(FeedListError, match="line 2: a feed has more than 50 tags"):
        read_feed_list(_with(f'<outline xmlUrl="http://a/" category="{many}"/>'))
    halves = [",".join(map(str, range(begin, begin + 26))) for begin in (0, 26)]
    with pytest.raises(FeedListError, match="more than 50 tags"):
        read_feed_list(_with("".join(f'<outline xmlUrl="http://a/" category="{half}"/>' for half in halves)))


words = st.text("abc äЖ&<>\"',/", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)
options = st.builds(
    FeedOptions,
    full_text=st.sampled_from([None, "auto", "always", "never"]),
    identity=st.sampled_from([None, "guid", "url", "content"]),
    min_interval_s=st.none() | st.integers(60, 3_600),
    max_interval_s=st.none() | st.integers(3_600, 86_400),
    language=st.sampled_from([None, "fr", "pt-BR", "zh-Hant-TW"]),
    websub=st.booleans(),
) | st.builds(
    FeedOptions, auth=st.just("basic"), auth_name=words.map(lambda text: f"u{text}"), secret_file=words.map(Path)
)


@given(
    st.lists(
        st.builds(
            FeedSource,
            st.integers(0, 99).map("http://a.example/?x=1&n={}".format),
            st.none() | words,
            st.lists(words, max_size=5, unique=True).map(tuple),
            options,
        ),
        min_size=1,
        unique_by=lambda source: source.url,
    )
)
def test_what_is_written_is_read_back_folder_by_folder(sources: list[FeedSource]) -> None:
    written = write_opml(sources)
    back = read_feed_list(written)
    assert sorted(back, key=lambda source: source.url) == sorted(sources, key=lambda source: source.url)
    assert write_opml(back) == written
