"""Real commands, killed for real."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

PREPARED = Path(__file__).with_name("prepared_newsloom.py")


@dataclass(frozen=True, slots=True)
class Ended:
    """`killed`: by SIGKILL, as at a crash point or by us."""

    code: int
    killed: bool
    output: str


class Newsloom:
    """Runs commands in processes of their own, forked from one that has done its start-up."""

    def __init__(self, server: subprocess.Popen[str], folder: Path) -> None:
        self._server = server
        self._output = folder / "output"
        self.kills = 0

    def run(
        self,
        arguments: Sequence[str],
        *,
        crash_at: str = "",
        kill_after: float | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> Ended:
        """`kill_after` in seconds; `settings` as in the environment, without the prefix."""
        self._output.unlink(missing_ok=True)
        environment = {f"NEWSLOOM_{name.upper()}": str(value) for name, value in (settings or {}).items()}
        asked = {
            "arguments": list(arguments),
            "environment": {**environment, "NEWSLOOM_CRASH_AT": crash_at},
            "output": str(self._output),
        }
        assert self._server.stdin
        assert self._server.stdout
        print(json.dumps(asked), file=self._server.stdin, flush=True)
        process = int(self._server.stdout.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            # It may have ended; the server has then reaped it, and so soon its id is nobody else's.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        status = int(self._server.stdout.readline())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        self.kills += killed
        return Ended(os.waitstatus_to_exitcode(status), killed, self._output.read_text(errors="replace"))


@pytest.fixture(scope="module")
def newsloom(tmp_path_factory: pytest.TempPathFactory, newest_rows: Callable[[int], bytes]) -> Iterator[Newsloom]:
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "warm-up.jsonl").write_bytes(newest_rows(30))
    with subprocess.Popen(
        [sys.executable, str(PREPARED), str(folder / "warm-up.jsonl"), str(folder / "data")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    ) as server:
        yield Newsloom(server, folder)
        assert server.stdin
        server.stdin.close()
