"""Prometheus' own tools read every file; its unit tests let every alert fire, and stay silent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
PROMETHEUS, ALERTMANAGER = ROOT / "deploy" / "prometheus", ROOT / "deploy" / "alertmanager"
RULES = PROMETHEUS / "rules" / "newsloom.rules.yml"
UNIT_TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))

Tool = Callable[[str], str]


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_rules_are_rules(tool: Tool) -> None:
    assert "SUCCESS" in run(tool("promtool"), "check", "rules", RULES)


@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus.local.yml"])
def test_configurations_are_configurations_and_find_their_rules(tool: Tool, name: str) -> None:
    assert "1 rule files found" in run(tool("promtool"), "check", "config", PROMETHEUS / name)


@pytest.mark.parametrize("file", UNIT_TESTS, ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_only_then(tool: Tool, file: Path) -> None:
    run(tool("promtool"), "test", "rules", file)


def test_every_alert_is_seen_to_fire_in_each_severity_and_seen_to_be_silent(alerting: list[dict[str, Any]]) -> None:
    fired, silent = set(), set()
    for file in UNIT_TESTS:
        for test in yaml.safe_load(file.read_text("utf-8"))["tests"]:
            for case in test.get("alert_rule_test", ()):
                name = case["alertname"]
                fired |= {(name, expected["exp_labels"]["severity"]) for expected in case["exp_alerts"]}
                if not case["exp_alerts"]:
                    silent.add(name)
    assert fired == {(rule["alert"], rule["labels"]["severity"]) for rule in alerting}
    assert silent == {rule["alert"] for rule in alerting}


@pytest.mark.parametrize("name", ["alertmanager.yml", "alertmanager.local.yml"])
def test_alertmanager_reads_its_configuration(tool: Tool, name: str) -> None:
    assert "SUCCESS" in run(tool("amtool"), "check-config", ALERTMANAGER / name)


def test_the_local_alertmanager_inhibits_the_same_and_no_receiver_needs_a_secret() -> None:
    deployed, local = (
        yaml.safe_load((ALERTMANAGER / name).read_text("utf-8"))
        for name in ("alertmanager.yml", "alertmanager.local.yml")
    )
    assert deployed["inhibit_rules"] == local["inhibit_rules"]
    assert deployed["receivers"] == local["receivers"] == [{"name": "page-only"}]


def test_each_stage_has_its_own_local_target() -> None:
    stages = ["fetch", "normalise", "deduplicate", "enrich", "cluster", "index", "alert"]
    [job] = yaml.safe_load((PROMETHEUS / "prometheus.local.yml").read_text("utf-8"))["scrape_configs"]
    found = [(target["labels"]["service"], target["targets"]) for target in job["static_configs"]]
    assert found == [(stage, [f"127.0.0.1:{port}"]) for port, stage in enumerate(stages, start=9101)]
    job, _ = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    assert (job["job_name"], job["dns_sd_configs"][0]["names"]) == ("newsloom", stages)


def test_expressions_are_written_out() -> None:
    """Prometheus takes a YAML alias in the place of an expression for a metric of the alias's name, and says nothing."""
    assert not [line for line in RULES.read_text("utf-8").splitlines() if line.strip().startswith("expr: *")]


def test_every_query_of_dashboards_and_runbooks_is_promql(
    tool: Tool, queries: list[tuple[str, str]], tmp_path: Path
) -> None:
    rules = [{"record": f"checked:{n}", "expr": query} for n, (_, query) in enumerate(queries)]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    run(tool("promtool"), "check", "rules", file)


def test_rehearsed_rules_are_the_same_rules_in_less_time(tool: Tool, tmp_path: Path) -> None:
    quick = tmp_path / "quick.rules.yml"
    quick.write_text(run(sys.executable, PROMETHEUS / "rehearse.py", "60", RULES))
    run(tool("promtool"), "check", "rules", quick)
    slow_rules, quick_rules = (
        [rule for group in yaml.safe_load(file.read_text("utf-8"))["groups"] for rule in group["rules"]]
        for file in (RULES, quick)
    )
    assert [rule.get("for") for rule in quick_rules if rule.get("alert") == "NewsloomLagGrowing"] == [
        "5000ms",
        "360000ms",
    ]
    assert len(slow_rules) == len(quick_rules)
    assert "[10000ms]" in next(rule["expr"] for rule in quick_rules if rule.get("alert") == "NewsloomLagGrowing")
