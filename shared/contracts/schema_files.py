"""The JSON Schemas and examples that are checked in beside this module, one file per topic.

`python -m shared.contracts.schema_files` writes them anew. It refuses a change that breaks readers or writers: such a change needs
a new version of the topic (`news.article.v2`), which old consumers do not read.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from shared.contracts import Contract, DeadLetter
from shared.contracts.breaking_changes import breaking_changes
from shared.contracts.example_messages import examples
from shared.pipeline import TOPICS

SCHEMAS = Path(__file__).with_name("schemas")
EXAMPLES = Path(__file__).with_name("examples")

DEAD_LETTERS = "news.dlq"
"""All the topics `news.dlq.<stage>` have one contract."""


def contracts() -> dict[str, type[Contract]]:
    """By topic."""
    return {**{topic.name: topic.contract for topic in TOPICS}, DEAD_LETTERS: DeadLetter}


def schema(topic: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of what a reader of the topic accepts."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:newsloom:{topic}",
        **contracts()[topic].model_json_schema(mode="validation"),
    }


def checked_in(topic: str) -> dict[str, Any]:
    """The schema as it was when somebody last wrote it. Raises `FileNotFoundError` for a topic that has none."""
    loaded: dict[str, Any] = orjson.loads((SCHEMAS / f"{topic}.json").read_bytes())
    return loaded


def write() -> list[str]:
    """Writes all files, unless a change breaks; then writes none and returns what breaks."""
    broken = [
        f"{topic}: {change}"
        for topic in contracts()
        if (SCHEMAS / f"{topic}.json").exists()
        for change in breaking_changes(checked_in(topic), schema(topic))
    ]
    if not broken:
        for topic in contracts():
            _write(SCHEMAS / f"{topic}.json", schema(topic))
            _write(EXAMPLES / f"{topic}.json", examples()[topic].model_dump(mode="json"))
    return broken


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


if __name__ == "__main__":
    if changes := write():
        print("breaking changes; give the topic a new version instead:", *changes, sep="\n  ", file=sys.stderr)
        sys.exit(1)
