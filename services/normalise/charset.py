"""Bytes to text: what the bytes show beats what is said about them, and what is said nearest to the wire comes first.

Byte order mark, then well-formed UTF-8 (legacy text is practically never that by chance, servers call UTF-8 ``iso-8859-1`` every
day), HTTP, the document's own declaration, a guess. Labels mean what browsers mean by them (https://encoding.spec.whatwg.org):
``iso-8859-1`` is windows-1252, ``gb2312`` is GB 18030.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Literal

from charset_normalizer import from_bytes
from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

from services.normalise.language import identify

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Python has codecs that are no charsets, and some (punycode, unicode_escape, utf-7) that an attacker would like to be used.
_CHARSETS = re.compile(
    r"utf-?(8|16|32)([-_][lb]e)?|cp\d+|iso8859-\d+|koi8-[rut]|gb\w+|big5\w*|euc_\w+|shift_jis\w*|iso2022\w+|hz|ascii|mac-\w+|tis-620"
)
_XML_DECLARATION = re.compile(rb"\s{0,64}<\?xml[^<>]{0,200}?encoding\s{0,8}=\s{0,8}[\"']([\w.:-]{1,40})[\"']")
# One broken byte is a broken byte; more than this share is the wrong charset.
_TOLERATED = 1 / 200
_GUESS_BYTES = 16_384
_GUESSES = "cp1252 cp1251 koi8_r cp1250 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 gb18030 big5 cp932 euc_jp cp949 iso8859_2"
_TAG = re.compile(rb"<[^<>]*>")
# Differences of charset_normalizer's measures that mean nothing.
_TIE = 0.05


@dataclass(frozen=True, slots=True)
class Decoded:
    """``encoding``: Python's name of it; ``flags``: charset-guessed, charset-replaced (U+FFFD stands for broken bytes)."""

    text: str
    encoding: str
    how: Literal["bom", "utf-8", "http", "declared", "guessed"]
    flags: tuple[str, ...] = ()


def decode(body: bytes, content_type: str | None, *, kind: Literal["html", "xml", "text"]) -> Decoded:
    """``body`` as text; ``content_type`` is the HTTP header's value. Every body decodes; the flags say how well."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            text, broken = _lenient(body[len(mark) :], encoding)
            return Decoded(text, encoding, "bom", ("charset-replaced",) if broken else ())
    said: list[tuple[Literal["http", "declared"], str | None]] = [
        ("http", _from_header(content_type)),
        ("declared", _from_document(body, kind)),
    ]
    labelled = [(how, encoding) for how, encoding in said if encoding and _possible(encoding, body)]
    utf8, broken = _lenient(body, "utf-8")
    # Stateful Japanese charsets are ASCII bytes, so for ASCII the label still counts.
    if not broken and (not utf8.isascii() or not labelled):
        return Decoded(utf8, "utf-8", "utf-8")
    for how, encoding in labelled:
        text, broken = (utf8, broken) if encoding == "utf-8" else _lenient(body, encoding)
        if broken <= _TOLERATED * len(text):
            return Decoded(text, encoding, how, ("charset-replaced",) if broken else ())
    return _guess(body)


def _guess(body: bytes) -> Decoded:
    telling = _telling(body)
    matches = from_bytes(telling, steps=5, chunk_size=512, cp_isolation=["utf_8", *_GUESSES.split()])
    best = matches.best()
    tied = [
        match.encoding
        for match in matches
        if best and match.chaos <= best.chaos + _TIE and match.coherence >= best.coherence - _TIE
    ]
    # Neighbours (1250 and 1252) differ in a letter here and there: the text that reads more like a language is it.
    name = max(tied, key=lambda encoding: _readability(telling, encoding), default="utf-8")
    encoding = codecs.lookup(name).name
    text, broken = _lenient(body, encoding)
    return Decoded(
        text, encoding, "guessed", ("charset-guessed", "charset-replaced") if broken else ("charset-guessed",)
    )


def _telling(body: bytes) -> bytes:
    """What stands between tags and is not ASCII: markup is the same in every charset."""
    pieces: list[bytes] = []
    size = 0
    for piece in _TAG.split(body[: 64 * _GUESS_BYTES]):
        if not piece.isascii() and size < _GUESS_BYTES:
            pieces.append(piece[: 4 * _GUESS_BYTES])
            size += len(piece)
    return b"\n".join(pieces)


def _readability(sample: bytes, encoding: str) -> float:
    return identify(sample.decode(encoding, "ignore"), None).confidence


def _lenient(body: bytes, encoding: str) -> tuple[str, int]:
    """The text, and how many replacements it took."""
    try:
        return body.decode(encoding), 0
    except UnicodeDecodeError:
        text = body.decode(encoding, "replace")
        return text, max(1, text.count("\ufffd"))


def _from_header(content_type: str | None) -> str | None:
    return _charset(http_content_type_encoding(content_type[:500])) if content_type else None


def _from_document(body: bytes, kind: str) -> str | None:
    if kind == "text":
        return None
    match = _XML_DECLARATION.match(body)
    encoding = _charset(match[1].decode("ascii", "replace")) if match else None
    if encoding is None and kind == "html":
        encoding = _charset(html_body_declared_encoding(body[:4096]))
    # Whoever could read this declaration was not reading UTF-16.
    return "utf-8" if encoding and encoding.startswith(("utf-16", "utf-32")) else encoding


def _charset(label: str | None) -> str | None:
    if not label:
        return None
    name = resolve_encoding(label[:40])
    return name if name and _CHARSETS.fullmatch(name) else None


def _possible(encoding: str, body: bytes) -> bool:
    """Two bytes a character decode anything to something: they are believed only where markup left its zeros."""
    return not encoding.startswith(("utf-16", "utf-32")) or b"\x00" in body[:2048]
