"""Index templates and the lifecycle policy, as a cluster takes them."""

from __future__ import annotations

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.adapters.elasticsearch.analysis import Analysis, choose, everything
from shared.adapters.elasticsearch.indexes import Names
from shared.adapters.elasticsearch.mapping import (
    ALERT_SEARCH,
    ARTICLE_SEARCH,
    MANAGED_BY,
    NOT_IN_SOURCE,
    VERSION,
    alert_mapping,
    article_mapping,
)

PRIORITY = 300
"""Above the templates that Elastic's own integrations bring (up to 250)."""


def templates(names: Names, analysis: Analysis, *, lifecycle: bool) -> dict[str, dict[str, Any]]:
    """By name. `lifecycle`: whether the cluster has ILM and knows its settings."""
    articles = _template(
        [names.articles_pattern],
        _settings(analysis.settings, ARTICLE_SEARCH) | ({"index.lifecycle.name": names.lifecycle} if lifecycle else {}),
        {"_source": {"excludes": [*NOT_IN_SOURCE]}, "properties": article_mapping(analysis)},
        aliases={names.articles: {}},
    )
    plain = {"analyzer": {analysis.plain: analysis.settings["analyzer"][analysis.plain]}}
    alerts = _template(
        [names.alerts], _settings(plain, ALERT_SEARCH), {"properties": alert_mapping(analysis)}, aliases={}
    )
    return {names.articles: articles, names.alerts: alerts}


def lifecycle_policy() -> dict[str, Any]:
    """A month that is over is merged, once, into what is fast to search. Nothing is deleted, nor made read-only: a late revision or
    `newsloom forget` must be written. How long to keep articles is the operator's to add."""
    return {
        "_meta": {"managed_by": MANAGED_BY, "version": VERSION},
        "phases": {
            "hot": {"min_age": "0ms", "actions": {"set_priority": {"priority": 100}}},
            "warm": {
                "min_age": "45d",
                "actions": {"set_priority": {"priority": 50}, "forcemerge": {"max_num_segments": 1}},
            },
        },
    }


def meta(body: dict[str, Any]) -> dict[str, Any]:
    """Says whose a template is, and of which content: what a cluster gives back is spelt otherwise than what it was given."""
    digest = sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]
    return {"managed_by": MANAGED_BY, "version": VERSION, "digest": digest}


def _template(
    patterns: list[str], settings: dict[str, Any], mappings: dict[str, Any], aliases: dict[str, Any]
) -> dict[str, Any]:
    inner = {"settings": settings, "mappings": {"dynamic": False, **mappings}, "aliases": aliases}
    about = meta({"index_patterns": patterns, "priority": PRIORITY, "template": inner})
    inner = {**inner, "mappings": {"_meta": about, **inner["mappings"]}}
    return {"index_patterns": patterns, "priority": PRIORITY, "version": VERSION, "_meta": about, "template": inner}


def _settings(analysis: dict[str, Any], searched: tuple[str, ...]) -> dict[str, Any]:
    return {
        "index.number_of_shards": 1,
        "index.auto_expand_replicas": "0-1",
        # Said aloud, it also holds while nobody searches: an article is found within a second or two, always.
        "index.refresh_interval": "1s",
        # A deleted document's version is forgotten with the next refresh: what was forgotten by mistake can be ingested again.
        "index.gc_deletes": "0s",
        "index.query.default_field": [*searched],
        "analysis": analysis,
    }


def write_files(folder: Path) -> None:
    """As a full cluster gets them, for people to read and for those who install by hand."""
    made = templates(Names(), choose(everything()), lifecycle=True)
    files = {f"{name}.template": body for name, body in made.items()}
    files[f"{Names().lifecycle}.lifecycle"] = {"policy": lifecycle_policy()}
    for name, body in files.items():
        text = json.dumps(body, indent=2, ensure_ascii=False)
        (folder / f"{name}.json").write_text(f"{text}\n", "utf-8")


if __name__ == "__main__":
    write_files(Path(sys.argv[1]))
