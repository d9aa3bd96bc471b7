"""The process that parses: `python -m services.fetch.parser_worker CPU_SECONDS MEMORY_BYTES`, jobs on stdin, results on stdout.

It ends with its stdin, so it can't outlive the pool, however that dies.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Any, BinaryIO

import orjson

from services.fetch.feed_wire import LENGTH, encode_result
from services.fetch.formats.feed import FeedError, FeedLimits, ParsedFeed
from services.fetch.formats.feed_parser import parse_feed


def main(cpu_seconds: int, memory_bytes: int) -> None:
    """Serves jobs until stdin ends. CPU time is limited per job, address space once and for all."""
    jobs = sys.stdin.buffer
    # A library that prints must not write into the results.
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (metadata := _read_frame(jobs)) is not None and (body := _read_frame(jobs)) is not None:
        _allow_cpu(cpu_seconds)
        results.write(encode_result(_parse(orjson.loads(metadata), body)))
        results.flush()


def _parse(metadata: dict[str, Any], body: bytes) -> ParsedFeed | FeedError:
    try:
        return parse_feed(body, metadata["content_type"], metadata["url"], FeedLimits(**metadata["limits"]))
    except FeedError as error:
        return error
    except MemoryError:
        return FeedError("out-of-memory", "the parser needed more memory than it may have")
    except Exception as error:  # Whatever a parser stumbles over is this feed's misfortune, not the next one's.
        return FeedError("malformed", f"{type(error).__name__}: {error}"[:500])


def _allow_cpu(seconds: int) -> None:
    """The kernel counts CPU time over the life of the process: the soft limit moves on with each job."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
