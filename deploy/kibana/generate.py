"""Writes what Kibana shows to analysts, as saved objects:  python deploy/kibana/generate.py [FILE]

Objects carry the version of the form that they are written in, older than Kibana 9.5's own: Kibana migrates them when they come in. The
file is checked in; a test fails when it is not what this makes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lens import bars, count, distinct, metric, table

FILE = Path(__file__).parent / "newsloom.ndjson"
ARTICLES, ALERTS = "newsloom-articles", "newsloom-alerts"
HAPPENED = "happened"
"""Published, or first seen where nobody says: with `published`, articles without a date would be in no picture."""

CORE = "8.8.0"
VERSIONS = {"index-pattern": "7.11.0", "search": "7.9.3", "dashboard": "8.7.0"}
PANEL_VERSION = "8.11.0"

Made = dict[str, Any]


def saved_objects() -> list[Made]:
    return [
        data_view(ARTICLES, "news-articles*", "Newsloom: articles", HAPPENED),
        data_view(ALERTS, "news-alerts", "Newsloom: alerts", "window.end"),
        *searches(),
        analysts(),
    ]


def searches() -> list[Made]:
    told = ["source.name", "language", "title", "actors.name"]
    newest = [[HAPPENED, "desc"]]
    return [
        search("newsloom-newest", "Newsloom: newest articles", ARTICLES, "", [*told, "topics.name"], newest),
        search("newsloom-copies", "Newsloom: copies", ARTICLES, "copy_of: *", [*told, "copy_kind", "copy_of"], newest),
        search(
            "newsloom-flagged", "Newsloom: articles with flags", ARTICLES, "flags: *", [*told, "flags", "url"], newest
        ),
        search(
            "newsloom-alerts-list",
            "Newsloom: alerts",
            ALERTS,
            "retracted: false",
            "alert_class tier pair_name score stories owners languages status evidence.url".split(),
            [["window.end", "desc"]],
        ),
    ]


def analysts() -> Made:
    """Actors and pairs are counted by story, as everywhere: forty papers that print one agency's report are one."""
    stories, owners = distinct("story_id", "Stories"), distinct("source.owner", "Owners")
    numbers = [stories, owners, count("Articles")]
    return dashboard(
        "newsloom-analysts",
        "Newsloom: what the world writes about",
        "Volume by language, source and topic; actors and pairs by independent story; alerts.",
        [
            lens("Articles, copies too", metric(ARTICLES, count("Articles")), 0, 0, 12, 6),
            lens("Independent stories", metric(ARTICLES, stories), 12, 0, 12, 6),
            lens("Owners", metric(ARTICLES, owners), 24, 0, 12, 6),
            lens("Open alerts", metric(ALERTS, count("Alerts"), "status: open and retracted: false"), 36, 0, 12, 6),
            lens("Volume by language", bars(ARTICLES, HAPPENED, "language"), 0, 6, 24, 12),
            lens("Volume by topic", bars(ARTICLES, HAPPENED, "topics.name"), 24, 6, 24, 12),
            lens("Volume by source", bars(ARTICLES, HAPPENED, "source.name"), 0, 18, 24, 12),
            lens("Alerts by class", bars(ALERTS, "window.end", "alert_class"), 24, 18, 24, 12),
            lens("Persons", table(ARTICLES, "persons", "Person", numbers), 0, 30, 16, 15),
            lens("Organisations", table(ARTICLES, "organisations", "Organisation", numbers), 16, 30, 16, 15),
            lens("Pairs in one article", table(ARTICLES, "pair_names", "Pair", numbers), 32, 30, 16, 15),
            listed("newsloom-alerts-list", 0, 45, 48, 14),
            listed("newsloom-newest", 0, 59, 48, 14),
        ],
        {"language": "Language", "source.name": "Source", "topics.name": "Topic"},
    )


def data_view(id_: str, pattern: str, name: str, time_field: str) -> Made:
    return saved(
        "index-pattern",
        id_,
        {"title": pattern, "name": name, "timeFieldName": time_field, "fields": "[]", "typeMeta": "{}"}
        | {"fieldAttrs": "{}", "fieldFormatMap": "{}", "runtimeFieldMap": "{}"},
    )


def search(id_: str, title: str, view: str, query: str, columns: list[str], sort: list[list[str]]) -> Made:
    source = {"query": {"query": query, "language": "kuery"}, "filter": [], "highlightAll": True, "version": True}
    index = "kibanaSavedObjectMeta.searchSourceJSON.index"
    return saved(
        "search",
        id_,
        {"title": title, "description": "", "columns": columns, "sort": sort, "hits": 0, "version": 1}
        | {"kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source | {"indexRefName": index})}},
        [{"type": "index-pattern", "id": view, "name": index}],
    )


Placed = tuple[Made, list[Made]]
"""A panel, and what it refers to by names of its own."""


def lens(title: str, attributes: Made, x: int, y: int, w: int, h: int) -> Placed:
    panel = {
        "type": "lens",
        "title": title,
        "gridData": {"x": x, "y": y, "w": w, "h": h},
        "embeddableConfig": {"attributes": attributes | {"title": title}, "enhancements": {}},
    }
    return panel, attributes["references"]


def listed(search_id: str, x: int, y: int, w: int, h: int) -> Placed:
    panel = {
        "type": "search",
        "gridData": {"x": x, "y": y, "w": w, "h": h},
        "embeddableConfig": {"enhancements": {}},
        "panelRefName": f"panel_{search_id}",
    }
    return panel, [{"type": "search", "id": search_id, "name": f"panel_{search_id}"}]


def dashboard(id_: str, title: str, description: str, placed: list[Placed], controls: dict[str, str]) -> Made:
    panels, references = [], list[Made]()
    for number, (panel, refers) in enumerate(placed, start=1):
        index = str(number)
        grid = panel["gridData"] | {"i": index}
        panels.append(panel | {"version": PANEL_VERSION, "panelIndex": index, "gridData": grid})
        references += [reference | {"name": f"{index}:{reference['name']}"} for reference in refers]
    filters: dict[str, Made] = {}
    for order, (field, label) in enumerate(controls.items()):
        name = f"control-{order}"
        filters[name] = {
            "order": order,
            "width": "medium",
            "grow": True,
            "type": "optionsListControl",
            "explicitInput": {"id": name, "title": label, "fieldName": field, "enhancements": {}},
        }
        references.append({"type": "index-pattern", "id": ARTICLES, "name": f"controlGroup_{name}:optionsListDataView"})
    attributes = {
        "title": title,
        "description": description,
        "version": 1,
        "timeRestore": True,
        "timeFrom": "now-7d",
        "timeTo": "now",
        "refreshInterval": {"pause": True, "value": 60000},
        "optionsJSON": json.dumps({"useMargins": True, "syncColors": True, "syncCursor": True, "syncTooltips": False}),
        "panelsJSON": json.dumps(panels),
        "controlGroupInput": {
            "controlStyle": "oneLine",
            "chainingSystem": "HIERARCHICAL",
            "panelsJSON": json.dumps(filters),
            "ignoreParentSettingsJSON": json.dumps(
                {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
            ),
        },
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": json.dumps({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }
    return saved("dashboard", id_, attributes, references)


def saved(type_: str, id_: str, attributes: Made, references: list[Made] | None = None) -> Made:
    return {
        "type": type_,
        "id": id_,
        "attributes": attributes,
        "references": references or [],
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[type_],
        "managed": False,
    }


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    lines = (json.dumps(made, ensure_ascii=False, sort_keys=True) + "\n" for made in saved_objects())
    file.write_text("".join(lines), encoding="utf-8")
