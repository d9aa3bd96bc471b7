"""What the enrich stage finds in the golden corpus, as lines that a diff of an edit to the gazetteer can be read from.

`make golden` writes them anew; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from services.enrich.stage import Enrich
from shared.bench.actor_quality import enriched
from shared.bench.golden_corpus import shipped

FILE = Path(__file__).with_name("data") / "enrich" / "golden_actors.jsonl"


def found_lines() -> Iterator[str]:
    """One line for each article of the half that rules may be made with: its actors, and how each is named."""
    stage = Enrich()
    for article in shipped("dev").articles:
        actors = enriched(stage, article).actors
        named = {
            actor.id + ("!" if actor.role == "source" else ""): [mention.text for mention in actor.mentions]
            for actor in sorted(actors, key=lambda each: each.id)
        }
        yield json.dumps({"article": article.id, "actors": named}, ensure_ascii=False)


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in found_lines()), "utf-8")
