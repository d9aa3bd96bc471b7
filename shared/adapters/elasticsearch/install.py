"""Setting a cluster up: what is to be done, doing it, and what cannot be had there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from shared.adapters.elasticsearch import existing
from shared.adapters.elasticsearch.analysis import Analysis, available, choose
from shared.adapters.elasticsearch.client import check_version
from shared.adapters.elasticsearch.failures import FAILURES, explain, is_too_old, status_of
from shared.adapters.elasticsearch.indexes import Names
from shared.adapters.elasticsearch.templates import lifecycle_policy, templates
from shared.errors import NotAvailable
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do; `what` says it to people."""

    what: str
    apply: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """`steps` is empty where everything is as it should be."""

    steps: tuple[Step, ...]
    left_out: tuple[str, ...]
    version: str | None
    analysis: Analysis


def install(client: Elasticsearch, settings: Settings, *, dry_run: bool = False) -> Plan:
    """Returns what was done, or with `dry_run` would be. Doing it again does nothing. Raises `NotAvailable`."""
    found = plan(client, settings)
    for step in () if dry_run else found.steps:
        try:
            step.apply()
        except FAILURES as error:
            raise NotAvailable(f"cannot {step.what}: {explain(error, settings, f'to {step.what}')}") from None
    return found


def plan(client: Elasticsearch, settings: Settings) -> Plan:
    """Only reads. Raises `NotAvailable` for a cluster that cannot be used, or what is somebody else's under our names."""
    version = check_version(client, settings)
    try:
        return _plan(client, Names(settings.prefix), version)
    except FAILURES as error:
        raise NotAvailable(explain(error, settings, "to look at index templates and mappings")) from None


def count_articles(client: Elasticsearch, settings: Settings) -> int:
    """In all months. Raises `NotAvailable`."""
    check_version(client, settings)
    try:
        return int(client.count(index=Names(settings.prefix).articles_pattern, allow_no_indices=True)["count"])
    except FAILURES as error:
        raise NotAvailable(explain(error, settings, "to count articles")) from None


def check_installed(client: Elasticsearch, settings: Settings) -> None:
    """Raises `NotAvailable` unless new indexes would be made by our templates: without them Elasticsearch would guess a mapping."""
    names = Names(settings.prefix)
    check_version(client, settings)
    try:
        missing = [name for name in (names.articles, names.alerts) if existing.template_digest(client, name) is None]
        if missing:
            raise NotAvailable(f"the index template {missing[0]} is not there: run `newsloom setup` first")
        existing.check_alias(client, names.articles, existing.mappings(client, names.articles_pattern))
        made = client.indices.simulate_index_template(name=names.articles_pattern.replace("*", "2024.06")).body
        if made.get("template", {}).get("mappings", {}).get("_meta", {}).get("managed_by") is None:
            raise NotAvailable(f"another index template covers {names.articles_pattern}: lower its priority")
    except FAILURES as error:
        raise NotAvailable(explain(error, settings, "to look at index templates")) from None


def _plan(client: Elasticsearch, names: Names, version: str | None) -> Plan:
    analysis = choose(available(partial(_takes, client)))
    has_lifecycle, policy = _lifecycle(client, names.lifecycle)
    left_out = list(analysis.left_out)
    steps: list[Step] = []
    if not has_lifecycle:
        left_out.append(
            "the cluster has no index lifecycle management: months that are over are not merged by themselves"
        )
    elif policy is None:
        make = partial(client.ilm.put_lifecycle, name=names.lifecycle, policy=lifecycle_policy())
        steps.append(Step(f"create the lifecycle policy {names.lifecycle}", make))
    wanted = templates(names, analysis, lifecycle=has_lifecycle)
    for name, body in wanted.items():
        known = existing.template_digest(client, name)
        if known != body["_meta"]["digest"]:
            verb = "create" if known is None else "update"
            put = partial(client.indices.put_index_template, name=name, **_parameters(body))
            steps.append(Step(f"{verb} the index template {name}", put))
    monthly = existing.mappings(client, names.articles_pattern)
    existing.check_alias(client, names.articles, monthly)
    alerts = existing.mappings(client, names.alerts)
    for indexes, template in ((monthly, wanted[names.articles]), (alerts, wanted[names.alerts])):
        for index, mapping in sorted(indexes.items()):
            steps += _update(client, index, mapping, template["template"], left_out)
    for index in sorted(monthly.keys() - existing.mappings(client, names.articles).keys()):
        add = partial(client.indices.put_alias, index=index, name=names.articles)
        steps.append(Step(f"add {index} to the alias {names.articles}", add))
    if not alerts:
        steps.append(Step(f"create the index {names.alerts}", partial(client.indices.create, index=names.alerts)))
    return Plan(tuple(steps), tuple(left_out), version, analysis)


def _update(
    client: Elasticsearch, index: str, mapping: dict[str, Any], template: dict[str, Any], left_out: list[str]
) -> list[Step]:
    """New fields for an index that is there. How its words are analysed was decided when it was made and stays."""
    lacking = existing.missing_fields(index, mapping, template["mappings"])
    if mapping.get("dynamic") != "false":
        raise NotAvailable(
            f"the index {index} was not made by Newsloom's template: delete it, or set NEWSLOOM_PREFIX to another name"
        )
    if not lacking:
        return []
    known = client.indices.get_settings(index=index)[index]["settings"]["index"].get("analysis", {}).get("analyzer", {})
    asked = template["settings"]["analysis"]["analyzer"]
    if asked.keys() - known.keys():
        left_out.append(f"{index} keeps the fields that it was made with: its analyzers cannot be changed")
        return []
    put = partial(client.indices.put_mapping, index=index, properties=lacking)
    return [Step(f"add the fields {', '.join(sorted(lacking))} to {index}", put)]


def _takes(client: Elasticsearch, body: dict[str, Any]) -> bool:
    """Raises for anything but "I have no such analyzer"."""
    try:
        client.indices.analyze(**body)
    except BadRequestError as error:
        if is_too_old(error):
            raise
        return False
    return True


def _lifecycle(client: Elasticsearch, name: str) -> tuple[bool, Any]:
    """Whether the cluster has ILM, and the policy of that name. One that is there is left alone: operators add how long to keep."""
    try:
        return True, client.ilm.get_lifecycle(name=name)[name]
    except NotFoundError:
        # A cluster without ILM answers 400, having no such page; with it, 404 is a policy that is not there.
        return True, None
    except FAILURES as error:
        if status_of(error) in (400, 405, 410) and not is_too_old(error):
            return False, None
        raise


def _parameters(body: dict[str, Any]) -> dict[str, Any]:
    return {"meta" if name == "_meta" else name: value for name, value in body.items()}
