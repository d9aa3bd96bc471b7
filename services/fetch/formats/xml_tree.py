"""From the text of a feed to a tree, however broken: no entity is expanded, nothing is loaded, what can be read is kept."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from lxml import etree

_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_CHARACTER_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_LESS_THAN = re.compile(r"<(?![/!?:_]|[^\W\d])")
"""One that begins no tag: what follows is no name."""
_AMPERSAND = re.compile(r"&(?:(#x?[0-9a-fA-F]{1,8}|\w{1,32});)?")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_DOCUMENT_TYPE = re.compile(r"<!DOCTYPE[^\[>]{0,1000}\[")


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed document; `problem` is None where it was well-formed, else `malformed:<line>` or `truncated:<line>`."""

    root: etree._Element
    problem: str | None


def read_tree(text: str, url: str) -> Tree | None:
    """The tree, with `xml:base` relative to `url`; None where not even a root element can be made out.

    `MemoryError` where the process may not have what the tree needs.
    """
    start = text.find("<")
    if start < 0:
        return None
    text = text[start:]
    tree = _parse(text, url)
    if tree is not None and tree.problem is None:
        return tree
    # Characters that XML does not have are an error, so that what is well-formed, nearly all, need not be searched for them.
    valid = _CHARACTER_REFERENCE.sub(_valid_reference, _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text)))
    if valid != text:
        tree = _parse(valid, url)
        if tree is not None and tree.problem is None:
            return tree
    repaired = _parse(_repaired(valid), url)
    if repaired is not None and repaired.problem is None:
        return Tree(repaired.root, "malformed:mended")
    return repaired or tree


def read_well_formed(body: bytes, url: str) -> etree._Element | None:
    """The root of a document in UTF-8 that needs no mending, else None. That it is both, the parser finds in the same pass."""
    try:
        return etree.fromstring(body, _parser(recover=False), base_url=url)
    except etree.XMLSyntaxError:
        return None


def _parser(*, recover: bool, huge: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        collect_ids=False,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )


def _parse(text: str, url: str) -> Tree | None:
    data = text.encode("utf-8", "surrogatepass")
    # libxml2's limits stop entity bombs and nesting, and also, which a feed may have, text of more than 10 MB: lifted where the
    # document declares no entities.
    for huge in (False, True):
        parser = _parser(recover=True, huge=huge)
        try:
            root = etree.fromstring(data, parser, base_url=url)
        except etree.XMLSyntaxError:
            root = None
        if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
            raise MemoryError("libxml2 could not allocate")
        errors = [entry for entry in parser.error_log if entry.level_name != "WARNING"]
        limited = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in errors)
        if not limited or _DOCUMENT_TYPE.search(text[:10_000]):
            break
    if root is None:
        return None
    serious = [entry for entry in errors if not entry.type_name.startswith("NS_")]
    if not serious:
        return Tree(root, None)
    cut = any(entry.type_name in ("ERR_TAG_NOT_FINISHED", "ERR_CDATA_NOT_FINISHED") for entry in serious)
    return Tree(root, f"{'truncated' if cut else 'malformed'}:{serious[0].line}")


def _valid_reference(match: re.Match[str]) -> str:
    """A reference to a character that XML does not have would leave a tree that can't be read."""
    hexadecimal, decimal = match.groups()
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    allowed = (
        number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
    )
    return match.group() if allowed else "\ufffd"


def _repaired(text: str) -> str:
    """Outside CDATA: bare `&` and `<` escaped, and HTML's entities, which XML does not know, replaced by their characters."""
    parts: list[str] = []
    position = 0
    while True:
        opens = text.find(_CDATA, position)
        closes = text.find(_CDATA_END, opens) if opens >= 0 else -1
        outside = text[position:] if closes < 0 else text[position:opens]
        parts.append(_LESS_THAN.sub("&lt;", _AMPERSAND.sub(_known_entity, outside)))
        if closes < 0:
            return "".join(parts)
        position = closes + len(_CDATA_END)
        parts.append(text[opens:position])


def _known_entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name is None:
        return "&amp;"
    if name.startswith("#") or name in _XML_ENTITIES:
        return match.group()
    character = html.unescape(f"&{name};")
    return character if not character.startswith("&") else f"&amp;{name};"
