"""Settings with which a small corpus alerts: every gate is open, so that many alerts can be lost or doubled."""

from __future__ import annotations

from typing import Any

EAGER: dict[str, Any] = {
    "alert_known_stories": 0,
    "alert_known_days": 0,
    "alert_owner_known_days": 0,
    "alert_horizon_days": 1,
    "alert_min_score": 0.5,
    "alert_surge_score": 0.5,
    "alert_false_discovery": 1,
}
