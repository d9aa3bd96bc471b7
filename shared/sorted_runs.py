"""Numbers under keys that are numbers, as a few sorted arrays: 12 to 16 bytes for each, where a dictionary of lists takes ten times that.

New ones stand in a dictionary, which becomes a sorted array when it is large, and arrays of like size are merged into one: a
log-structured merge tree in memory (O'Neil et al. 1996).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.columns import Column, Columns

Keys = npt.NDArray[np.uint64]
Values = npt.NDArray[Any]

FRESH = 20_000
"""Values from which on the dictionary becomes an array."""


@dataclass(frozen=True, slots=True)
class Run:
    """`keys` is sorted; the values of equal ones are in the order in which they came."""

    keys: Keys
    values: Values

    def bounds(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the values of each of these keys begin and end."""
        return np.searchsorted(self.keys, keys, "left"), np.searchsorted(self.keys, keys, "right")


class SortedRuns:
    """`dtype` of the values; `kept` tells of an array of values which are still wanted: the others go when runs are merged."""

    def __init__(self, dtype: npt.DTypeLike, kept: Callable[[Values], npt.NDArray[np.bool_]]) -> None:
        self._dtype = dtype
        self._kept = kept
        self.runs: list[Run] = []
        self.fresh: defaultdict[int, list[int]] = defaultdict(list)
        """Values that are in no run yet, by key."""
        self._fresh_size = 0

    def add(self, keys: Iterable[int], value: int) -> None:
        for key in keys:
            self.fresh[key].append(value)
            self._fresh_size += 1
        if self._fresh_size >= FRESH:
            self._settle()

    def find(self, keys: Sequence[int], low: int = 0, high: int | None = None) -> list[list[int]]:
        """The values of each key from `low` to before `high`, in the order in which they came."""
        found: list[list[int]] = []
        for chunks in self.chunks(keys):
            values: list[int] = []
            for chunk in chunks:
                if high is not None:
                    # Where a key has thousands, all but a few are passed over here and not one by one.
                    chunk = chunk[(chunk >= low) & (chunk < high)]
                values += chunk.tolist()
            found.append(values)
        for values, key in zip(found, keys, strict=True):
            fresh = self.fresh.get(key, ())
            values += fresh if high is None else [value for value in fresh if low <= value < high]
        return found

    def chunks(self, keys: Sequence[int]) -> list[list[Values]]:
        """What the runs have of each key; `fresh` has the newest."""
        found: list[list[Values]] = [[] for _ in keys]
        sought = np.array(keys, np.uint64)
        for run in self.runs:
            starts, ends = run.bounds(sought)
            for number in np.flatnonzero(starts < ends).tolist():
                found[number].append(run.values[starts[number] : ends[number]])
        return found

    def columns(self) -> dict[str, Column]:
        """The runs' arrays themselves, which never change."""
        keys, values = self._fresh_columns()
        found = {"fresh_keys": keys, "fresh_values": values}
        for number, run in enumerate(self.runs):
            found |= {f"keys.{number}": run.keys, f"values.{number}": run.values}
        return found

    def load(self, columns: Columns) -> None:
        """What another one had, in the place of what this one has."""
        count = sum(name.startswith("keys.") for name in columns)
        self.runs = [Run(columns[f"keys.{number}"], columns[f"values.{number}"]) for number in range(count)]
        self.fresh.clear()
        for key, value in zip(columns["fresh_keys"].tolist(), columns["fresh_values"].tolist(), strict=True):
            self.fresh[key].append(value)
        self._fresh_size = len(columns["fresh_keys"])

    def _fresh_columns(self) -> tuple[Keys, Values]:
        keys = [key for key, values in self.fresh.items() for _ in values]
        values = [value for values in self.fresh.values() for value in values]
        return np.array(keys, np.uint64), np.array(values, self._dtype)

    def _settle(self) -> None:
        keys, values = self._fresh_columns()
        self.fresh.clear()
        self._fresh_size = 0
        self.runs.append(self._merged([keys], [values]))
        while len(self.runs) > 1 and self.runs[-2].keys.size < 2 * self.runs[-1].keys.size:
            last, before = self.runs.pop(), self.runs.pop()
            self.runs.append(self._merged([before.keys, last.keys], [before.values, last.values]))

    def _merged(self, keys: list[Keys], values: list[Values]) -> Run:
        all_keys, all_values = np.concatenate(keys), np.concatenate(values)
        wanted = self._kept(all_values)
        all_keys, all_values = all_keys[wanted], all_values[wanted]
        # A stable sort leaves equal keys in the order in which their values came.
        order = np.argsort(all_keys, kind="stable")
        return Run(all_keys[order], all_values[order])
