"""Which topic a message goes to, and with which bytes."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from shared.pipeline import ENTRY
from shared.policy import Original, Send
from shared.runtime.kafka import FaustSender
from shared.settings import Settings


class App:
    """Takes note of what is sent, as Faust's app would send it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def topic(self, name: str, **_: Any) -> Any:
        async def send(**message: Any) -> Any:
            self.sent.append((name, message))
            told = asyncio.get_running_loop().create_future()
            told.set_result(SimpleNamespace(offset=len(self.sent) - 1))
            return told

        return SimpleNamespace(send=send)


async def sent(prefix: str, send: Send) -> tuple[str, dict[str, Any]]:
    app = App()
    assert await (await FaustSender(app, Settings(prefix=prefix)).send(send)) == 0  # type: ignore[arg-type]
    return app.sent[0]


@pytest.mark.parametrize("prefix", ["", "other-", "n", "news."])
async def test_a_prefix_is_put_before_every_topic_even_one_that_topics_begin_with(prefix: str) -> None:
    assert (await sent(prefix, Send(ENTRY, "key", {}, b"value")))[0] == f"{prefix}{ENTRY}"


async def test_what_a_message_came_with_stands_as_it_came() -> None:
    original = Original(b"\xff", (("odd", b"\xfe"), ("odd", b"2")))
    _, message = await sent("", Send("t", "\ufffd", {"odd": "\ufffd", "dlq_id": "1"}, b"", original=original))
    assert message["key"] == b"\xff"
    assert message["headers"] == [("odd", b"\xfe"), ("odd", b"2"), ("dlq_id", b"1")]
