"""Every expectation of the collection of odd feeds is met, or a known difference with a reason."""

from __future__ import annotations

import pytest

from shared.bench.odd_feeds import COLLECTION, collection_is_here, read_items, scorer

KNOWN = {
    "size/guid_20kb[0] id": "an identity is cut at the length of a URL",
    "size/link_8kb[0] link": "a URL has at most 4,096 characters",
    "size/references_5000[0] title": "a title has at most 1,000 characters",
    "size/title_50kb[0] title": "a title has at most 1,000 characters",
    "size/title_50kb_atom_html[0] title": "a title has at most 1,000 characters",
}

pytestmark = pytest.mark.skipif(not collection_is_here(), reason="the collection of odd feeds is not here")


def test_every_expectation_is_met_or_a_known_difference() -> None:
    verdicts = list(scorer().judge(read_items, COLLECTION))
    missed = {f"{where} {field}": (wanted[:100], found) for where, field, wanted, found, right in verdicts if not right}
    assert len(verdicts) > 4_000
    assert missed.keys() == KNOWN.keys(), {name: missed[name] for name in missed.keys() - KNOWN.keys()}
