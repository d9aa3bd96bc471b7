"""A page as blocks of text in their containers, in the order of the page; no judgement yet of what is the article.

The parser reports events and builds no tree: a tree takes quadratic time for the attributes of one tag (100,000: 13 s), events are
linear in all there is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from lxml import etree

from services.normalise.boilerplate import SILENT, Around, around
from services.normalise.plain_text import encoded, in_chunks

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = HEADINGS | frozenset(
    "address article blockquote body caption center dd details div dl dt header hgroup hr html li main ol p pre section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_WHOLE = frozenset({"html", "body", "main"})
_SPACES = re.compile(r"[ \t\r\f\v]+")


@dataclass(slots=True, eq=False)
class Container:
    """An element that holds blocks. ``declared``: the page says that it is an article's ``body``, an ``article``, its ``main`` part."""

    tag: str
    parent: "Container | None"
    around: Around = ""
    declared: str = ""
    own: int = 0
    """Running text directly in it, and (``running``) in all of it, in characters."""
    running: int = 0
    kept: bool = True


@dataclass(slots=True, eq=False)
class Block:
    """Text between the tags that divide blocks; a ``<br>`` in it is a ``\\n``. ``linked``: how many characters are links."""

    text: str
    linked: int
    container: Container
    weight: int = 0
    running: bool = False


@dataclass(slots=True, eq=False)
class PageBlocks:
    """``containers``: parents before their children; ``most_attributes``: of any one tag."""

    containers: list[Container] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    tags: int = 0
    most_attributes: int = 0

    @property
    def headline(self) -> str | None:
        return next((each.text.replace("\n", " ") for each in self.blocks if each.container.tag == "h1"), None)


def read_blocks(html: str) -> PageBlocks:
    """``html`` is a whole page. Never raises; linear in its length."""
    markup = encoded(html)
    if not markup.strip():
        return PageBlocks()
    target: Any = _Builder()  # the stubs want every handler to take bytes too
    parser = etree.HTMLParser(target=target, huge_tree=True, encoding="utf-8")
    for chunk in in_chunks(markup):
        parser.feed(chunk)
    return cast("PageBlocks", parser.close())


class _Builder:
    """The target of the parser's events."""

    def __init__(self) -> None:
        self._page = PageBlocks()
        self._current = self._opened(Container("", None))
        self._open: list[str] = []  # tags of the containers that are open
        self._depths: list[int] = []
        self._depth = 0
        self._silent = 0
        self._articles = 0
        self._links = 0
        self._linked = 0
        self._parts: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        page = self._page
        page.tags += 1
        if len(attributes) > page.most_attributes:
            page.most_attributes = len(attributes)
        if self._silent or tag in SILENT:
            self._silent += 1
            return
        self._depth += 1
        if tag == "br":
            self._parts.append("\n")
        elif tag == "a":
            self._links += 1
        said = around(attributes) if attributes else ""
        if said or tag in _BLOCKS:
            self._flush()
            self._enter(tag, attributes, said)

    def end(self, tag: str) -> None:
        if self._silent:
            self._silent -= 1
            return
        if tag == "a":
            self._links -= 1
        if self._depths and self._depths[-1] == self._depth:
            self._flush()
            self._depths.pop()
            self._articles -= self._current.declared == "article"
            assert self._current.parent is not None
            self._current = self._current.parent
        self._depth -= 1

    def data(self, data: str) -> None:
        if not self._silent:
            # White space in the source is layout, line ends too; no-break spaces are the author's.
            self._parts.append(data.replace("\n", " "))
            if self._links:
                self._linked += len(data)

    def close(self) -> PageBlocks:
        self._flush()
        return self._page

    def _enter(self, tag: str, attributes: Mapping[str, str], said: Around) -> None:
        declared = _declared(tag, attributes)
        if tag in _WHOLE or declared == "body":
            said = ""  # such names are about something that a page has somewhere: <body class="has-sidebar">
        elif declared == "article":
            # By the standard an article in an article is a comment on it, or related to it.
            said = said or ("perhaps" if self._articles else "")
            self._articles += 1
        self._depths.append(self._depth)
        self._current = self._opened(
            Container(tag if tag in _BLOCKS else self._current.tag, self._current, said, declared)
        )

    def _opened(self, container: Container) -> Container:
        self._page.containers.append(container)
        return container

    def _flush(self) -> None:
        if self._parts:
            text = _SPACES.sub(" ", "".join(self._parts)).strip()
            if "\n" in text:
                text = "\n".join(line for each in text.split("\n") if (line := each.strip(" ")))
            if text:
                self._page.blocks.append(Block(text, self._linked, self._current))
            self._parts.clear()
            self._linked = 0


def _declared(tag: str, attributes: Mapping[str, str]) -> str:
    if "articlebody" in attributes.get("itemprop", "").lower():
        return "body"
    if tag == "article" or attributes.get("role") == "article":
        return "article"
    return "main" if tag == "main" else ""
