"""How a worker process is started, whoever waits for it and in whichever way."""

from __future__ import annotations

import os
import sys


def command_of(module: str, cpu_s: int, memory_bytes: int) -> list[str]:
    """`module` must `serve` as its main programme: `python -m MODULE CPU_SECONDS MEMORY_BYTES`."""
    return [sys.executable, "-m", module, str(cpu_s), str(memory_bytes)]


def environment() -> dict[str, str]:
    """This process's own, with its path of modules: a worker imports what we would."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
