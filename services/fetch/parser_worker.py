"""The process that parses feeds: `python -m services.fetch.parser_worker CPU_SECONDS MEMORY_BYTES`."""

from __future__ import annotations

import sys
from typing import Any

from services.fetch.feed_wire import encode_result
from services.fetch.formats.feed import FeedError, FeedLimits, ParsedFeed
from services.fetch.formats.feed_parser import parse_feed
from shared.sandbox.serving import serve


def _answer(metadata: dict[str, Any], body: bytes) -> bytes:
    return encode_result(_parse(metadata, body))


def _parse(metadata: dict[str, Any], body: bytes) -> ParsedFeed | FeedError:
    try:
        return parse_feed(body, metadata["content_type"], metadata["url"], FeedLimits(**metadata["limits"]))
    except FeedError as error:
        return error
    except MemoryError:
        return FeedError("out-of-memory", "the parser needed more memory than it may have")
    except Exception as error:  # Whatever a parser stumbles over is this feed's misfortune, not the next one's.
        return FeedError("malformed", f"{type(error).__name__}: {error}"[:500])


if __name__ == "__main__":
    serve(_answer, cpu_seconds=int(sys.argv[1]), memory_bytes=int(sys.argv[2]))
