"""Kibana's saved objects are those that the generator makes, and name only what the index maps. No Kibana runs here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.elasticsearch.analysis import choose
from shared.adapters.elasticsearch.mapping import alert_mapping, article_mapping

KIBANA = Path(__file__).parents[3] / "deploy" / "kibana"
FILE = KIBANA / "newsloom.ndjson"

Made = dict[str, Any]
OBJECTS: list[Made] = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
BY_ID = {(made["type"], made["id"]): made for made in OBJECTS}


def types(properties: Made, above: str = "") -> dict[str, str]:
    """Field → type, as Kibana sees it; what is kept but not indexed is no field."""
    found: dict[str, str] = {}
    for name, body in properties.items():
        if "properties" in body:
            found |= types(body["properties"], f"{above}{name}.")
        elif body.get("enabled", True) and body.get("index", True):
            found[above + name] = body["type"]
    return found


MAPPED = {
    "newsloom-articles": types(article_mapping(ANALYSIS := choose(frozenset()))),
    "newsloom-alerts": types(alert_mapping(ANALYSIS)),
}


def views_of(made: Made) -> dict[str, str]:
    """Name of a reference → data view."""
    return {ref["name"]: ref["id"] for ref in made["references"] if ref["type"] == "index-pattern"}


def panels() -> Iterator[Made]:
    for made in OBJECTS:
        if made["type"] == "dashboard":
            yield from json.loads(made["attributes"]["panelsJSON"])


def used() -> Iterator[tuple[str, str, str]]:
    """(data view, field, what for) for every field that is named anywhere."""
    for made in OBJECTS:
        named = made["attributes"]
        if made["type"] == "index-pattern":
            yield made["id"], named["timeFieldName"], "time"
        elif made["type"] == "search":
            [view] = views_of(made).values()
            yield from ((view, column, "column") for column in named["columns"])
            yield from ((view, field, "sort") for field, _ in named["sort"])
            source = json.loads(named["kibanaSavedObjectMeta"]["searchSourceJSON"])
            yield from ((view, field, "query") for field in asked(source["query"]["query"]))
        else:
            for control in json.loads(named["controlGroupInput"]["panelsJSON"]).values():
                name = f"controlGroup_{control['explicitInput']['id']}:optionsListDataView"
                yield views_of(made)[name], control["explicitInput"]["fieldName"], "terms"
    for panel in panels():
        if panel["type"] == "lens":
            attributes = panel["embeddableConfig"]["attributes"]
            [view] = views_of(attributes).values()
            [layer] = attributes["state"]["datasourceStates"]["formBased"]["layers"].values()
            for column in layer["columns"].values():
                if column["sourceField"] != "___records___":
                    yield view, column["sourceField"], column["operationType"]
            yield from ((view, field, "query") for field in asked(attributes["state"]["query"]["query"]))


def asked(kql: str) -> list[str]:
    return re.findall(r"([\w.]+):", kql)


FITTING = {
    "time": {"date"},
    "date_histogram": {"date"},
    "terms": {"keyword"},
    "unique_count": {"keyword"},
    "sort": {"date"},
    "query": {"keyword", "boolean"},
}


def test_the_file_is_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, KIBANA / "generate.py", tmp_path / "made"], check=True, timeout=60)
    assert (tmp_path / "made").read_text("utf-8") == FILE.read_text("utf-8"), "run python deploy/kibana/generate.py"


def test_every_field_is_mapped_and_of_a_type_that_fits_its_use() -> None:
    found = list(used())
    assert len(found) > 40
    wrong = [
        (view, field, use)
        for view, field, use in found
        if MAPPED[view].get(field) is None or MAPPED[view][field] not in FITTING.get(use, {MAPPED[view][field]})
    ]
    assert not wrong


def test_fields_of_a_text_would_be_found_unfit() -> None:
    """The check can fail: a text cannot be counted by its values, an offset cannot be asked for."""
    assert MAPPED["newsloom-articles"]["title"] not in FITTING["terms"]
    assert "actors.mentions" not in MAPPED["newsloom-articles"]
    assert "quotes.start" not in MAPPED["newsloom-articles"]


def test_what_analysts_are_promised_is_there() -> None:
    types_ = [made["type"] for made in OBJECTS]
    assert (types_.count("index-pattern"), types_.count("search"), types_.count("dashboard")) == (2, 4, 1)
    assert {made["attributes"]["title"] for made in OBJECTS if made["type"] == "index-pattern"} == {
        "news-articles*",
        "news-alerts",
    }
    terms = {field for _, field, use in used() if use == "terms"}
    assert terms >= {"language", "source.name", "topics.name", "persons", "organisations", "pair_names", "alert_class"}


def test_ids_are_unique_and_every_reference_resolves() -> None:
    assert len(BY_ID) == len(OBJECTS)
    for made in OBJECTS:
        for ref in made["references"]:
            assert (ref["type"], ref["id"]) in BY_ID, f"{made['id']}: {ref}"
        named = json.dumps(made["attributes"])
        if made["type"] == "search":
            assert made["references"][0]["name"] in named


def test_the_dashboard_names_each_panel_s_references_by_its_index() -> None:
    [board] = [made for made in OBJECTS if made["type"] == "dashboard"]
    names = [ref["name"] for ref in board["references"] if not ref["name"].startswith("controlGroup_")]
    expected = []
    for panel in panels():
        refs = panel["embeddableConfig"].get("attributes", {}).get("references") or [{"name": panel["panelRefName"]}]
        expected += [f"{panel['panelIndex']}:{ref['name']}" for ref in refs]
        assert panel["gridData"]["i"] == panel["panelIndex"]
    assert names == expected


def test_panels_neither_overlap_nor_stick_out() -> None:
    """Kibana's grid has 48 columns."""
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridData"]
        cells = {(place["x"] + dx, place["y"] + dy) for dx in range(place["w"]) for dy in range(place["h"])}
        assert not cells & taken
        assert place["x"] + place["w"] <= 48
        taken |= cells


def test_lens_draws_only_columns_that_it_has() -> None:
    for panel in panels():
        if panel["type"] != "lens":
            continue
        state = panel["embeddableConfig"]["attributes"]["state"]
        [(layer_id, layer)] = state["datasourceStates"]["formBased"]["layers"].items()
        assert sorted(layer["columnOrder"]) == sorted(layer["columns"])
        drawing = json.dumps(state["visualization"])
        assert set(re.findall(r'"layerId": "([^"]+)"', drawing)) == {layer_id}
        shown = re.findall(r'"(?:xAccessor|splitAccessor|metricAccessor|columnId)": "([^"]+)"', drawing)
        shown += [
            name
            for part in re.findall(r'"accessors": \[([^\]]*)\]', drawing)
            for name in re.findall(r'"([^"]+)"', part)
        ]
        assert set(shown) == set(layer["columns"]), panel["title"]
        for column in layer["columns"].values():
            by = column.get("params", {}).get("orderBy")
            assert by is None or by["columnId"] in layer["columns"]


@pytest.mark.parametrize("made", OBJECTS, ids=lambda made: made["id"])
def test_objects_carry_the_version_of_their_form_and_nothing_of_a_machine(made: Made) -> None:
    assert made["coreMigrationVersion"]
    assert made["typeMigrationVersion"]
    assert not {"updated_at", "version", "namespaces", "created_by"} & made.keys()
