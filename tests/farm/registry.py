"""The table of kinds. Fault modules fill it with the decorator; nothing else may know the kinds by name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from typing import Any

from farm.model import Handler, Kind

KINDS: dict[str, Kind] = {}


def kind(name: str, *, expect: str, report: tuple[str, ...] | str, **options: Any):
    """Register the decorated handler as a kind; its docstring's first line is the kind's summary."""

    def register(handler: Handler) -> Handler:
        theme = handler.__module__.rsplit(".", 1)[-1]
        if name in KINDS:
            raise ValueError(f"two kinds are called {name}")
        classes = (report,) if isinstance(report, str) else report
        summary = " ".join((handler.__doc__ or "").split("\n\n")[0].split())
        KINDS[name] = Kind(name, theme, summary, expect, classes, handler, **options)
        return handler

    return register


def resolve(names: Iterable[str]) -> list[Kind]:
    """Kinds by name, by theme ("xml"), or all "faults"; each once, in the order given."""
    table = load()
    out: dict[str, Kind] = {}
    for name in names:
        found = (
            [table[name]]
            if name in table
            else [k for k in table.values() if k.theme == name or (name == "faults" and not k.healthy)]
        )
        if not found:
            raise ValueError(f"no such kind or theme: {name}")
        out.update((k.name, k) for k in found)
    return list(out.values())


def load() -> dict[str, Kind]:
    """Import farm.healthy and every module of farm.faults, and return the full table."""
    importlib.import_module("farm.healthy")
    package = importlib.import_module("farm.faults")
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"farm.faults.{module}")
    return KINDS
