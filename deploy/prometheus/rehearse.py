"""The alerting rules with all their durations divided, for a rehearsal: what takes a quarter of an hour then takes seconds.

    python deploy/prometheus/rehearse.py 60 deploy/prometheus/rules/newsloom.rules.yml > quick.rules.yml

Ranges, offsets and `for` are divided; thresholds in seconds and messages stay. Scrape and evaluate every second: a range must hold
two samples.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(?P<before>\[|\boffset |\bfor: )(?P<number>\d+)(?P<unit>[smhd])\b")


def quicker(rules: str, factor: float) -> str:
    """`rules` is the text of a rule file."""

    def divided(found: re.Match[str]) -> str:
        milliseconds = int(found["number"]) * _UNIT_MS[found["unit"]] / factor
        return f"{found['before']}{max(1, round(milliseconds))}ms"

    return _DURATION.sub(divided, rules)


if __name__ == "__main__":
    sys.stdout.write(quicker(Path(sys.argv[2]).read_text("utf-8"), float(sys.argv[1])))
