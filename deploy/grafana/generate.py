"""Writes the dashboards, one overview and one per stage, from `panels.py`:  python deploy/grafana/generate.py [FOLDER]

The files are checked in; a test fails when they are not what this makes of the panels.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from panels import AGE, ALERTS, FEEDS, FIRING, INDEX, Panel, duration, flow, headlines, processes

FOLDER = Path(__file__).parent / "dashboards"
STAGES = ("fetch", "normalise", "deduplicate", "enrich", "cluster", "index", "alert")
ONLY_OF = {"Verdicts remembered": ("deduplicate", "cluster", "alert")}
"""Panels that say nothing of other stages."""
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
HEIGHTS = {"stat": 4, "table": 7, "timeseries": 8}


def dashboards() -> dict[str, dict[str, Any]]:
    """File name → dashboard."""
    overview = [*headlines(), FIRING, *flow(), AGE, INDEX, *FEEDS, ALERTS, *processes()]
    made = {"newsloom-overview.json": dashboard("newsloom-overview", "Newsloom: overview", overview)}
    for stage in STAGES:
        uid = f"newsloom-{stage}"
        made[f"{uid}.json"] = dashboard(uid, f"Newsloom: {stage}", of_stage(stage))
    return made


def of_stage(stage: str) -> list[Panel]:
    shown = [panel for panel in flow(f'{{stage="{stage}"}}') if stage in ONLY_OF.get(panel.title, (stage,))]
    special = {"fetch": FEEDS, "index": [INDEX, AGE], "alert": [ALERTS]}
    measured = [] if stage == "fetch" else [duration(stage)]  # Polls are not messages: nobody times them.
    return [*special.get(stage, []), *shown, *measured, *processes(stage)]


def dashboard(uid: str, title: str, panels: list[Panel]) -> dict[str, Any]:
    return {
        "uid": uid,
        "title": title,
        "tags": ["newsloom"],
        "schemaVersion": 39,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "links": [
            {"type": "dashboards", "title": "Newsloom", "tags": ["newsloom"], "asDropdown": True, "keepTime": True}
        ],
        "templating": {
            "list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "annotations": {"list": [alerts_on_graphs()]},
        "panels": laid_out(panels),
    }


def alerts_on_graphs() -> dict[str, Any]:
    return {
        "name": "Critical alerts",
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertname=~"Newsloom.*",alertstate="firing",severity="critical"}',
        "titleFormat": "{{alertname}} {{stage}}",
    }


def laid_out(panels: list[Panel]) -> list[dict[str, Any]]:
    """From left to right, a new row where the next panel would not fit."""
    placed: list[dict[str, Any]] = []
    x = y = row_height = 0
    for number, panel in enumerate(panels, start=1):
        if x + panel.width > 24:
            x, y, row_height = 0, y + row_height, 0
        height = HEIGHTS[panel.kind]
        placed.append(drawn(panel, number) | {"gridPos": {"x": x, "y": y, "w": panel.width, "h": height}})
        x, row_height = x + panel.width, max(row_height, height)
    return placed


def drawn(panel: Panel, number: int) -> dict[str, Any]:
    now = panel.kind != "timeseries"
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": DATASOURCE,
                "expr": expr,
                "legendFormat": legend,
                "instant": now,
                "range": not now,
                "format": "table" if panel.kind == "table" else "time_series",
            }
            for place, (expr, legend) in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": looks(panel), "overrides": []},
        "options": OPTIONS[panel.kind],
    }


def looks(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.bad is not None:
        steps.append({"color": "red", "value": panel.bad})
    shown: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries":
        shown["custom"] = {
            "fillOpacity": 40 if panel.stacked else 5,
            "showPoints": "never",
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
        }
    return shown


OPTIONS: dict[str, dict[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "table", "placement": "right", "calcs": ["lastNotNull", "max"], "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "background"},
    "table": {"showHeader": True},
}


def text_of(made: dict[str, Any]) -> str:
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(exist_ok=True)
    for name, made in dashboards().items():
        (folder / name).write_text(text_of(made), encoding="utf-8")
