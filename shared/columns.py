"""What a view holds as arrays by name, so that it can be stored and read back in seconds where to fold it again takes minutes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

Column = npt.NDArray[Any]
Columns = Mapping[str, Column]


def column_of(values: array[Any]) -> Column:
    """The same memory: the array must not grow while the column lives."""
    return np.frombuffer(values, values.typecode) if values else np.array([], values.typecode)


def array_of(typecode: str, column: Column) -> array[Any]:
    values = array(typecode)
    values.frombytes(column.astype(typecode, copy=False).tobytes())
    return values


def column_of_json(value: Any) -> Column:
    return np.frombuffer(orjson.dumps(value), np.uint8)


def json_of(column: Column) -> Any:
    return orjson.loads(column.tobytes())


def column_of_arrays(arrays: Iterable[array[Any]], typecode: str) -> Column:
    """One after the other; their lengths are another column."""
    return np.frombuffer(b"".join(arrays), typecode)


def under(name: str, columns: Columns) -> dict[str, Column]:
    """With `name.` before each of their names."""
    return {f"{name}.{each}": column for each, column in columns.items()}


def of(name: str, columns: Columns) -> dict[str, Column]:
    """Those that `under` gave this name, without it."""
    return {each.removeprefix(f"{name}."): column for each, column in columns.items() if each.startswith(f"{name}.")}
