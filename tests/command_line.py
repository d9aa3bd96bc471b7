"""A command as a user gives it, with all that it says and how it ends."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

from real import environment

from shared.settings import Settings


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str
    seconds: float

    def refused(self, *words: str, code: int = 3, within: float = 20) -> str:
        """One line that says what is wrong, with these words; returns it."""
        lines = self.err.splitlines()
        assert self.code == code, f"exit code {self.code}\n{self.out}\n{self.err}"
        assert len(lines) == 1, self.err
        assert lines[0].startswith("newsloom: "), self.err
        missing = [word for word in words if word not in lines[0]]
        assert not missing, f"{missing} not in: {lines[0]}"
        assert self.seconds < within, f"{self.seconds:.0f} s"
        return lines[0]


def command(config: Settings, *arguments: str, timeout: float = 120, **more: str) -> Ended:
    """`more`: variables of the environment beside the settings."""
    return _run(config, [sys.executable, "-c", "from shared.cli import main; main()", *arguments], timeout, more)


def worker_process(config: Settings, stage: str, timeout: float = 120) -> Ended:
    """The process that the supervisor starts, for workers that end by themselves."""
    return _run(config, [sys.executable, "-m", "shared.runtime.worker", stage], timeout, {})


def _run(config: Settings, line: list[str], timeout: float, more: dict[str, str]) -> Ended:
    started = time.monotonic()
    environ = environment(config) | more
    done = subprocess.run(line, capture_output=True, text=True, env=environ, timeout=timeout, check=False)
    return Ended(done.returncode, done.stdout, done.stderr, time.monotonic() - started)
