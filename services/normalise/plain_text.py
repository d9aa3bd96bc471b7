"""From tags to text, knowing blocks from words and nothing more: for feed descriptions, and for pages nothing else can read.

The parser reports events and builds no tree, so that depth and size cost nothing but their length.
"""

from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
    }
    | {
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "li",
    }
    | {"main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_CELLS = frozenset({"td", "th"})
# Nothing in these is read by a reader.
_SILENT = frozenset(
    {
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "head",
        "title",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
    }
    | {"canvas", "textarea", "select", "button", "map"}
)
_CHUNK_BYTES = 65_536


class _Lines:
    """The target of the parser's events."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._silent = 0

    def start(self, tag: str, attributes: object) -> None:
        if tag in _SILENT:
            self._silent += 1
        self._break(tag)

    def end(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        self._break(tag)

    def data(self, data: str) -> None:
        if not self._silent:
            # White space in the source is layout, line ends too; no-break spaces are the author's.
            self._parts.append(data.replace("\n", " ").replace("\r", " "))

    def comment(self, text: str) -> None:
        pass

    def pi(self, target: str, data: str | None = None) -> None:
        pass

    def close(self) -> list[str]:
        lines = ("".join(self._parts)).split("\n")
        return [line for line in (" ".join(part for part in line.split(" ") if part).strip() for line in lines) if line]

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n")
        elif tag in _CELLS:
            self._parts.append(" ")


def lines_of(html: str) -> list[str]:
    """The non-empty lines that a reader of ``html`` (page or fragment) sees, entities resolved, scripts and forms left out."""
    markup = encoded(html)
    if not markup.strip():
        return []
    target: Any = _Lines()  # the stubs want every handler to take bytes too
    parser = etree.HTMLParser(target=target, huge_tree=True, encoding="utf-8")
    if not markup.lstrip().startswith(b"<"):
        # Before any tag the parser takes text for part of a head, and drops white space and more.
        parser.feed(b"<body>")
    for chunk in in_chunks(markup):
        parser.feed(chunk)
    return cast("list[str]", parser.close())


def in_chunks(markup: bytes) -> Iterator[bytes]:
    """As the parser takes it without slowing down."""
    for begin in range(0, len(markup), _CHUNK_BYTES):
        yield markup[begin : begin + _CHUNK_BYTES]


def encoded(html: str) -> bytes:
    """UTF-8 for the parser, without what it stumbles over."""
    html = html.replace("\x00", "")
    try:
        return html.encode("utf-8")
    except UnicodeEncodeError:
        return html.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")
