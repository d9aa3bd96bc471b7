import codecs
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.charset import decode

RUSSIAN = "Президент России прибыл в Северную Корею с государственным визитом. " * 8
FRENCH = "Le président est arrivé à Pyongyang ; l’été sera très chaud, dit-on là-bas. " * 8
CZECH = "Prezident přijel do Severní Koreje na státní návštěvu, řekl mluvčí vlády. " * 8
JAPANESE = "プーチン大統領は北朝鮮を訪問し、金正恩総書記と会談した。" * 12
CHINESE = "普京总统抵达朝鲜，与金正恩举行会谈，双方签署了协议。" * 12
KOREAN = "푸틴 대통령이 북한을 방문해 김정은 국무위원장과 회담했다. " * 12


def page(text: str, meta: str = "") -> str:
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("body", "content_type", "how", "encoding"),
    [
        (page(RUSSIAN).encode(), None, "utf-8", "utf-8"),
        (page(RUSSIAN).encode(), "text/html; charset=windows-1251", "utf-8", "utf-8"),
        (page(RUSSIAN).encode("cp1251"), "text/html; charset=windows-1251", "http", "cp1251"),
        (page(RUSSIAN).encode("koi8-r"), 'text/html; charset="KOI8-R"', "http", "koi8-r"),
        (page(RUSSIAN, "<meta charset=windows-1251>").encode("cp1251"), "text/html", "declared", "cp1251"),
        (page(RUSSIAN, "<meta charset=utf-8>").encode("cp1251"), "text/html; charset=cp1251", "http", "cp1251"),
        (page(RUSSIAN, "<meta charset=koi8-r>").encode("cp1251"), "text/html; charset=cp1251", "http", "cp1251"),
        (page(RUSSIAN, "<meta charset=cp1251>").encode("cp1251"), "text/html; charset=utf-8", "declared", "cp1251"),
        (page(FRENCH).encode("cp1252"), "text/html; charset=ISO-8859-1", "http", "cp1252"),
        (page(JAPANESE).encode("cp932"), "text/html; charset=Shift_JIS", "http", "cp932"),
        (page(JAPANESE).encode("iso2022-jp"), "text/html; charset=iso-2022-jp", "http", "iso2022_jp"),
        (
            page(CHINESE, '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">').encode("gb18030"),
            None,
            "declared",
            "gb18030",
        ),
        (page(KOREAN).encode("cp949"), "text/html; charset=euc-kr", "http", "cp949"),
        (page(RUSSIAN, "<meta charset=utf-16>").encode(), None, "utf-8", "utf-8"),
        (page(RUSSIAN).encode("utf-16-le"), "text/html; charset=utf-16le", "http", "utf-16-le"),
    ],
)
def test_declared_charsets(body: bytes, content_type: str | None, how: str, encoding: str) -> None:
    decoded = decode(body, content_type, kind="html")
    assert (decoded.how, decoded.encoding, decoded.flags) == (how, encoding, ())
    assert any(text in decoded.text for text in (RUSSIAN, FRENCH, JAPANESE, CHINESE, KOREAN))


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_beats_everything(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + page(RUSSIAN).encode(encoding), "text/html; charset=koi8-r", kind="html")
    assert (decoded.text, decoded.how, decoded.flags) == (page(RUSSIAN), "bom", ())


def test_an_xml_declaration_counts_for_xml_only() -> None:
    body = f"<?xml version='1.0' encoding='windows-1251'?><rss>{RUSSIAN}</rss>".encode("cp1251")
    assert decode(body, None, kind="xml").how == "declared"
    assert decode(body, None, kind="text").how == "guessed"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (FRENCH, "cp1252"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "cp949"),
    ],
)
def test_an_undeclared_charset_is_guessed_and_flagged(text: str, encoding: str) -> None:
    decoded = decode(page(text).encode(encoding), "text/html", kind="html")
    assert text in decoded.text
    assert decoded.flags == ("charset-guessed",)


def test_one_broken_byte_is_replaced_and_flagged_and_the_rest_stands() -> None:
    body = page(RUSSIAN).encode() + b"\xd0"
    decoded = decode(body, "text/html; charset=utf-8", kind="html")
    assert decoded.text == page(RUSSIAN) + "\ufffd"
    assert decoded.flags == ("charset-replaced",)


def test_a_declared_charset_that_does_not_decode_is_not_used() -> None:
    decoded = decode(page(FRENCH).encode("cp1252"), "text/html; charset=utf-8", kind="html")
    assert FRENCH in decoded.text
    assert "charset-guessed" in decoded.flags


@pytest.mark.parametrize(
    "label", ["hex", "punycode", "unicode_escape", "utf-7", "rot13", "idna", "nonsense", "x" * 9999, ""]
)
def test_codecs_that_are_no_charsets_are_ignored(label: str) -> None:
    assert decode(b"plain", f"text/html; charset={label}", kind="html").text == "plain"


@settings(deadline=None)
@given(st.binary(max_size=80), st.none() | st.text(max_size=30), st.sampled_from(["html", "xml", "text"]))
def test_any_bytes_decode(body: bytes, content_type: str | None, kind: str) -> None:
    decode(body, content_type, kind=kind).text.encode("utf-8", "surrogatepass")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body", [b"\x80" * 1_000_000, b"<\xe9" * 500_000, bytes(range(256)) * 4000, b"a" * 1_000_000 + b"\xff"]
)
def test_hostile_bytes_take_linear_time(body: bytes) -> None:
    started = time.process_time()
    decode(body, None, kind="html")
    assert time.process_time() - started < 3
