"""One address per article, so that one article under many links is one.

Merging two articles loses one of them for good, a missed merge is found again by its text: in doubt, addresses stay apart.
Escaping, dot segments, query order and IPv6 forms are w3lib's; hosts follow UTS 46 without transitional mapping, as in browsers.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote_plus, urljoin, urlsplit, urlunsplit

import idna
from tldextract import TLDExtract
from w3lib.url import canonicalize_url

from shared.urls.amp import cached_page, is_amp_parameter, page_path
from shared.urls.trackers import is_tracker

MAX_URL_CHARS = 4096
_DEFAULT_PORTS = {"http": 80, "https": 443}
# A cache address of a cache address is unwrapped one layer per pass; a deeper nest than this is no news.
_MAX_PASSES = 8
_SESSION_ID = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_ROUTES = ("!", "/")
"""Fragments that a script of the page routes by name an article (`#!story`, `#/article/1`); all others, a place in it."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[a-z0-9_.-]+|[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?")

# The bundled list only: no download, no cache directory. Private suffixes count, since two blogs of one host have two owners.
_suffixes = TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True, include_psl_private_domains=True)


def canonical_url(url: str, *, base: str | None = None) -> str | None:
    """The canonical form of ``url``, resolved against ``base``; None when it is no usable http(s) address.

    http and https are one (the https form) on their default ports; on any other port they are two servers.
    The result is a fixed point: canonicalising it again changes nothing.
    """
    address = _absolute(url, base)
    for _ in range(_MAX_PASSES):
        if address is None or len(address) > MAX_URL_CHARS:
            return None
        try:
            result = _one_pass(address)
        except ValueError:  # a bracket or port that is none, a host that IDNA refuses, a lone surrogate
            return None
        if result == address:
            return result
        address = result
    return None


def registrable_domain(url: str) -> str:
    """The domain one can buy (``www.bbc.co.uk`` → ``bbc.co.uk``) in punycode and lower case; ``""`` when there is no host.

    An unknown suffix counts as one label (rule ``*`` of publicsuffix.org); an IP address or a bare name is itself.
    """
    try:
        host = urlsplit(_CONTROLS.sub("", url[:MAX_URL_CHARS]).strip()).hostname or ""
        return _domain_of(_ascii_host(host)) if host else ""
    except ValueError:
        return ""


@lru_cache(maxsize=65_536)
def _domain_of(host: str) -> str:
    if _is_ip(host):
        return host
    found = _suffixes.extract_str(host)
    if found.domain and found.suffix:
        return f"{found.domain}.{found.suffix}"
    if found.suffix:
        return host
    return ".".join(host.split(".")[-2:])


def _absolute(url: str, base: str | None) -> str | None:
    url = _CONTROLS.sub("", url[: MAX_URL_CHARS + 1]).strip()
    if not url or len(url) > MAX_URL_CHARS:
        return None
    try:
        joined = urljoin(base[:MAX_URL_CHARS].strip(), url) if base else url
    except ValueError:
        return None
    return f"https:{joined}" if joined.startswith("//") else joined


def _one_pass(address: str) -> str | None:
    if urlsplit(address).scheme.lower() not in _DEFAULT_PORTS:
        return None
    # w3lib first: only then are dot segments gone, so that trailing slashes and suffixes are the last that will ever be.
    parts = urlsplit(canonicalize_url(address, keep_fragments=True))
    scheme = parts.scheme
    host = _ascii_host(urlsplit(address).hostname or "")
    page = cached_page(host, parts.path)
    if page is not None:
        return page + (f"?{parts.query}" if parts.query else "")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port in (None, _DEFAULT_PORTS[scheme]):
        scheme = "https"
    else:
        netloc += f":{parts.port}"
    path = page_path(_SESSION_ID.sub("", parts.path))
    fragment = parts.fragment if parts.fragment.startswith(_ROUTES) else ""
    return urlunsplit((scheme, netloc, path, _without_trackers(parts.query), fragment))


def _without_trackers(query: str) -> str:
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        name, value = unquote_plus(name), unquote_plus(value)
        if not is_tracker(name, value) and not is_amp_parameter(name, value):
            kept.append(pair)
    return "&".join(kept)


def _ascii_host(host: str) -> str:
    host = host.lower().rstrip(".")
    if not host or len(host) > 253:
        raise ValueError("no host")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii").lower()
    # Underscores are no IDNA labels, yet such hosts serve news.
    if not _HOST.fullmatch(host):
        raise ValueError("not a host")
    return host


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
