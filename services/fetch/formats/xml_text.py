"""The text of an element of a feed, whether its markup was escaped, in CDATA or, against the rules, neither."""

from __future__ import annotations

import html

from lxml import etree

from services.fetch.formats.xml_names import is_row

_VOID = {"br", "hr", "img", "input", "link", "meta", "wbr", "source", "area", "base", "col", "embed", "param", "track"}


def text_of(element: etree._Element | None) -> str | None:
    """The element's text; markup inside it is written out. A nested item, left by a lost end tag, ends the text."""
    if element is None:
        return None
    if len(element) == 0:
        return element.text
    for inner in element.iter(etree.Element):
        if inner is not element and is_row(inner):
            return element.text
    if all(child.tag is etree.Entity for child in element):
        # References to entities that the document declares itself: never expanded, since they may be a bomb.
        return (element.text or "") + "".join(html.unescape(child.text or "") + (child.tail or "") for child in element)
    return inner_markup(element)


def inner_markup(element: etree._Element) -> str:
    """What is between the tags of an element, as HTML without namespaces.

    lxml's own serialiser repeats every namespace in scope on every child: a root with 100,000 of them makes gigabytes.
    """
    parts = [html.escape(element.text or "", quote=False)]
    pending: list[etree._Element | str] = [*reversed(element)]
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        tail = html.escape(node.tail or "", quote=False)
        if not isinstance(node.tag, str):
            parts.append((node.text or "") + tail)
            continue
        name = node.tag.rpartition("}")[2]
        attributes = "".join(
            f' {key!s}="{html.escape(str(value))}"' for key, value in node.attrib.items() if "}" not in key
        )
        parts.append(f"<{name}{attributes}>")
        if name in _VOID:
            parts.append(tail)
            continue
        parts.append(html.escape(node.text or "", quote=False))
        pending.append(f"</{name}>{tail}")
        pending.extend(reversed(node))
    return "".join(parts)
