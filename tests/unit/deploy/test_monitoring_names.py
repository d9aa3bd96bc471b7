"""Rules, dashboards and runbooks name only what exists: metrics and their labels, pages, commands, settings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from prometheus_client import Counter, Gauge, Histogram

from shared import metrics
from shared.cli.app import app
from shared.pipeline import NODES
from shared.settings import Settings

ROOT = Path(__file__).parents[3]
STAGES = {"fetch", *(node.stage for node in NODES)}

# What Prometheus adds to every sample, and `service`, which our scrape configurations add.
TARGET = {"job", "instance", "service"}
WORDS = {"and", "or", "unless", "by", "on", "ignoring", "without", "group_left", "group_right", "offset", "bool", "Inf"}
FUNCTIONS = set(
    "sum max min count rate increase changes deriv absent vector time histogram_quantile label_replace predict_linear max_over_time".split()
)


def exposed() -> dict[str, set[str]]:
    """Name as scraped → labels: the catalogue, the process's own, and Prometheus' own."""
    names: dict[str, set[str]] = {
        "up": set(TARGET),
        "ALERTS": {"alertname", "alertstate", "severity", "stage", *TARGET},
    }
    for name in ("cpu_seconds_total", "resident_memory_bytes", "start_time_seconds", "open_fds"):
        names[f"process_{name}"] = set(TARGET)
    for metric in vars(metrics).values():
        if isinstance(metric, Counter | Gauge | Histogram):
            [described] = metric.describe()
            labels = {*metric._labelnames, *TARGET}
            suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(described.type, ("",))
            for suffix in suffixes:
                names[described.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return names


def known(rules: list[dict[str, Any]]) -> dict[str, set[str]]:
    """With what our rules record, whose labels are those that they are summed by."""
    names = exposed()
    for rule in rules:
        if "record" in rule:
            by = re.findall(r"sum by \(([^)]*)\)", rule["expr"])
            names[rule["record"]] = {label.strip() for labels in by for label in labels.split(",")} - {"le"}
    names["newsloom:lag_seconds"] = {"stage"}
    return names


SELECTOR = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)\s*\{(?P<matchers>[^}]*)\}")
GROUPING = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)")
MATCHER = re.compile(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"')


def test_every_metric_and_label_exists(rules: list[dict[str, Any]], queries: list[tuple[str, str]]) -> None:
    names, wrong = known(rules), []
    for where, query in queries:
        for selector in SELECTOR.finditer(query):
            for label, value in MATCHER.findall(selector["matchers"]):
                if label not in names.get(selector["name"], set()):
                    wrong.append(f"{where}: {selector['name']} has no label {label}")
                if label == "stage" and value not in STAGES:
                    wrong.append(f"{where}: there is no stage {value}")
        bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", query)
        used = set(re.findall(r"[a-zA-Z_:][\w:]*", re.sub(r"(?<![\w:])\d[\w.]*", " ", GROUPING.sub(" ", bare))))
        used -= WORDS | FUNCTIONS
        wrong += [f"{where}: there is no metric {name}" for name in sorted(used - names.keys())]
        if not used:
            wrong.append(f"{where}: names no metric")
        available = set().union(*(names.get(name, set()) for name in used))
        for labels in GROUPING.findall(bare):
            grouped = {label.strip() for label in labels.split(",")} - {""}
            wrong += [f"{where}: nothing there has a label {label}" for label in sorted(grouped - available)]
    assert not wrong


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("newsloom_lag > 0", "no metric newsloom_lag"),
        ("rate(newsloom_dropped[5m])", "no metric newsloom_dropped"),
        ('newsloom_lag_messages{topic="x"}', "no label topic"),
        ('newsloom_lag_messages{stage="indexing"}', "no stage indexing"),
        ("sum by (code) (newsloom_lag_messages)", "has a label code"),
    ],
)
def test_what_does_not_exist_is_found(query: str, complaint: str, rules: list[dict[str, Any]]) -> None:
    with pytest.raises(AssertionError, match=complaint):
        test_every_metric_and_label_exists(rules, [("here", query)])


def test_values_of_labels_are_those_that_the_catalogue_tells(queries: list[tuple[str, str]]) -> None:
    told = {"health": metrics.FEEDS._documentation, "result": metrics.INDEX_ITEMS._documentation}
    found = [
        (label, part)
        for _, query in queries
        for label, value in MATCHER.findall(query)
        if label in told
        for part in value.split("|")
    ]
    assert len(found) > 5
    assert not [(label, part) for label, part in found if part not in told[label]]


def test_every_alert_says_how_bad_what_why_and_where_to_read_on(alerting: list[dict[str, Any]]) -> None:
    for rule in alerting:
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, rule["alert"]
        assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}, rule["alert"]
        page = ROOT / rule["annotations"]["runbook_url"]
        assert page.read_text("utf-8").startswith(f"# {rule['alert']}\n"), rule["alert"]
    assert len(alerting) > 15


def test_every_page_is_of_an_alert_is_in_the_index_and_has_its_parts(
    alerting: list[dict[str, Any]], runbooks: dict[str, str]
) -> None:
    assert set(runbooks) == {Path(rule["annotations"]["runbook_url"]).name for rule in alerting}
    index = (ROOT / "docs" / "runbooks" / "README.md").read_text("utf-8")
    for rule in alerting:
        name = Path(rule["annotations"]["runbook_url"]).name
        [row] = [line for line in index.splitlines() if f"[{rule['alert']}]({name})" in line]
        assert rule["labels"]["severity"] in row
    for name, text in runbooks.items():
        parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert parts == ["What it means", "How to see it", "What to do", "When it heals"], name
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert link in runbooks, f"{name}: {link}"


def test_every_command_of_a_page_exists(runbooks: dict[str, str]) -> None:
    root = typer.main.get_command(app)
    missing = set()
    for name, text in runbooks.items():
        code = [*re.findall(r"`newsloom ([^`\n]+)`", text), *re.findall(r"^newsloom (.+)$", text, re.MULTILINE)]
        for line in code:
            command: Any = root
            for word in line.split():
                if not hasattr(command, "commands"):
                    break
                if word not in command.commands and word[0] in "-#" and command.invoke_without_command:
                    break
                if word not in command.commands:
                    missing.add(f"{name}: newsloom {line}")
                    break
                command = command.commands[word]
            else:
                continue
            options = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}
            used = set(re.findall(r"(?<!\S)--[a-z-]+", line.split("|")[0].split("#")[0]))
            missing |= {
                f"{name}: newsloom {line}: {option}" for option in used - options if not hasattr(command, "commands")
            }
    assert not missing


def test_every_setting_of_a_page_exists(runbooks: dict[str, str]) -> None:
    settings = {f"NEWSLOOM_{name.upper()}" for name in Settings.model_fields}
    used = {name for text in runbooks.values() for name in re.findall(r"\bNEWSLOOM_[A-Z_]+[A-Z]", text)}
    assert used - settings == set()
    assert len(used) > 5
