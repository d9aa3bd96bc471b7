"""What a new JSON Schema takes away from readers and writers of the old one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """One sentence per change that breaks: a field removed, a type or format changed, a value no longer allowed, a field required
    that was not. New optional fields and new values break nobody: readers ignore what they do not know."""
    return list(_Comparison(old.get("$defs", {}), new.get("$defs", {})).compare("", old, new))


class _Comparison:
    def __init__(self, old_definitions: Schema, new_definitions: Schema) -> None:
        self._old = old_definitions
        self._new = new_definitions

    def compare(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = _variants(old, self._old), _variants(new, self._new)
        where = path or "the message"
        if before.keys() != after.keys():
            yield f"{where}: type changed from {' or '.join(before)} to {' or '.join(after)}"
            return
        for type_, one in before.items():
            other = after[type_]
            if one.get("format") != other.get("format"):
                yield f"{where}: format changed from {one.get('format')} to {other.get('format')}"
            if (gone := _values(one) - _values(other)) and _values(other):
                yield f"{where}: no longer allows {', '.join(sorted(gone))}"
            if _values(other) and not _values(one):
                yield f"{where}: allows only {', '.join(sorted(_values(other)))} now"
            yield from self._fields(path, one, other)
            yield from self._items(path, one, other)

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before:
            inner = f"{path}.{name}".lstrip(".")
            if name in after:
                yield from self.compare(inner, before[name], after[name])
            else:
                yield f"{inner}: field removed"
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                yield f"{path}.{name}".lstrip(".") + ": required now"

    def _items(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), Mapping) and isinstance(new.get(key), Mapping):
                yield from self.compare(f"{path}[]", old[key], new[key])
        before, after = old.get("prefixItems", ()), new.get("prefixItems", ())
        if len(before) != len(after):
            yield f"{path}: {len(before)} items became {len(after)}"
        for place, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from self.compare(f"{path}[{place}]", one, other)


def _variants(schema: Schema, definitions: Schema) -> dict[str, Schema]:
    """Type → schema: one of them, or several where a value may be null."""
    schema = _resolved(schema, definitions)
    parts = [_resolved(part, definitions) for part in schema.get("anyOf", (schema,))]
    return {str(part.get("type", "anything")): part for part in sorted(parts, key=lambda part: str(part.get("type")))}


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    if "$ref" in schema:
        resolved: Schema = definitions[schema["$ref"].rpartition("/")[2]]
        return resolved
    return schema


def _values(schema: Schema) -> set[str]:
    """The values of an enumeration; empty where every value is allowed."""
    return set(map(str, schema.get("enum", [schema["const"]] if "const" in schema else [])))
