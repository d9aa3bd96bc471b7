"""What is on the cluster already: ours, or somebody else's under our names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from elasticsearch import Elasticsearch, NotFoundError

from shared.adapters.elasticsearch.mapping import MANAGED_BY
from shared.errors import NotAvailable

_ELSEWHERE = "rename or delete it, or set NEWSLOOM_PREFIX to another name"


def template_digest(client: Elasticsearch, name: str) -> str | None:
    """The digest of our template of that name; None where there is none. Raises `NotAvailable` for somebody else's."""
    try:
        answer = client.indices.get_index_template(name=name)
    except NotFoundError:
        return None
    about = answer["index_templates"][0]["index_template"].get("_meta") or {}
    if about.get("managed_by") != MANAGED_BY:
        raise NotAvailable(f"the index template {name} is not Newsloom's: {_ELSEWHERE}")
    return str(about.get("digest"))


def mappings(client: Elasticsearch, pattern: str) -> dict[str, dict[str, Any]]:
    """Of the indexes that a name, alias or pattern stands for."""
    found = client.indices.get_mapping(index=pattern, ignore_unavailable=True, allow_no_indices=True)
    return {name: each["mappings"] for name, each in cast(dict[str, Any], found.body).items()}


def check_alias(client: Elasticsearch, alias: str, indexes: Mapping[str, Any]) -> None:
    """Raises `NotAvailable` where the alias's name is taken by an index, or the alias leads to one that is not ours."""
    for index in mappings(client, alias):
        if index == alias:
            raise NotAvailable(
                f"{alias} is an index, and must be the alias of Newsloom's monthly indexes: {_ELSEWHERE}"
            )
        if index not in indexes:
            raise NotAvailable(f"the alias {alias} leads to {index}, which is not Newsloom's: {_ELSEWHERE}")


def missing_fields(index: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What `found` lacks of `wanted`, as properties to put. Raises `NotAvailable` for a field that is mapped otherwise."""
    for path, ours, theirs in _both(wanted.get("properties", {}), found.get("properties", {})):
        if ours != theirs:
            raise NotAvailable(
                f"the index {index} has another mapping than Newsloom's: {path} is {theirs}, not {ours}; {_ELSEWHERE}"
            )
    return _lacking(found.get("properties", {}), wanted.get("properties", {}))


def _both(wanted: Mapping[str, Any], found: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, our type, their type) of every field that both have."""
    for name in wanted.keys() & found.keys():
        ours, theirs = wanted[name], found[name]
        yield f"{path}{name}", _kind(ours), _kind(theirs)
        yield from _both(ours.get("properties", {}), theirs.get("properties", {}), f"{path}{name}.")


def _kind(field: Mapping[str, Any]) -> str:
    return str(field.get("type", "object"))


def _lacking(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    lacking: dict[str, Any] = {}
    for name, ours in wanted.items():
        if name not in found:
            lacking[name] = dict(ours)
        elif "properties" in ours and (inner := _lacking(found[name].get("properties", {}), ours["properties"])):
            lacking[name] = {"properties": inner}
    return lacking
