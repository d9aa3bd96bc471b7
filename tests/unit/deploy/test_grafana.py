"""The dashboards are those that the generator makes, and what Grafana needs of them is there. No Grafana runs here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from shared.pipeline import NODES

GRAFANA = Path(__file__).parents[3] / "deploy" / "grafana"
STAGES = ("fetch", *(node.stage for node in NODES))
UNITS = {"cps", "short", "s", "bytes", "percentunit", "bool_yes_no", "none"}

Boards = dict[str, dict[str, Any]]


def test_the_files_are_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, GRAFANA / "generate.py", tmp_path], check=True, timeout=60)
    made = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    kept = {file.name: file.read_text("utf-8") for file in (GRAFANA / "dashboards").iterdir()}
    assert made == kept, "run python deploy/grafana/generate.py"


def test_an_overview_and_one_for_each_stage(dashboards: Boards) -> None:
    assert set(dashboards) == {f"newsloom-{name}.json" for name in ("overview", *STAGES)}
    assert {f"{board['uid']}.json" for board in dashboards.values()} == set(dashboards)
    assert len({board["title"] for board in dashboards.values()}) == len(dashboards)


def test_a_stage_s_dashboard_asks_for_no_other_stage(dashboards: Boards) -> None:
    for stage in STAGES:
        for panel in dashboards[f"newsloom-{stage}.json"]["panels"]:
            for target in panel["targets"]:
                # What only one stage tells has no label for it: feeds, alerts.
                assert set(re.findall(r'stage="(\w+)"', target["expr"])) <= {stage}, panel["title"]


def test_verdicts_are_shown_for_the_stages_that_remember_them(dashboards: Boards) -> None:
    shown = {
        name.removeprefix("newsloom-").removesuffix(".json")
        for name, board in dashboards.items()
        if any("newsloom_state_records" in target["expr"] for panel in board["panels"] for target in panel["targets"])
    }
    assert shown - {"overview"} == {node.stage for node in NODES if node.state == "log"}


def test_every_panel_has_a_unit_a_description_an_id_and_asks_the_chosen_prometheus(dashboards: Boards) -> None:
    for name, board in dashboards.items():
        [variable] = board["templating"]["list"]
        assert (variable["name"], variable["type"], variable["query"]) == ("datasource", "datasource", "prometheus")
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids) > 8, name
        for panel in board["panels"]:
            assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
            assert len(panel["description"]) > 20, panel["title"]
            assert panel["targets"], panel["title"]
            for part in (panel, *panel["targets"]):
                assert part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_panels_neither_overlap_nor_stick_out(dashboards: Boards) -> None:
    for name, board in dashboards.items():
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, f"{name}: {panel['title']}"
            assert place["x"] + place["w"] <= 24
            taken |= cells


def test_counters_are_never_shown_as_they_are(dashboards: Boards) -> None:
    """A counter begins anew with each start: only its rate or increase says anything."""
    for board in dashboards.values():
        for panel in board["panels"]:
            for target in panel["targets"]:
                for found in re.finditer(r"\w+_(?:total|bucket)\b", target["expr"]):
                    before = target["expr"][: found.start()]
                    assert before.endswith(("rate(", "increase(")), f"{panel['title']}: {target['expr']}"


def test_provisioning_names_the_folder_and_the_servers_of_compose() -> None:
    [provider] = yaml.safe_load((GRAFANA / "provisioning/dashboards/newsloom.yml").read_text("utf-8"))["providers"]
    assert provider["options"]["path"] == "/etc/grafana/dashboards"
    sources = yaml.safe_load((GRAFANA / "provisioning/datasources/newsloom.yml").read_text("utf-8"))["datasources"]
    assert [(source["type"], source["url"]) for source in sources] == [
        ("prometheus", "http://prometheus:9090"),
        ("alertmanager", "http://alertmanager:9093"),
    ]
