"""From the bytes of a feed to its text: BOM, then HTTP header, then XML declaration, then detection; a wrong declaration yields."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 before UTF-16: the little-endian BOM of the one begins with that of the other."""
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_XML_DECLARATION = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})", re.IGNORECASE)
_WINDOWS_SUPERSETS = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
}  # fmt: skip
"""The encodings that pages really use under these labels (WHATWG Encoding Standard, section 4.2), by Python's codec names."""
_SERVER_DEFAULTS = {"iso8859-1", "ascii"}
"""What servers add by themselves: a document that names another charset knows better."""
_DETECTION_BYTES = 32 * 1024
_NOT_TEXT = {"base64", "bz2", "hex", "quopri", "rot13", "uu", "utf-7", "zlib", "idna", "punycode", "raw-unicode-escape",
             "unicode-escape", "undefined", "mbcs", "oem"}  # fmt: skip
_TOLERATED = 1_000
"""One bad byte in so many is a slip in a document of the declared charset, not another charset."""


def is_called_utf8(body: bytes, content_type: str | None) -> bool:
    """Whether an XML document is UTF-8 by what is said of it and has no BOM; its bytes may still not be."""
    return body.startswith(b"<") and body[1:2] != b"\0" and _declared(body, content_type) in (None, "utf-8")


def decode(body: bytes, content_type: str | None) -> tuple[str, str | None]:
    """The text without BOM, and a problem: `charset:<codec>` for a wrong declaration, `bad-bytes` for replaced ones."""
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return _forgiving(body[len(bom) :], codec)
    if (wide := _wide_without_bom(body)) is not None:
        return _forgiving(body, wide)

    declared = _declared(body, content_type)
    stateful = declared is not None and declared.startswith(("iso2022", "hz"))
    if not stateful and (text := _utf8(body)) is not None:
        # Text in another charset is not valid UTF-8 by chance, unless it has nothing but ASCII.
        wrong = declared not in (None, "utf-8") and not body.isascii()
        return text, "charset:utf-8" if wrong else None
    if declared is not None and (text := _strictly(body, declared)) is not None:
        return text, None
    text = body.decode(declared or "utf-8", "replace")
    bad = text.count("\ufffd")
    if bad * _TOLERATED <= len(text) or (declared in (None, "utf-8") and _is_utf8_by_far(text, bad)):
        return text, "bad-bytes"
    detected = _detect(body)
    text, problem = _forgiving(body, detected)
    return text, problem or (f"charset:{detected}" if declared is not None else None)


def _codec(label: str) -> str | None:
    """Python's name of a text codec, or None for labels that are unknown or do not mean text."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, UnicodeError, ValueError):
        return None
    return None if name in _NOT_TEXT else _WINDOWS_SUPERSETS.get(name, name)


def _declared(body: bytes, content_type: str | None) -> str | None:
    http = _HTTP_CHARSET.search(content_type[:500]) if content_type else None
    xml = _XML_DECLARATION.search(body[:1024])
    xml_label = xml.group(1).decode("ascii") if xml else None
    if xml_label and xml_label.lower().startswith(("utf-16", "utf-32", "ucs")):
        xml_label = None  # The declaration itself could be read as ASCII, so this can't be.
    if http and xml_label and _plain_name(http.group(1)) in _SERVER_DEFAULTS:
        return _codec(xml_label)
    for label in (http.group(1) if http else None, xml_label):
        if label and (codec := _codec(label)):
            return codec
    return None


def _plain_name(label: str) -> str | None:
    try:
        return codecs.lookup(label).name
    except (LookupError, UnicodeError, ValueError):
        return None


def _wide_without_bom(body: bytes) -> str | None:
    """UTF-16 whose BOM was lost: every other byte of `<?` or `<r` is zero."""
    if body[:1] == b"<" and body[1:2] == b"\0" and body[3:4] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if body[:2] == b"\0<" and body[2:3] == b"\0" else None


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeDecodeError, ValueError):
        return None


def _utf8(body: bytes) -> str | None:
    """Strict, but for a last character that a truncated body cuts in two."""
    try:
        return codecs.utf_8_decode(body, "strict", False)[0]
    except UnicodeDecodeError:
        return None


def _is_utf8_by_far(text: str, bad: int) -> bool:
    """Whether a text decoded as UTF-8 has twice as many characters beyond ASCII as bad bytes: in any other charset, it has half as many."""
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return beyond_ascii - bad >= 2 * bad


def _forgiving(body: bytes, codec: str) -> tuple[str, str | None]:
    text = _strictly(body, codec)
    return (text, None) if text is not None else (body.decode(codec, "replace"), "bad-bytes")


def _detect(body: bytes) -> str:
    """The likeliest codec, from the lines that are not ASCII: markup would only dilute the statistics."""
    from charset_normalizer import from_bytes  # 40 ms to import, and few feeds need it

    sample, size = [], 0
    for line in body.splitlines():
        if not line.isascii():
            sample.append(line[:4096])
            size += len(sample[-1])
            if size > _DETECTION_BYTES:
                break
    best = from_bytes(b"\n".join(sample)).best()
    return (best and _codec(best.encoding)) or "cp1252"
