"""AMP addresses: from the accelerated form of a page to the page.

Only forms are undone whose page address is certain (https://amp.dev/documentation/guides-and-tutorials/learn/amp-caches-and-cors/):
caches that carry the page's address, and suffixes on a path that is an article already.
"""

import re

# A segment with a digit, two hyphens or a file ending is an article's; "/music/amp" may be a page about amplifiers.
_ARTICLE_SEGMENT = re.compile(r"\d|-[^-]*-|\.(?:html?|php|aspx?)$")
_CACHE_PATH = re.compile(r"/(?:[acvwi]/)(s/)?([a-z0-9.-]+\.[a-z0-9-]+(?::\d+)?/.*)", re.IGNORECASE | re.DOTALL)
_GOOGLE_PATH = re.compile(r"/amp/(s/)?([a-z0-9.-]+\.[a-z0-9-]+(?::\d+)?/.*)", re.IGNORECASE | re.DOTALL)
_GOOGLE_HOST = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")


def cached_page(host: str, path: str) -> str | None:
    """The address that an AMP cache's ``host`` and ``path`` stand for, without its query; None when it is no cache."""
    if host.endswith(".cdn.ampproject.org"):
        match = _CACHE_PATH.fullmatch(path)
    elif _GOOGLE_HOST.fullmatch(host):
        match = _GOOGLE_PATH.fullmatch(path)
    else:
        return None
    return f"{'https' if match[1] else 'http'}://{match[2]}" if match else None


def page_path(path: str) -> str:
    """``path`` without trailing slashes and AMP suffixes, where what remains is an article's path; ``/`` stays."""
    path = path.rstrip("/")
    while path.endswith("/amp"):
        page = path.removesuffix("/amp").rstrip("/")
        if not _ARTICLE_SEGMENT.search(page.rpartition("/")[2]):
            break
        path = page
    while path.endswith(".amp.html"):
        path = path.removesuffix(".amp.html") + ".html"
    return path or "/"


def is_amp_parameter(name: str, value: str) -> bool:
    """True for the query parameters that ask a site for the AMP form: ``amp``, ``amp=1``, ``outputType=amp``."""
    name, value = name.lower(), value.lower()
    return (name == "amp" and value in ("", "1", "true", "amp")) or (
        name == "outputtype" and value in ("amp", "valid_amp", "amp-type")
    )
