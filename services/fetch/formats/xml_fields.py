"""The children of one element by name: what the readers of RSS and Atom look things up in."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from services.fetch.formats.xml_names import ROW_NAMES, XML_LANG, name_of
from services.fetch.formats.xml_text import text_of

_SAME_NAME = 100
"""Of one name so many children are kept: an item has some dozen, a hostile one a million."""


@dataclass(frozen=True, slots=True)
class Fields:
    """An element and its children, nested items left out. `url` is the feed's address."""

    element: etree._Element
    url: str
    by_name: dict[str, list[etree._Element]]

    def first(self, *names: str) -> etree._Element | None:
        """The first child of the first of these names that there is."""
        for name in names:
            if found := self.by_name.get(name):
                return found[0]
        return None

    def every(self, *names: str) -> list[etree._Element]:
        """All children of these names, name after name."""
        return [element for name in names for element in self.by_name.get(name, ())]

    def text(self, *names: str) -> str | None:
        """The text of the first child of these names, in the order of the names, whose text is not blank."""
        for name in names:
            for element in self.by_name.get(name, ()):
                text = text_of(element)
                if text and not text.isspace():
                    return text
        return None

    def language(self) -> str | None:
        """`dc:language`, else the `xml:lang` of this very element: the feed's own is told once, for the whole feed."""
        return self.text("dc:language") or self.element.get(XML_LANG)


def fields_of(element: etree._Element, url: str) -> Fields:
    """The element's children by their short names."""
    by_name: dict[str, list[etree._Element]] = {}
    for child in element:
        name = name_of(child)
        same = by_name.get(name)
        if same is not None:
            if len(same) < _SAME_NAME:
                same.append(child)
        elif name and name not in ROW_NAMES:
            by_name[name] = [child]
    return Fields(element, url, by_name)


def base_of(element: etree._Element, url: str) -> str:
    """The base of links in this element: `xml:base` of it and its ancestors, else the feed's own address."""
    return element.base or url
