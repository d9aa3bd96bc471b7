"""The process that reads pages: `python -m services.normalise.page_worker CPU_SECONDS MEMORY_BYTES`."""

from __future__ import annotations

import sys
from typing import Any

from services.normalise.html_text import reference_text
from services.normalise.page import Page, PageUnreadable, read_page
from services.normalise.page_wire import decode_job, encode_page
from shared.sandbox.serving import serve


def _answer(metadata: dict[str, Any], body: bytes) -> bytes:
    return encode_page(_read(metadata, body))


def _read(metadata: dict[str, Any], body: bytes) -> Page | PageUnreadable:
    try:
        return read_page(decode_job(metadata, body))
    except MemoryError:
        return PageUnreadable("out-of-memory", "reading it needed more memory than it may have")
    except Exception as error:  # Whatever a library stumbles over is this page's misfortune, not the next one's.
        return PageUnreadable("malformed", f"{type(error).__name__}: {error}"[:500])


if __name__ == "__main__":
    # Half a second of imports, which is not the first page's time.
    reference_text("<html><body><p>warm</p></body></html>", None)
    serve(_answer, cpu_seconds=int(sys.argv[1]), memory_bytes=int(sys.argv[2]))
