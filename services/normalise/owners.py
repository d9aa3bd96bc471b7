"""Who is behind a domain: a table of outlets, the user's own before it, and the rule for the rest. Papers of one owner are one witness.

The built-in table is a fact sheet from general knowledge, not a register: outlets are sold, merged and renamed. Corrections are
welcome; one line and where it is stated are enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from shared.errors import Misuse

TABLE = Path(__file__).with_name("outlets.tsv")
_HEADER = ("domain", "outlet", "owner", "country", "kind")


class Outlet(NamedTuple):
    """`domain` is registrable, in lower case and punycode; `owner` is who controls the newsroom's budget: a group, a state body, a family;
    `country` is the newsroom's, ISO 3166-1 in two letters."""

    domain: str
    name: str
    owner: str
    country: str | None
    kind: str


def outlets(path: Path = TABLE) -> Iterator[Outlet]:
    """The rows of a table: tab-separated, a header line, `#` before comments. A user's needs `domain` and `owner` only.

    Raises `Misuse` for what is no such table.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"{path}: cannot be read: {error}") from error
    header = tuple(lines[0].split("\t")) if lines else ()
    if not {"domain", "owner"} <= set(header) or not set(header) <= set(_HEADER):
        raise Misuse(
            f"{path}: the first line must name the columns, tab-separated: domain, owner; and perhaps outlet, country, kind"
        )
    for number, line in enumerate(lines[1:], 2):
        if not line.strip() or line.startswith("#"):
            continue
        row = dict(zip(header, (cell.strip() for cell in line.split("\t")), strict=False))
        if not row.get("domain") or not row.get("owner"):
            raise Misuse(f"{path}, line {number}: a domain and its owner are needed, with a tab between columns")
        domain = row["domain"].lower()
        yield Outlet(domain, row.get("outlet") or domain, row["owner"], row.get("country") or None, row.get("kind", ""))


class Owners:
    """By domain."""

    def __init__(self, known: Mapping[str, Outlet]) -> None:
        self._known = known

    def owner_of(self, domain: str) -> str:
        """An unknown domain is its own owner: that errs on the side of two sources where there may be one, which is why an owner is a
        witness only after it was read for some time."""
        outlet = self._known.get(domain)
        return outlet.owner if outlet else domain

    def country_of(self, domain: str) -> str | None:
        outlet = self._known.get(domain)
        return outlet.country if outlet else None


@cache
def load_owners(users: Path | None = None) -> Owners:
    """The built-in table, with the user's rows in the place of those that they are about. Raises `Misuse`."""
    known = {outlet.domain: outlet for outlet in outlets()}
    if users is not None:
        known |= {outlet.domain: outlet for outlet in outlets(users)}
    return Owners(known)
