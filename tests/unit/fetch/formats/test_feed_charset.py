from __future__ import annotations

import codecs

import pytest

from services.fetch.formats.feed_charset import decode

RUSSIAN = "Президент России встретился с лидером Китая в Москве и обсудил с ним вопросы безопасности. "
JAPANESE = "首相は記者会見で新しい経済政策を発表した。野党はこれに反対している。"
KOREAN = "대통령은 기자회견에서 새로운 경제 정책을 발표했다. "
CHINESE = "国家主席在北京会见了来访的外国领导人，双方就经济合作交换了意见。"


def document(text: str, declared: str | None = None) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f"{declaration}<rss><channel><item><title>{text}</title><description>{text * 4}</description></item></channel></rss>"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "iso-8859-5"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-8-sig"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso-2022-jp"),
        (KOREAN, "euc-kr"),
        (CHINESE, "gb18030"),
        (CHINESE, "gb2312"),
        ("Čeština a “quotes” – dash", "windows-1250"),
    ],
)
def test_a_declared_charset_holds(text: str, codec: str) -> None:
    assert decode(document(text, codec).encode(codec), None) == (document(text, codec), None)
    if codec not in ("utf-16", "utf-8-sig"):
        assert decode(document(text).encode(codec), f"text/xml; charset={codec}") == (document(text), None)


@pytest.mark.parametrize(
    ("text", "codec"),
    [(RUSSIAN, "windows-1251"), (RUSSIAN, "koi8-r"), (JAPANESE, "shift_jis"), (KOREAN, "euc-kr"), (CHINESE, "gb18030")],
)
def test_an_undeclared_charset_is_detected(text: str, codec: str) -> None:
    assert decode(document(text).encode(codec), None)[0] == document(text)


def test_a_bom_wins_over_the_header_and_the_header_over_the_declaration() -> None:
    assert decode(codecs.BOM_UTF8 + "é".encode(), "text/xml; charset=koi8-r") == ("é", None)
    assert decode(document(RUSSIAN, "koi8-r").encode("cp1251"), 'text/xml; charset="windows-1251"')[0] == document(
        RUSSIAN, "koi8-r"
    )


def test_utf8_under_another_name_is_still_utf8() -> None:
    body = document(RUSSIAN, "windows-1251")
    assert decode(body.encode(), "text/xml; charset=iso-8859-1") == (body, "charset:utf-8")


def test_a_wrong_utf8_declaration_falls_back_to_detection() -> None:
    body = document(RUSSIAN, "utf-8")
    assert decode(body.encode("cp1251"), None) == (body, "charset:cp1251")


def test_the_default_of_a_server_yields_to_the_document() -> None:
    body = document(RUSSIAN, "windows-1251")
    assert decode(body.encode("cp1251"), "text/xml; charset=ISO-8859-1") == (body, None)


def test_latin1_means_windows_1252() -> None:
    assert decode(b"\x93quoted\x94 caf\xe9", "text/plain; charset=iso-8859-1") == ("“quoted” café", None)


def test_one_slip_in_a_long_document_is_replaced() -> None:
    body = (RUSSIAN * 20).encode()
    text, problem = decode(body[:1000] + b"\xff" + body[1000:], "text/xml; charset=utf-8")
    assert problem == "bad-bytes"
    assert text.count("\ufffd") == 1


def test_a_short_document_with_slips_is_utf8_by_what_else_is_in_it() -> None:
    body = "<title>Fähre über die Brücke</title>".encode()
    for label in ("utf-8", None):
        content_type = label and f"text/xml; charset={label}"
        assert decode(body + b"\xff", content_type) == (body.decode() + "\ufffd", "bad-bytes")
    for codec in ("cp1251", "cp866"):
        assert decode(RUSSIAN.encode(codec), None)[0] == RUSSIAN


def test_a_character_cut_in_two_at_the_end_is_dropped() -> None:
    assert decode(RUSSIAN.encode()[:-3], None) == (RUSSIAN[:-3], None)


def test_utf16_that_lost_its_bom() -> None:
    assert decode("<rss>é".encode("utf-16-le"), None)[0] == "<rss>é"
    assert decode("<rss>é".encode("utf-16-be"), None)[0] == "<rss>é"


@pytest.mark.parametrize(
    "label", ["no-such", "base64", "zlib", "rot13", "utf-7", "unicode_escape", "idna", "mbcs", "..", "x" * 500]
)
def test_a_label_that_is_no_charset_is_ignored(label: str) -> None:
    assert decode(b"<a>+ADw-\\u0041 caf\xc3\xa9", f"text/xml; charset={label}")[0] == "<a>+ADw-\\u0041 café"
