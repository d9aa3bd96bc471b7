"""The file that says of a data folder that its news are invented: nobody shall take the demo's alerts for news."""

from __future__ import annotations

from pathlib import Path

_NAME = "demo"
_TEXT = "The news in this folder are the demo's: invented. Give your own another --data-dir.\n"


def mark(data_dir: Path) -> None:
    (data_dir / _NAME).write_text(_TEXT, "utf-8")


def is_marked(data_dir: Path) -> bool:
    return (data_dir / _NAME).is_file()
