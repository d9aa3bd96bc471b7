"""Whether an actor acts in the news or brings it.

Agencies, papers and broadcasters are sources wherever they are named: that they are cited is the rule, that they make news the
exception, and a pair of a politician with the agency that quotes him would be noise. Who is merely quoted (`selon l'OTAN`,
`nach Angaben der NATO`) stays an actor: speaking is what politics consists of. A place that only the dateline names is where the
reporter sits.
"""

from __future__ import annotations

from services.enrich.entry import Entry
from shared.contracts.enrichment import Role

SOURCE_KINDS = frozenset({"agency", "newspaper", "broadcaster"})


def is_source(entry: Entry) -> bool:
    return entry.type == "organisation" and entry.kind in SOURCE_KINDS


def role_of(entry: Entry, *, in_dateline: bool = False) -> Role:
    """`in_dateline`: every mention stands in the article's dateline."""
    return "source" if is_source(entry) or (in_dateline and entry.type == "place") else "actor"
