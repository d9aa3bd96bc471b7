"""What is watched, read from the files that operators get."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
DEPLOY, RUNBOOKS = ROOT / "deploy", ROOT / "docs" / "runbooks"

Rule = dict[str, Any]


@pytest.fixture(scope="session")
def rules() -> list[Rule]:
    files = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"))
    return [
        rule for file in files for group in yaml.safe_load(file.read_text("utf-8"))["groups"] for rule in group["rules"]
    ]


@pytest.fixture(scope="session")
def alerting(rules: list[Rule]) -> list[Rule]:
    return [rule for rule in rules if "alert" in rule]


@pytest.fixture(scope="session")
def dashboards() -> dict[str, dict[str, Any]]:
    """File name → dashboard."""
    files = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
    return {file.name: json.loads(file.read_text("utf-8")) for file in files}


@pytest.fixture(scope="session")
def runbooks() -> dict[str, str]:
    """File name → text, without the index."""
    return {file.name: file.read_text("utf-8") for file in sorted(RUNBOOKS.glob("newsloom-*.md"))}


@pytest.fixture(scope="session")
def queries(rules: list[Rule], dashboards: dict[str, Any], runbooks: dict[str, str]) -> list[tuple[str, str]]:
    """(where, PromQL) for every expression that stands anywhere."""
    return [*_of_rules(rules), *_of_dashboards(dashboards), *_of_runbooks(runbooks)]


def _of_rules(rules: list[Rule]) -> Iterator[tuple[str, str]]:
    for rule in rules:
        yield rule.get("alert") or rule["record"], rule["expr"]


def _of_dashboards(dashboards: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, board in dashboards.items():
        found = [(panel["title"], target["expr"]) for panel in board["panels"] for target in panel["targets"]]
        found += [("annotation", annotation["expr"]) for annotation in board["annotations"]["list"]]
        for title, query in found:
            yield f"{name}: {title}", query.replace("$__rate_interval", "5m")


def _of_runbooks(runbooks: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Code in the paragraph that begins with `PromQL:`."""
    for name, text in runbooks.items():
        [paragraph] = re.findall(r"^PromQL: (.+?)\n\n", text, re.DOTALL | re.MULTILINE)
        for query in re.findall(r"`([^`]+)`", paragraph):
            yield name, query


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """The path of a program of Prometheus; without it the test is skipped, in CI it fails."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{name} is not installed: apt-get install prometheus prometheus-alertmanager")
            pytest.skip(f"{name} is not installed")
        return path

    return find
