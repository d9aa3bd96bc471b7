"""Who is behind a domain: a table of outlets, and the rule for the rest. Copies in papers of one owner prove nothing new."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

TABLE = Path(__file__).with_name("owners.yaml")


@cache
def owners() -> dict[str, str]:
    """Registrable domain → owner, from the table of owners and their domains."""
    loaded: dict[str, list[str]] = yaml.load(TABLE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {domain: owner for owner, domains in loaded.items() for domain in domains}


def owner_of(domain: str) -> str:
    """An unknown domain is its own owner."""
    return owners().get(domain, domain)
