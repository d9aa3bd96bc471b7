"""A worker for the tests of `shared.sandbox`: does what its job says."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from shared.sandbox.serving import serve


def answer(metadata: dict[str, Any], body: bytes) -> bytes:
    match metadata.get("do"):
        case "spin":
            while True:
                pass
        case "work":
            until = time.process_time() + metadata["seconds"]
            while time.process_time() < until:
                pass
        case "take":
            return b"%d" % len(bytearray(metadata["bytes"]))
        case "exit":
            os._exit(3)
        case "print":
            print("a library that prints", flush=True)
        case "pid":
            return b"%d" % os.getpid()
    return body


if __name__ == "__main__":
    serve(answer, cpu_seconds=int(sys.argv[1]), memory_bytes=int(sys.argv[2]))
