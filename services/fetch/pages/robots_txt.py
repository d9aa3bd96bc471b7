"""What one robots.txt says to us (RFC 9309). Pure; protego does the matching, on no more than it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego  # type: ignore[import-untyped, unused-ignore]

PRODUCT = "newsloom"
"""Our product token: what a robots.txt names us by."""
LONGEST_BYTES = 512 * 1024
"""RFC 9309 has crawlers read at least 500 KiB; what is beyond is not read."""
LONGEST_DELAY_S = 60.0
_LINES = 10_000
_USER_AGENT = re.compile(r"\s*user[- ]?agent\s*:?\s*([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host. `delay_s` is its crawl delay for us, at most a minute; 0 without one."""

    rules: Protego | None
    """None: everything is allowed, or with `closed` nothing is."""
    closed: bool = False
    delay_s: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether we may ask for this URL of the host."""
        return not self.closed if self.rules is None else bool(self.rules.can_fetch(url, PRODUCT))


OPEN = Robots(None)
CLOSED = Robots(None, closed=True)
"""RFC 9309, section 2.3.1.4: a robots.txt that can't be had because of the server's errors forbids all."""


def read_robots(body: bytes) -> Robots:
    """The rules in a robots.txt of any quality."""
    if len(body) > LONGEST_BYTES:
        # Half a rule may forbid everything.
        body = body[:LONGEST_BYTES].rpartition(b"\n")[0]
    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    rules = Protego.parse("\n".join(_for_us(line) for line in text.splitlines()[:_LINES]))
    delay = rules.crawl_delay(PRODUCT)
    return Robots(rules, delay_s=min(delay, LONGEST_DELAY_S) if delay is not None and delay > 0 else 0.0)


def _for_us(line: str) -> str:
    """The line, but all names of others become one: every rule is kept once for each name in its group."""
    agent = _USER_AGENT.match(line)
    if agent is None:
        return line
    name = agent[1].strip().lower()
    return line if name == "*" or PRODUCT in name else "user-agent: somebody-else"
