"""The simulated archive is what its truth says, wherever and however often it is built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, get_type_hints
from urllib.parse import urlsplit

import pytest

from services.normalise.owners import load_owners
from shared.bench.simulation import LEAST_DAYS, START, Row, simulate, truth, write_outlets
from shared.bench.simulation.archive import build
from shared.bench.simulation.check import violations
from shared.bench.simulation.composing import Composer
from shared.bench.simulation.desk import Desk
from shared.bench.simulation.model import LANGUAGES, Outlet
from shared.bench.simulation.printing import Press, stamp
from shared.bench.simulation.tables import agencies, outlets
from shared.bench.simulation.world import World
from shared.errors import Misuse

SMALL: dict[str, Any] = {"seed": 1, "days": 45, "stories_per_day": 40}
ROOT = Path(__file__).parents[3]
KINDS = {"original", "mention", "roundup", "flood", "ring", "denial", "follow-up"}
COPIES = {"wire-copy", "near-copy", "group-copy", "translation", "revision"}

Known = dict[str, Any]
"""The truth as JSON has it."""


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return list(simulate(**SMALL))


@pytest.fixture(scope="module")
def known() -> Known:
    return truth(**SMALL).as_json()


def test_the_same_arguments_give_the_same_archive(rows: list[Row], known: Known) -> None:
    build.cache_clear()
    assert list(simulate(**SMALL)) == rows
    assert truth(**SMALL).as_json() == known


def test_a_process_with_another_order_of_sets_writes_the_same(rows: list[Row], known: Known, tmp_path: Path) -> None:
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    command = [
        sys.executable,
        "-m",
        "shared.bench.simulation",
        "--seed",
        "1",
        "--days",
        "45",
        "--stories-per-day",
        "40",
    ]
    files = ["--out", "archive.jsonl", "--truth", "truth.json", "--outlets", "outlets.tsv"]
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    subprocess.run(command + files, env=environment, cwd=tmp_path, timeout=60, check=True)
    written = (tmp_path / "archive.jsonl").read_text("utf-8").splitlines()
    assert written == [json.dumps(row, ensure_ascii=False) for row in rows]
    assert json.loads((tmp_path / "truth.json").read_text("utf-8")) == known
    assert (tmp_path / "outlets.tsv").read_text("utf-8").startswith("domain\towner\n")


def test_another_seed_and_another_start_give_another_archive(rows: list[Row]) -> None:
    others = list(simulate(seed=2, days=LEAST_DAYS, stories_per_day=1, start=START + timedelta(days=7)))
    assert not {row["text"] for row in rows} & {row["text"] for row in others}
    assert timedelta(days=7) <= datetime.fromisoformat(others[0]["_seen"]) - START < timedelta(days=8)


def test_whoever_changes_a_row_changes_nobody_elses(rows: list[Row], known: Known) -> None:
    next(simulate(**SMALL))["_actors"].append("Somebody Else")
    truth(**SMALL).planted.clear()
    assert next(simulate(**SMALL)) == rows[0]
    assert truth(**SMALL).as_json() == known


def test_too_few_days_are_refused() -> None:
    with pytest.raises(Misuse, match=str(LEAST_DAYS)):
        next(simulate(days=LEAST_DAYS - 1))


def test_rows_have_the_documented_fields(rows: list[Row]) -> None:
    fields = get_type_hints(Row)
    for row in rows:
        assert row.keys() == fields.keys()
        for name in ("url", "title", "text", "source", "_story", "_event", "_owner"):
            assert isinstance(row[name], str)  # type: ignore[literal-required]
            assert row[name]  # type: ignore[literal-required]
        assert row["language"] in LANGUAGES
        assert row["_actors"] == sorted(set(row["_actors"]))
        assert all(set(joint) <= set(row["_actors"]) for joint in row["_joint"])
        for time in (row["published"], row["_seen"]):
            assert stamp(datetime.fromisoformat(time)) == time
    assert {row["_kind"] for row in rows} == KINDS | COPIES
    assert {row["_form"] for row in rows} == {"", "digest", "list", "newsletter"}
    assert {row["language"] for row in rows} == set(LANGUAGES)


def test_rows_stand_where_their_outlet_prints(rows: list[Row]) -> None:
    domains = {(outlet.source, outlet.language, outlet.owner): outlet.domain for outlet in outlets()}
    for row in rows:
        domain = domains[row["source"], row["language"], row["_owner"]]
        assert row["url"].startswith(f"https://{domain}/")


def test_an_archive_keeps_its_invariants(rows: list[Row], known: Known) -> None:
    assert violations(rows, known) == []


def test_pairs_are_planted_after_history_and_reported_inside_the_archive(rows: list[Row], known: Known) -> None:
    stories = {row["_story"] for row in rows}
    assert len(known["planted"]) > 30
    for plan in known["planted"]:
        times = [report["time"] for report in plan["reports"]]
        assert known["alerts_from"] <= times[0]
        assert times == sorted(times)
        assert {report["story"] for report in plan["reports"]} <= stories
        assert plan["owners"] == len({report["owner"] for report in plan["reports"]}) >= 2
    tags = Counter(tag for plan in known["planted"] for tag in plan["tags"])
    assert tags.keys() >= {"hub", "middle", "tail", "listed-before", "denied", "clock", "invented", "apart"}


Spoiler = Callable[[list[Row], Known], None]


def change(rows: list[Row], place: int, **fields: object) -> None:
    rows[place] = rows[place] | fields  # type: ignore[assignment, operator]


def find(rows: list[Row], fits: Callable[[Row], bool]) -> int:
    return next(place for place, row in enumerate(rows) if fits(row))


def swap_the_first_and_the_last(rows: list[Row], known: Known) -> None:
    rows[0], rows[-1] = rows[-1], rows[0]


def give_two_stories_one_address(rows: list[Row], known: Known) -> None:
    other = find(rows, lambda row: row["_story"] != rows[0]["_story"])
    change(rows, other, url=rows[0]["url"])


def let_a_planted_pair_meet_before(rows: list[Row], known: Known) -> None:
    plan = next(plan for plan in known["planted"] if "listed-before" not in plan["tags"])
    change(rows, 0, _actors=plan["actors"])


def lose_a_roundup(rows: list[Row], known: Known) -> None:
    rows[:] = [row for row in rows if row["_trap"] != "listed-before"]


def plant_a_pair_twice(rows: list[Row], known: Known) -> None:
    known["planted"] = [*known["planted"], known["planted"][0]]


def plant_a_habitual_pair(rows: list[Row], known: Known) -> None:
    known["habitual"] = [*known["habitual"], {"actors": known["planted"][0]["actors"]}]


def plant_somebody_unknown(rows: list[Row], known: Known) -> None:
    plan = known["planted"][0]
    known["planted"] = [plan | {"seen_before": dict.fromkeys(plan["actors"], 3)}, *known["planted"][1:]]


def give_all_reports_one_owner(rows: list[Row], known: Known) -> None:
    plan = known["planted"][0]
    reports = [report | {"owner": "Me"} for report in plan["reports"]]
    known["planted"] = [plan | {"reports": reports}, *known["planted"][1:]]


def sign_all_reports_of_a_pair(rows: list[Row], known: Known) -> None:
    stories = {report["story"] for report in known["planted"][0]["reports"]}
    for place, row in enumerate(rows):
        if row["_story"] in stories:
            change(rows, place, _agency="AFP")


def sign_a_story_twice(rows: list[Row], known: Known) -> None:
    signed = find(rows, lambda row: row["_agency"] != "" and row["_kind"] != "original")
    change(rows, signed, _agency="Another")


def name_nobody(rows: list[Row], known: Known) -> None:
    change(rows, find(rows, lambda row: bool(row["_actors"])), title="", text="Nothing happened.")


def leave_a_slot_open(rows: list[Row], known: Known) -> None:
    change(rows, 0, text=rows[0]["text"] + " {A}")


def copy_an_independent_report(rows: list[Row], known: Known) -> None:
    firsts: dict[tuple[str, str], Row] = {}
    for place, row in enumerate(rows):
        if row["_kind"] == "original":
            first = firsts.setdefault((row["_event"], row["language"]), row)
            if first["_story"] != row["_story"]:
                change(rows, place, text=first["text"])
                return


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (swap_the_first_and_the_last, "not in the order"),
        (give_two_stories_one_address, "of two stories"),
        (let_a_planted_pair_meet_before, "together before"),
        (lose_a_roundup, "said to be listed before"),
        (plant_a_pair_twice, "planted twice"),
        (plant_a_habitual_pair, "planted, and habitual"),
        (plant_somebody_unknown, "in 3 stories before"),
        (give_all_reports_one_owner, "no two reports are independent"),
        (sign_all_reports_of_a_pair, "no two reports are independent"),
        (sign_all_reports_of_a_pair, "are signed by AFP"),
        (sign_a_story_twice, "signed by ["),
        (name_nobody, "is not in the text"),
        (leave_a_slot_open, "slot was left open"),
        (copy_an_independent_report, "in common"),
    ],
)
def test_a_broken_invariant_is_told(rows: list[Row], known: Known, spoil: Spoiler, told: str) -> None:
    spoilt, spoilt_truth = list(rows), dict(known)
    spoil(spoilt, spoilt_truth)
    assert any(told in line for line in violations(spoilt, spoilt_truth))


def test_only_what_an_agency_signed_bears_its_sign(rows: list[Row]) -> None:
    signs = {
        (agency.name, language): [sign for sign in (agency.dateline, agency.closing) if sign]
        for language, known_there in agencies().items()
        for agency in known_there
    }
    for row in rows:
        expected = signs.get((row["_agency"], row["language"]), [])
        assert bool(row["_agency"]) == any(sign in row["text"] for sign in expected), row["url"]
        if not row["_agency"]:
            assert not any(row["text"].startswith(sign) for some in signs.values() for sign in some), row["url"]
    assert sum(bool(row["_agency"]) for row in rows) > len(rows) / 4


def test_without_an_agency_a_text_stays_in_its_group(rows: list[Row]) -> None:
    owner_of: dict[str, str] = {}
    for row in rows:
        if row["_kind"] in KINDS:
            owner_of.setdefault(row["_story"], row["_owner"])
        elif not row["_agency"] and row["_kind"] != "translation":
            assert row["_owner"] == owner_of[row["_story"]], row["url"]


@pytest.fixture(scope="module")
def world() -> World:
    return World(Random(1))


def wired(world: World, reporting: list[Outlet]) -> list[Row]:
    """All that is printed of one happening which each of these outlets has from an agency."""
    desk = Desk(world, Random(1), START, days=LEAST_DAYS, per_day=1)
    actor = world.crowd[0]
    event = desk.happening([actor], START)
    press = Press(world, 1, desk.end)
    for outlet in reporting:
        content = partial(Composer.about, actor=actor, partners=())
        report = desk.report(event, START, outlet, "original", content, spread=0)
        report.wire_copies, report.group_copies, report.translations = 5, 0, 0
        press.print(report)
    return press.rows()


def test_agencies_sign_one_report_of_a_happening_each_while_there_are_any(world: World) -> None:
    papers = [outlet for outlet in world.by_language["en"] if not outlet.invented][:8]
    first = {row["source"]: row for row in wired(world, papers) if row["_kind"] == "original"}
    signs = [first[paper.source]["_agency"] for paper in papers]
    many = len(agencies()["en"])
    assert sorted(signs[:many]) == sorted(agency.name for agency in agencies()["en"])
    assert signs[many:] == [""] * (len(papers) - many)


def test_agencies_are_the_same_in_all_languages(world: World) -> None:
    one = world.by_language["fr"][0]  # where there is AFP only
    others = world.by_language["pt"][:2]
    signs = {row["_agency"] for row in wired(world, [one, *others]) if row["_kind"] == "original"}
    assert signs == {"AFP", "Lusa", ""}


def test_a_report_that_finds_no_agency_is_copied_in_its_group_only(world: World) -> None:
    german = world.by_language["de"]
    grouped = next(outlet for outlet in german if outlet.owner == "Fernbach Regionalverlag")
    alone = next(outlet for outlet in german if outlet.owner == outlet.source)
    for last, kinds in ((grouped, {"original", "group-copy", "near-copy"}), (alone, {"original"})):
        first = next(outlet for outlet in german if outlet.owner != last.owner)
        printed = wired(world, [first, last])
        mine = [row for row in printed if row["_story"] == "s00002" and row["_kind"] != "revision"]
        assert {row["_agency"] for row in printed if row["_story"] == "s00001"} == {"dpa"}
        assert {row["_agency"] for row in mine} == {""}
        assert {row["_owner"] for row in mine} == {last.owner}
        assert {row["_kind"] for row in mine} <= kinds
        assert len(mine) == (6 if last is grouped else 1)


def test_the_table_of_owners_tells_the_product_who_owns_the_invented_outlets(rows: list[Row], tmp_path: Path) -> None:
    write_outlets(tmp_path / "outlets.tsv")
    lines = (tmp_path / "outlets.tsv").read_text("utf-8").splitlines()
    table = dict(line.split("\t") for line in lines)
    assert table.pop("domain") == "owner"
    assert len(table) == len(lines) - 1
    owners = load_owners(tmp_path / "outlets.tsv")
    printed = {urlsplit(row["url"]).netloc: row["_owner"] for row in rows}
    invented = {domain: owner for domain, owner in printed.items() if domain.endswith(".example")}
    assert invented.items() <= table.items()
    assert len(set(invented.values())) < len(invented)
    assert all(domain.endswith(".example") for domain in table)
    assert all(owners.owner_of(domain) == owner for domain, owner in table.items())


def test_nothing_appears_outside_of_the_archives_days(rows: list[Row]) -> None:
    end = START + timedelta(days=SMALL["days"])
    assert stamp(START) <= rows[0]["_seen"]
    assert rows[-1]["_seen"] < stamp(end)
