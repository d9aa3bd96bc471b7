"""`newsloom backtest` on a simulated archive: the alerts of the pipeline, figures, differences, and what it refuses."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.alert.verdict import AlertVerdict
from shared.archive_making import through_the_pipeline
from shared.bench.alerts import score_articles, write_archive
from shared.bootstrap import open_reading
from shared.explanations import explain
from shared.settings import Settings
from shared.stage_builders import alert_rules

pytestmark = pytest.mark.slow

SMALL: dict[str, Any] = {"days": 41, "stories_per_day": 30, "seed": 4}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(the archive's articles as `newsloom articles --jsonl` prints them, the folder that they came from)."""
    folder = tmp_path_factory.mktemp("simulated")
    archive, outlets = write_archive(folder, **SMALL)
    config = Settings(data_dir=folder, outlets_file=outlets)
    return through_the_pipeline([archive], folder, config), folder / "pipeline"


def rows(output: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_planted_pairs_are_found_and_little_else(simulated: tuple[Path, Path]) -> None:
    """Fewer days and stories than `newsloom bench alerts` has, so the bounds are lower."""
    found = score_articles(simulated[0], alert_rules(Settings()), **SMALL)
    assert found.planted >= 10
    assert found.recall >= 0.55, found.missed
    assert found.precision >= 0.7, found.others
    assert (found.doubled, found.replayed) == (0, 0)
    assert found.median_delay <= 2


def test_a_backtest_gives_what_the_pipeline_gave(newsloom: Any, simulated: tuple[Path, Path]) -> None:
    """Read in another order, since an archive is replayed in event time: the same pairs all the same, nearly."""
    articles, folder = simulated
    ended = newsloom.run(["backtest", str(articles), "--jsonl"])
    assert ended.code == 0, ended.output
    replayed = {tuple(actor["id"] for actor in row["actors"]) for row in rows(ended.output)}
    ended = newsloom.run(["alerts", "--data-dir", str(folder), "--jsonl"])
    told = {tuple(actor["id"] for actor in row["actors"]) for row in rows(ended.output)}
    assert len(told) >= 8
    assert len(replayed & told) >= 0.8 * len(replayed | told)
    ended = newsloom.run(["backtest", str(folder), "--jsonl"])
    assert {tuple(actor["id"] for actor in row["actors"]) for row in rows(ended.output)} == replayed


def test_other_rules_give_a_difference(newsloom: Any, simulated: tuple[Path, Path], tmp_path: Path) -> None:
    strict, same = tmp_path / "strict.toml", tmp_path / "same.toml"
    strict.write_text("[figures]\nmin_owners = 4\n")
    same.write_text("")
    ended = newsloom.run(["backtest", str(simulated[0]), "--rules", str(same), "--diff", str(strict)])
    assert ended.code == 0, ended.output
    lines = ended.output.splitlines()
    assert lines[0].startswith(f"--- {same}: ")
    assert lines[1].startswith(f"+++ {strict}: ")
    assert sum(line.startswith("- ") for line in lines) >= 3
    ended = newsloom.run(["backtest", str(simulated[0]), "--rules", str(same), "--diff", str(same)])
    assert "no difference" in ended.output


def test_why_says_of_a_pair_that_it_is_no_alert(newsloom: Any, simulated: tuple[Path, Path]) -> None:
    with closing(open_reading(simulated[1])) as reading:
        record = next(record for record in reading.verdicts("alert", AlertVerdict).read() if record.untold)
    pair = record.untold[0]
    ended = newsloom.run(["why", record.group, "--data-dir", str(simulated[1])])
    assert ended.code == 0, ended.output
    assert f"no alert about {pair.first} + {pair.second}: {explain(pair.gate)}" in " ".join(ended.output.split())


def test_what_nobody_has_is_named(newsloom: Any, simulated: tuple[Path, Path], tmp_path: Path) -> None:
    """A watchlist with a typing error would be silent for ever."""
    rules = tmp_path / "rules.toml"
    rules.write_text(
        '[[rule]]\nname = "korea"\nwatchlist = ["kim-jung-un", "vladimir-putin", "?somebody-new"]\n'
        '[[rule]]\nname = "sports"\ntopics = ["medtop:15000000", "medtop:99999999"]\n'
    )
    ended = newsloom.run(["backtest", str(simulated[0]), "--rules", str(rules)])
    assert ended.code == 0, ended.output
    assert [line for line in ended.output.splitlines() if line.startswith("rule ")] == [
        "rule korea: no actor has the id kim-jung-un (is it kim-jong-un?)",
        "rule sports: no article is given the topic medtop:99999999",
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"actors": [], "story": {}}\n', "line 1"),
        (b'{"id": "a", "published": "2026-01-01T00:00:00Z", "actors": [], "story": {}}\n', "article a"),
    ],
)
def test_what_is_no_archive_is_refused(newsloom: Any, tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "archive.jsonl"
    path.write_bytes(content)
    ended = newsloom.run(["backtest", str(path)])
    assert ended.code == 2, ended.output
    assert complaint in ended.output
    assert "Traceback" not in ended.output
    ended = newsloom.run(["backtest", str(tmp_path / "nowhere")])
    assert (ended.code, "no such file or folder" in ended.output) == (2, True)
