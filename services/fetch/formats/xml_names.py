"""One short name per element, whatever prefix a document chose: `title`, `dc:date`, `atom:link`, always in lower case."""

from __future__ import annotations

from functools import lru_cache

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
    "http://www.sitemaps.org/schemas/sitemap/0.9": "",
    "https://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap-news/0.9": "news:",
    "https://www.google.com/schemas/sitemap-news/0.9": "news:",
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
ROW_NAMES = {"item", "entry", "atom:item", "atom:entry", "rss:item", "rss:entry"}
"""Items of RSS and entries of Atom, in no namespace that means something else."""
_LONGEST_KEPT = 200
"""Characters of a tag that is remembered: a hostile document has tags of megabytes."""


def name_of(element: etree._Element) -> str:
    """The name under the usual prefix. Undeclared prefixes stay as written; an unknown default namespace counts as none."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    name = _remembered_name(tag) if len(tag) <= _LONGEST_KEPT else _usual_name(tag)
    if name is None:
        local = tag.rpartition("}")[2].lower()
        return f"{element.prefix.lower()}:{local}" if element.prefix else local
    return name


def _usual_name(tag: str) -> str | None:
    """None where the namespace is unknown, so that only the prefix of the very element tells."""
    namespace, brace, local = tag.rpartition("}")
    if not brace:
        return local.lower()
    prefix = _PREFIXES.get(namespace[1:])
    return None if prefix is None else (prefix + local).lower()


_remembered_name = lru_cache(maxsize=1_024)(_usual_name)


def prefix_of(namespace: str) -> str | None:
    """The usual prefix with its colon, empty for RSS's own; None where the namespace is unknown."""
    return _PREFIXES.get(namespace)


def local_name(element: etree._Element) -> str:
    """The name without any prefix, in lower case."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def is_row(element: etree._Element) -> bool:
    """Whether it is an item or an entry."""
    return name_of(element) in ROW_NAMES
