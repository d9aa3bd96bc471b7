"""Everything that a cluster must have before the workers start: made where it is missing, compared where it is there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from shared.settings import Settings


@dataclass(slots=True)
class SetUp:
    """Lines for people: what was done (or would be), and what was left out, with the reason."""

    done: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def set_up(config: Settings, *, dry_run: bool = False) -> SetUp:
    """Raises `NotAvailable` where a server is missing, a right is lacking, or something there does not fit."""
    from shared.adapters.elasticsearch.client import sync_client
    from shared.adapters.elasticsearch.install import install
    from shared.adapters.kafka.topics import set_up_topics

    result = SetUp()
    result.done += asyncio.run(set_up_topics(config, dry_run=dry_run))
    installed = install(sync_client(config), config, dry_run=dry_run)
    result.done += [step.what for step in installed.steps]
    result.left_out += installed.left_out
    if config.kibana_url:
        from shared.adapters.kibana import load_objects

        result.done += load_objects(config, dry_run=dry_run)
    else:
        result.left_out.append("Kibana objects: NEWSLOOM_KIBANA_URL is empty; deploy/kibana has them as files")
    return result
