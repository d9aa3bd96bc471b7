"""Where a worker's pages are served."""

from __future__ import annotations

from shared.pipeline import STAGES
from shared.settings import Settings


def port_of(config: Settings, stage: str) -> int:
    """9101 for the first stage of the flow, and so on, so that all can run on one machine."""
    return config.worker_port or 9101 + STAGES.index(stage)
