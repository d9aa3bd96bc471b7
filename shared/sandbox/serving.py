"""The worker's side: jobs on stdin, answers on stdout, each job with so much CPU time and all of them in so much memory.

A worker ends with its stdin, so it can't outlive whoever started it, however that dies.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

from shared.garbage import give_memory_back
from shared.sandbox.frames import frame, read_frame

Answer = Callable[[dict[str, Any], bytes], bytes]
"""A job's metadata and body in, the answer's bytes out. What it raises ends the worker."""


BIG_JOB_BYTES = 1024 * 1024
"""What a body of that size needed, few others do."""


def serve(answer: Answer, *, cpu_seconds: int, memory_bytes: int) -> None:
    """Until stdin ends. A job is two frames: its metadata as JSON, its body as it is; an answer is one frame. CPU time is limited per job
    (then the kernel sends SIGXCPU), address space once and for all."""
    jobs = sys.stdin.buffer
    # A library that prints must not write into the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (metadata := read_frame(jobs)) is not None and (body := read_frame(jobs)) is not None:
        allow_cpu(cpu_seconds)
        answers.write(frame(answer(json.loads(metadata), body)))
        answers.flush()
        if len(body) > BIG_JOB_BYTES:
            give_memory_back()


def allow_cpu(seconds: int) -> None:
    """The kernel counts CPU time over the life of the process: the soft limit moves on with each job."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
