"""One short name per element, whatever prefix a document chose: `title`, `dc:date`, `atom:link`, always in lower case."""

from __future__ import annotations

from lxml import etree

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_PREFIXES = {
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://www.w3.org/2005/Atom": "atom:",
    "https://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
_ROWS = {"item", "entry"}


def name_of(element: etree._Element) -> str:
    """The name under the usual prefix. Undeclared prefixes stay as written; an unknown default namespace counts as none."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    namespace, brace, local = tag.rpartition("}")
    if not brace:
        return local.lower()
    prefix = _PREFIXES.get(namespace[1:])
    if prefix is None:
        prefix = f"{element.prefix}:" if element.prefix else ""
    return (prefix + local).lower()


def local_name(element: etree._Element) -> str:
    """The name without any prefix, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def is_row(element: etree._Element) -> bool:
    """Whether it is an item of RSS or an entry of Atom, in no namespace that means something else."""
    return local_name(element) in _ROWS and name_of(element).rpartition(":")[0] in ("", "atom", "rss")
