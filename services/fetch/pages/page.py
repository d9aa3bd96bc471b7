"""What came of an item's page."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PageProblem = Literal[
    "page-blocked",  # 401, 402, 403, 429, 451: the site would rather not
    "page-missing",  # 404, 410
    "page-unreachable",  # no answer, an error of the server, too large
    "page-unreadable",  # nothing, or something that is no page
    "page-robots",  # robots.txt forbids it
    "page-skipped",  # more were new than are fetched at one poll, or the host asked for a pause
]
_BLOCKED = {401, 402, 403, 429, 451}
_MISSING = {404, 410}
_LEVEL = 1
"""A page packs to a sixth at any level, and the fastest costs three milliseconds."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page, packed by zlib (`packed`), or why there is none (`problem`). `rights` are what its headers reserve."""

    packed: bytes | None = None
    content_type: str | None = None
    problem: PageProblem | None = None
    rights: tuple[str, ...] = ()


def page_of(body: bytes, headers: Mapping[str, str]) -> Page:
    """A page that came. `headers` by lower-case names."""
    kind = headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if not body.strip() or ("html" not in kind and kind not in ("text/plain", "application/xml", "text/xml")):
        return Page(problem="page-unreadable", rights=rights_of(headers))
    return Page(zlib.compress(body, _LEVEL), headers.get("content-type"), rights=rights_of(headers))


def problem_of(status: int | None) -> PageProblem:
    """Why there is no page, by the status of the answer, if there was one."""
    if status in _BLOCKED:
        return "page-blocked"
    return "page-missing" if status in _MISSING else "page-unreachable"


def rights_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """`tdm-reserved` where the server reserves text and data mining (TDM Reservation Protocol, section 6.1)."""
    return ("tdm-reserved",) if headers.get("tdm-reservation", "").strip() == "1" else ()
