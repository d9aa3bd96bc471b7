"""The settings as a table for the README; `python -m shared.settings_table` writes it there."""

from __future__ import annotations

from pathlib import Path

from pydantic_core import PydanticUndefined

from shared.settings import Settings

BEGIN, END = "<!-- settings -->", "<!-- /settings -->"


def table() -> str:
    """One row per field, in their order."""
    rows = ["| name | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, PydanticUndefined, "") else f"`{field.default}`"
        rows.append(f"| `NEWSLOOM_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)


def with_table(readme: str) -> str:
    """The README with its table renewed. Raises `ValueError` where the marks are missing."""
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the README lacks {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    path = Path("README.md")
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
