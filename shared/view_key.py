"""What a stored view depends on besides the records: it is of no use to other code, nor under other settings."""

from __future__ import annotations

import hashlib
from pathlib import Path

_HERE = Path(__file__).parent
_SHARED = (
    *(_HERE / name for name in ("columns.py", "instants.py", "sorted_runs.py")),
    *sorted(_HERE.glob("contracts/*.py")),
)
"""Records are contracts: what is read of them in another way is folded in another way."""


def view_key(stage: str, settings: object) -> str:
    """A hash of the code of the stage (`stage` is one of its files), of what views are made of, and of what `settings` looks like."""
    digest = hashlib.sha256(repr(settings).encode())
    for file in (*sorted(Path(stage).parent.glob("*.py")), *_SHARED):
        digest.update(file.read_bytes())
    return digest.hexdigest()
