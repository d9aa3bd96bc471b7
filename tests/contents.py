"""What goes into a pipeline as lines of a file, and what its files hold in the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson


def lines(*documents: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(each) + b"\n" for each in documents)


def files(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
