"""A `newsloom` that has done its start-up and forks one real command per line that it reads: kill tests start some hundred.

A line is `{"arguments": […], "environment": {…}, "output": PATH}`; answered with the child's process id when it runs, and with its
wait status when it has ended.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any


def command(arguments: list[str]) -> int:
    """Runs a command as the console script does, and returns its exit code."""
    from shared.cli import main

    sys.argv = ["newsloom", *arguments]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except BaseException:
        traceback.print_exc()
        return 70
    return 0


def child(asked: dict[str, Any]) -> None:
    from shared.runtime import crash_points
    from shared.settings import settings

    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.update(asked["environment"])
    # Both are read from the environment once per process, and this one was forked from a process that had read them.
    settings.cache_clear()
    importlib.reload(crash_points)
    os._exit(command(asked["arguments"]))


def serve(answers: int) -> None:
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            child(json.loads(line))
        os.write(answers, f"{process}\n".encode())
        os.write(answers, f"{os.waitpid(process, 0)[1]}\n".encode())


if __name__ == "__main__":
    answers = os.dup(1)
    os.dup2(2, 1)  # what the warm-up prints is no answer
    warm_up = command(["ingest", sys.argv[1], "--data-dir", sys.argv[2]])
    if warm_up:
        sys.exit(warm_up)
    serve(answers)
