"""What docs/alerts.md shows as a file of rules is one."""

from __future__ import annotations

import re
from pathlib import Path

from services.alert.rules import AlertRules, Figures
from services.alert.rules_file import _Figures, _File, read_channels, read_rules

PAGE = (Path(__file__).parents[3] / "docs" / "alerts.md").read_text("utf-8")


def test_the_example_is_a_file_of_rules(tmp_path: Path) -> None:
    path = tmp_path / "alert-rules.toml"
    path.write_text(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0])
    rules = read_rules(path, AlertRules())
    assert [rule.name for rule in rules.rules] == ["korea", "new-pair"]
    assert rules.rules[0].figures == Figures(min_score=2.5, min_owners=3)
    assert rules.renamed == {"?anna-kowalska": "anna-kowalska"}
    assert [channel["name"] for channel in read_channels(path)] == ["desk"]


def test_every_key_is_on_the_page() -> None:
    keys = {*_File.model_fields, *_Figures.model_fields} - {"figures", "rule", "channel", "renamed"}
    assert {key for key in keys if not re.search(rf"\b{key}\b", PAGE)} == set()
