"""Adding to a gazetteer file of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from services.enrich.entry import Entry, GazetteerError, read_entries


def add_entry(file: Path, row: dict[str, Any]) -> Entry:
    """Appends an entry, as the file's form has it, and returns it as it is read. Raises `GazetteerError`, and leaves the file as it was,
    for one that cannot be read or has an id that is there already."""
    before = file.read_bytes() if file.exists() else b""
    taken = {entry.id for entry in read_entries(file)} if before else set()
    if row.get("id") in taken:
        raise GazetteerError(file.name, str(row["id"]), "the id stands in this file already")
    text = yaml.safe_dump([row], allow_unicode=True, sort_keys=False, default_flow_style=None, width=1_000)
    file.parent.mkdir(parents=True, exist_ok=True)
    making = file.with_name(f"{file.name}.making")
    making.write_bytes(before + (b"" if before.endswith(b"\n") or not before else b"\n") + text.encode())
    try:
        entry = read_entries(making)[-1]
    except GazetteerError as error:
        making.unlink()
        raise GazetteerError(file.name, error.entry, error.problem) from None
    making.replace(file)
    return entry
