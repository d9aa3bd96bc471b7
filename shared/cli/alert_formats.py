"""Alerts as documents for other programs: `newsloom alerts --atom`, `--stix`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shared.contracts import Alert
    from shared.settings import Settings

Format = Literal["atom", "stix"]


def one_format(*, atom: bool, stix: bool, jsonl: bool) -> Format | None:
    """None for those that are no whole documents. Raises `Misuse` for more than one."""
    from shared.errors import Misuse

    if atom + stix + jsonl > 1:
        raise Misuse("give one of --atom, --stix and --jsonl")
    return "atom" if atom else "stix" if stix else None


def print_alerts(alerts: Sequence[Alert], document: Format, config: Settings) -> None:
    """On standard output, UTF-8. What is asked for is printed, all of it: a feed that a channel keeps has its newest only."""
    from services.alert.told.atom_feed import atom_feed
    from services.alert.told.links import Links
    from services.alert.told.stix_bundle import stix_bundle

    links = Links(config.kibana_url, config.prefix)
    made = atom_feed(alerts, links, len(alerts)) if document == "atom" else stix_bundle(alerts, links)
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
