from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.fetch.formats.feed import FeedError, FeedItem, FeedLimits, ParsedFeed
from services.fetch.formats.feed_parser import parse_feed

URL = "http://paper.example/news/feed.xml"
RSS = (
    "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:atom='http://www.w3.org/2005/Atom' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel>"
)
END = "</channel></rss>"
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"'


def parse(document: str | bytes, content_type: str | None = None, **limits: int) -> ParsedFeed:
    body = document if isinstance(document, bytes) else document.encode()
    return parse_feed(body, content_type, URL, FeedLimits(**limits))


def one(document: str) -> FeedItem:
    (item,) = parse(document).items
    return item


def test_rss_item_with_all_its_fields() -> None:
    feed = parse(
        f"""<?xml version="1.0"?>{RSS}<title>The &amp;amp; Paper</title><language>en-gb</language><ttl>30</ttl>
        <item><title>A &lt;i&gt;headline&lt;/i&gt; &amp;mdash; now</title><link> /a?x=1&amp;y=2 </link>
        <guid isPermaLink="false">id-1</guid><pubDate>Mon, 32 Foo 2024 junk</pubDate><dc:creator>Ann</dc:creator>
        <dc:creator>Bob</dc:creator><category>World</category><category>World</category><dc:language>fr</dc:language>
        <description>teaser</description><content:encoded><![CDATA[<p>Full & whole</p>]]></content:encoded></item>{END}"""
    )
    assert (feed.title, feed.language, feed.ttl_minutes, feed.problems) == ("The & Paper", "en-gb", 30, ())
    assert feed.items == (
        FeedItem(
            guid="id-1",
            url="http://paper.example/a?x=1&y=2",
            title="A headline — now",
            html_or_text="<p>Full & whole</p>",
            is_html=True,
            published="Mon, 32 Foo 2024 junk",
            author="Ann, Bob",
            language="fr",
            categories=("World",),
        ),
    )


def test_atom_entry_with_inherited_bases_types_and_author() -> None:
    feed = parse(
        f"""{ATOM} xml:lang="de" xml:base="http://other.example/p/"><title>F</title><author><name>Owner</name></author>
        <entry xml:base="q/" xml:lang="at"><id>tag:1</id><title type="html">a &amp;lt;b&gt; &lt;i&gt;c&lt;/i&gt;</title>
        <link rel="self" href="self"/><link rel="alternate" type="application/json" href="data"/><link href="page"/>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">x <br/>&lt;y</div></content>
        <published>2020-01-01T00:00:00Z</published><updated>2021</updated><category term="t" label="Topic"/></entry>
        <entry><id>http://other.example/2</id><title>1 &lt; 2</title><summary>plain &lt;b&gt;</summary></entry></feed>"""
    )
    assert feed.language == "de"
    assert feed.items == (
        FeedItem(
            guid="tag:1",
            url="http://other.example/p/q/page",
            title="a <b> c",
            html_or_text="<div>x <br>&lt;y</div>",
            is_html=True,
            published="2020-01-01T00:00:00Z",
            updated="2021",
            author="Owner",
            language="at",
            categories=("Topic",),
        ),
        FeedItem(
            guid="http://other.example/2",
            url="http://other.example/2",
            title="1 < 2",
            html_or_text="plain <b>",
            is_html=False,
            author="Owner",
        ),
    )


def test_atom_0_3() -> None:
    item = one(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped">a &lt;b&gt;c&lt;/b&gt;</title>'
        '<link rel="alternate" type="text/html" href="http://a/1"/><issued>2004-01-01</issued><modified>2004-02-02</modified>'
        '<content type="text/html" mode="escaped">&lt;p&gt;x</content></entry></feed>'
    )
    assert (item.title, item.url, item.published, item.updated) == ("a c", "http://a/1", "2004-01-01", "2004-02-02")
    assert (item.html_or_text, item.is_html) == ("<p>x", True)


@pytest.mark.parametrize("namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"])
def test_rdf_items_beside_the_channel(namespace: str) -> None:
    feed = parse(
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title><dc:language>fr</dc:language></channel>
        <item rdf:about="urn:1"><title>t</title><link>http://r.example/1</link><dc:date>2020-01-01</dc:date></item></rdf:RDF>"""
    )
    assert (feed.title, feed.language) == ("R", "fr")
    assert feed.items == (
        FeedItem(guid="urn:1", url="http://r.example/1", title="t", is_html=True, published="2020-01-01"),
    )


def test_json_feed_with_fields_of_wrong_types() -> None:
    feed = parse(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "J",
                "language": "en",
                "authors": [{"name": "Desk"}],
                "items": [
                    {
                        "id": 7,
                        "url": "a",
                        "content_html": "<p>x\ud800",
                        "title": "\0t",
                        "tags": ["k", 5, None],
                        "date_published": [],
                    },
                    {"id": "http://j.example/2", "content_text": "plain <b>", "author": {"name": "Old"}},
                    "no item",
                ],
            }
        )
    )
    assert feed.problems == ("items-unreadable:1",)
    assert feed.items == (
        FeedItem("7", "http://paper.example/news/a", "t", "<p>x\ufffd", True, author="Desk", categories=("k", "5")),
        FeedItem("http://j.example/2", "http://j.example/2", "", "plain <b>", False, author="Old"),
    )


def test_links_fall_back_to_a_permalink_and_never_leave_http() -> None:
    assert one(f"{RSS}<item><guid>http://g.example/1</guid></item>{END}").url == "http://g.example/1"
    assert one(f"{RSS}<item><guid isPermaLink='false'>http://g.example/1</guid></item>{END}").url is None
    for link in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "http://",
        "http://[::1",
        "x" * 9_000,
    ):
        item = one(f"{RSS}<item><title>t</title><link>{link}</link></item>{END}")
        assert (item.url, item.problems) == (None, ("bad-link",)), link


def test_prefixes_and_namespaces_that_were_forgotten() -> None:
    item = one(
        "<rss><channel><item><title>t</title><content:encoded>full</content:encoded><dc:date>2020</dc:date></item>"
        + END
    )
    assert (item.html_or_text, item.published) == ("full", "2020")
    assert one("<feed><entry><title>t</title><link href='/y'/></entry></feed>").url == "http://paper.example/y"


def test_markup_that_was_not_escaped_is_kept_as_markup() -> None:
    assert (
        one(f"{RSS}<item><description>a <b>k</b> &amp; c</description></item>{END}").html_or_text
        == "a <b>k</b> &amp; c"
    )


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("<ttl>5</ttl>", 5),
        ("<ttl>-5</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>99999999999999999999</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 15),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 1440),
    ],
)
def test_how_long_a_feed_asks_to_be_left_alone(head: str, minutes: int | None) -> None:
    assert parse(f"{RSS}{head}{END}").ttl_minutes == minutes


def test_a_truncated_feed_keeps_what_can_be_read() -> None:
    feed = parse(f"{RSS}<item><title>a</title><link>http://a/1</link></item><item><title>b</title><link>http://a/")
    assert [item.title for item in feed.items] == ["a", "b"]
    assert feed.problems == ("truncated:1",)


def test_lost_end_tags_do_not_merge_items() -> None:
    assert [item.title for item in parse(f"{RSS}<item><title>a<item><title>b<item><title>c").items] == ["a", "b", "c"]


def test_bare_ampersands_and_html_entities_are_mended_outside_cdata() -> None:
    feed = parse(
        f"{RSS}<item><title>x & y&nbsp;&eacute; &foo;</title><description><![CDATA[&x & y]]></description></item>{END}"
    )
    assert feed.problems == ("malformed:mended",)
    assert (feed.items[0].title, feed.items[0].html_or_text) == ("x & y é &foo;", "&x & y")


def test_items_that_lxml_loses_are_found_by_feedparser() -> None:
    feed = parse("<rss><channel>" + "<item><title>a</title>&foo;</x></item>" * 30 + END)
    assert len(feed.items) == 30
    assert feed.problems == ("lenient",)


def test_a_less_than_sign_that_begins_no_tag_is_text() -> None:
    feed = parse(f"{RSS}<item><title>Profit < 5 % and <3, a<b>c</b></title></item>{END}", "text/xml")
    assert [item.title for item in feed.items] == ["Profit < 5 % and <3, ac"]
    assert feed.problems == ("malformed:mended",)


def test_control_characters_go_and_what_looks_like_one_in_cdata_stays() -> None:
    assert one(f"{RSS}<item><title>a\x07b</title></item>{END}").title == "ab"
    assert one(f"{RSS}<item><title>a&#7;b</title></item>{END}").title == "a\ufffdb"
    assert one(f"{RSS}<item><description><![CDATA[a&#7;b]]></description></item>{END}").html_or_text == "a&#7;b"


def test_a_feed_that_a_page_was_wrapped_around() -> None:
    feed = parse(f"<!DOCTYPE html><html><body>{RSS}<title>T</title><item><title>a</title></item>{END}</body></html>")
    assert (feed.title, [item.title for item in feed.items]) == ("T", ["a"])
    with pytest.raises(FeedError, match="html-instead-of-feed"):
        parse("<!DOCTYPE html><html><body><item><title>a</title></item></body></html>")


def test_rss_under_the_name_of_atom_and_the_other_way_round() -> None:
    item = one(
        "<rss xmlns='http://www.w3.org/2005/Atom'><channel><item><title>t</title><link>http://a.example/1</link><guid>g</guid>"
        "<pubDate>d</pubDate><description>x</description></item></channel></rss>"
    )
    assert item == FeedItem("g", "http://a.example/1", "t", "x", True, published="d")
    assert one(f"{ATOM}><entry><pubDate>d</pubDate></entry></feed>").published == "d"


def test_atom_0_3_in_base64() -> None:
    entry = "<entry><title mode='base64'>{}</title><content mode='base64' type='text/html'>PHA+eA==</content></entry>"
    head = '<feed version="0.3" xmlns="http://purl.org/atom/ns#">'
    item = one(head + entry.format("TGFudGVybnM=") + "</feed>")
    assert (item.title, item.html_or_text, item.is_html) == ("Lanterns", "<p>x", True)
    assert one(head + entry.format("no base64!") + "</feed>").title == "no base64!"


def test_json_with_a_bare_line_break_in_a_string() -> None:
    assert one('{"items": [{"id": "1", "content_text": "a\nb"}]}').html_or_text == "a\nb"


def test_junk_before_the_document_is_passed_over() -> None:
    assert one(f"\n\n warning: x\n{RSS}<item><title>t</title></item>{END}").title == "t"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"hello world", "not-a-feed"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "html-instead-of-feed"),
        (b"\n<HTML lang=en><p>", "html-instead-of-feed"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "html-instead-of-feed"),
        (b"<?xml version='1.0'?><urlset/>", "not-a-feed"),
        (b"<?xml version='1.0'?>", "malformed"),
        (b'{"items":[', "malformed"),
        (b'{"items":' + b"[" * 100_000, "malformed"),
        (b'{"items":3}', "not-a-feed"),
        (b"[1]", "not-a-feed"),
        (bytes(range(256)) * 10, "not-a-feed"),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, code: str) -> None:
    with pytest.raises(FeedError) as caught:
        parse(body)
    assert caught.value.code == code


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(FeedError, match="too-large"):
        parse(b"x" * 11, body_bytes=10)


def test_an_empty_feed_is_a_feed() -> None:
    assert parse(RSS + END) == ParsedFeed()


def test_the_newest_items_are_kept_and_the_others_counted() -> None:
    rows = [
        f"<item><title>{day}</title><pubDate>{day:02} Jan 2024 00:00:00 GMT</pubDate></item>" for day in range(1, 21)
    ]
    rising, falling = parse(RSS + "".join(rows) + END, items=3), parse(RSS + "".join(reversed(rows)) + END, items=3)
    assert [item.title for item in rising.items] == ["18", "19", "20"]
    assert [item.title for item in falling.items] == ["20", "19", "18"]
    assert rising.problems == falling.problems == ("items-cut:17",)


def test_a_title_of_ten_megabytes_is_cut_and_the_items_after_it_are_kept() -> None:
    body = f"{RSS}<item><title>{'a' * 10_200_000}</title></item><item><title>b</title></item>{END}"
    first, second = parse(body).items
    assert (len(first.title), first.problems) == (1_000, ("title-cut",))
    assert second.title == "b"


def test_a_text_over_the_limit_is_cut_and_noted() -> None:
    (item,) = parse(f"{RSS}<item><description>{'a' * 50}</description></item>{END}", text=20).items
    assert (len(item.html_or_text), item.problems) == (20, ("text-cut",))


def test_entities_are_never_expanded() -> None:
    bomb = (
        '<!DOCTYPE r [<!ENTITY a "'
        + "x" * 1000
        + '">'
        + "".join(f'<!ENTITY {name} "{f"&{before};" * 100}">' for before, name in zip("abcde", "bcdef", strict=True))
    )
    outside = '<!ENTITY o SYSTEM "file:///etc/hostname">]>'
    feed = parse(f"{bomb}{outside}<rss><channel><item><title>t&f;&o;</title><guid>&f;</guid></item>{END}")
    assert all(len(item.title) < 20 and len(item.guid or "") < 20 for item in feed.items)


@pytest.mark.parametrize(
    "body",
    [
        f"{RSS}<item><title>a</title></item>" + "<b>" * 200_000,
        f"{RSS}" + "<item><title>a" * 100_000,
        f"{RSS}<item " + " ".join(f'a{i}="x"' for i in range(100_000)) + f"><title>a</title></item>{END}",
        "<rss "
        + " ".join(f'xmlns:a{i}="x"' for i in range(20_000))
        + "><channel>"
        + "<item><title>a<b>c</b></title></item>" * 3_000
        + END,
        f"{RSS}<item><title>a</title><author>{'a@' * 20_000}</author></item>{END}",
        f"{RSS}<item><title>a{'<a' * 100_000}</title></item>",
        f"{RSS}<item><title>a{'<![CDATA[' * 50_000}</title></item>",
        f"{RSS}<item><title><![CDATA[a{'&' * 500_000}]]></title></item>&{END}",
        f"{RSS}<item><title>a</title>{'<x/>' * 200_000}</item>{END}",
    ],
    ids=[
        "nested",
        "nested items",
        "attributes",
        "namespaces",
        "author",
        "open tags",
        "open cdata",
        "ampersands",
        "children",
    ],
)
def test_hostile_shapes_take_linear_time(body: str) -> None:
    started = time.process_time()
    feed = parse(body)
    assert time.process_time() - started < 5
    assert feed.items[0].title.startswith("a")


@given(st.text(st.characters(codec=None), max_size=80), st.binary(max_size=80))
@settings(max_examples=150)
def test_whatever_comes_in_what_goes_out_is_clean(text: str, raw: bytes) -> None:
    bodies = [
        json.dumps(
            {"title": text, "items": [{"id": text, "title": text, "content_text": text, "tags": [text]}]}
        ).encode(),
        f"{RSS}<item><title>".encode()
        + raw
        + f"</title><description>&#xD800;&#0;&#x1F;{'%'}</description></item>{END}".encode(),
        raw,
    ]
    for body in bodies:
        try:
            feed = parse(body)
        except FeedError:
            continue
        for value in _strings(feed):
            value.encode("utf-8")
            assert not any(ord(c) < 32 and c not in "\t\n\r" for c in value)


def _strings(feed: ParsedFeed) -> list[str]:
    found = [feed.title, feed.language]
    for item in feed.items:
        found += [
            item.guid,
            item.url,
            item.title,
            item.html_or_text,
            item.published,
            item.updated,
            item.author,
            *item.categories,
        ]
    return [value for value in found if value]
