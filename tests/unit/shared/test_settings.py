from __future__ import annotations

import dataclasses
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.alert.rules import AlertRules
from services.cluster.stage import StoryRules
from services.deduplicate.stage import CopyRules
from services.normalise.stage import NormaliseRules
from shared.retry import Retry
from shared.settings import NO_SETTINGS, Settings, unknown_variables
from shared.stage_builders import build_stage, user_gazetteer


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith("NEWSLOOM_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_says_what_it_is(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert field.description.endswith(".")
    assert len(field.description) <= 120


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_used(name: str) -> None:
    root = Path(__file__).parents[3]
    sources = [path for folder in ("shared", "services") for path in (root / folder).rglob("*.py")]
    used = [path for path in sources if path.name != "settings.py" and f".{name}" in path.read_text()]
    assert used, f"nothing reads {name}"


def test_the_environment_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLOOM_BATCH_SIZE", "7")
    monkeypatch.setenv("NEWSLOOM_DATA_DIR", "/somewhere")
    assert (Settings().batch_size, Settings().data_dir) == (7, Path("/somewhere"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATCH_SIZE", "0"),
        ("BATCH_SIZE", "many"),
        ("ATTEMPTS", "-1"),
        ("DEAD_LETTER_SHARE", "1.5"),
        ("LOG_LEVEL", "loud"),
        ("COPY_WINDOW_DAYS", "inf"),
        ("COPY_WINDOW_DAYS", "1e300"),
        ("HISTORY_HOURS", "nan"),
        ("ALERT_HORIZON_DAYS", "9999999999"),
        ("ALERT_HISTORY_DAYS", "900000"),
        ("ALERT_WINDOWS_HOURS", "[]"),
        ("ALERT_WINDOWS_HOURS", "[24, -5]"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"NEWSLOOM_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_the_defaults_of_the_rules_are_those_of_the_settings() -> None:
    built = {name: build_stage(name, Settings()) for name in ("alert", "deduplicate", "normalise")}
    assert built["alert"]._rules == AlertRules()
    assert built["deduplicate"]._rules == CopyRules()
    assert built["normalise"]._rules == NormaliseRules()
    assert Settings().attempts == Retry().attempts


def test_every_alert_setting_reaches_the_rules() -> None:
    def another(name: str, default: Any) -> Any:
        if isinstance(default, tuple):
            return (*default, 1000.0)
        return default / 2 if name in ("alert_min_confidence", "alert_false_discovery") else default + 1

    changed = {
        name: another(name, field.default)
        for name, field in Settings.model_fields.items()
        if name.startswith("alert_") and name != "alert_rules"
    }
    rules = build_stage("alert", Settings(**changed))._rules
    default = AlertRules()

    def differing(one: Any, other: Any) -> set[str]:
        return {
            field.name for field in dataclasses.fields(one) if getattr(one, field.name) != getattr(other, field.name)
        }

    figures = differing(rules.rules[0].figures, default.rules[0].figures)
    both = {"daily_budget"}
    assert len(figures | (differing(rules, default) - {"rules"})) == len(changed)
    assert figures & differing(rules, default) == both
    assert rules.rules[0].figures.horizon == default.rules[0].figures.horizon + timedelta(days=1)


def test_every_setting_of_stories_reaches_the_rules() -> None:
    names = [name for name in Settings.model_fields if name.startswith("story_")]
    changed = {name: Settings.model_fields[name].default / 2 for name in names if name != "story_capacity"}
    rules = build_stage("cluster", Settings(**changed, story_capacity=7))._rules
    fields = [field.name for field in dataclasses.fields(rules)]
    assert sum(getattr(rules, name) != getattr(StoryRules(), name) for name in fields) == len(names)


def test_the_users_gazetteer_lies_in_the_data_folder_unless_it_is_named(tmp_path: Path) -> None:
    assert user_gazetteer(Settings(), tmp_path) is None
    (tmp_path / "gazetteer.yaml").touch()
    assert user_gazetteer(Settings(), tmp_path) == tmp_path / "gazetteer.yaml"
    elsewhere = tmp_path / "mine.yaml"
    assert user_gazetteer(Settings(gazetteer_file=elsewhere), tmp_path) == elsewhere


def test_a_misspelt_variable_is_told_with_the_setting_that_is_meant() -> None:
    environment = {
        "NEWSLOOM_DATADIR": "x",
        "newsloom_batchsize": "7",
        "NEWSLOOM_ELEPHANTS": "",
        "HOME": "/",
        "NEWSLOOM": "1",
        "newsloom_data_dir": "read by pydantic in any case",
        **{f"NEWSLOOM_{name.upper()}": "1" for name in Settings.model_fields},
    }
    assert unknown_variables(environment) == [
        ("NEWSLOOM_DATADIR", "NEWSLOOM_DATA_DIR"),
        ("NEWSLOOM_ELEPHANTS", None),
        ("newsloom_batchsize", "NEWSLOOM_BATCH_SIZE"),
    ]


def test_what_kubernetes_sets_for_services_is_nobodys_mistake() -> None:
    links = {
        "NEWSLOOM_METRICS_SERVICE_HOST": "10.0.0.1",
        "NEWSLOOM_METRICS_SERVICE_PORT_HTTP": "9100",
        "NEWSLOOM_METRICS_PORT": "tcp://10.0.0.1:9100",
        "NEWSLOOM_METRICS_PORT_9100_TCP_ADDR": "10.0.0.1",
        "NEWSLOOM_SERVICE_HOST": "10.0.0.1",
        "NEWSLOOM_PORT_80_TCP": "tcp://10.0.0.1:80",
    }
    assert unknown_variables(links) == []
    assert unknown_variables({"NEWSLOOM_METRICS_PORT": "9100"}) == [("NEWSLOOM_METRICS_PORT", "NEWSLOOM_WEBSUB_PORT")]


def test_every_variable_of_the_deployment_and_the_tests_is_known() -> None:
    """And each of those that are no settings is used."""
    root = Path(__file__).parents[3]
    named: set[str] = set()
    for folder in ("shared/runtime", "deploy", "tests/chaos", "Makefile", "docker-compose.yml"):
        files = [root / folder, *(root / folder).rglob("*")]
        for path in (path for path in files if path.suffix in {".py", ".yml", ".yaml", ""} and path.is_file()):
            named |= set(re.findall(r"NEWSLOOM_[A-Z_]*[A-Z]\b", path.read_text("utf-8", "replace")))
    assert {f"NEWSLOOM_{name}" for name in NO_SETTINGS} <= named
    assert unknown_variables(dict.fromkeys(named, "")) == []
