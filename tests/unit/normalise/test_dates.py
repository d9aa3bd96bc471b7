import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.normalise.dates import parse_date

SEEN = datetime(2024, 6, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Wed, 19 Jun 2024 10:30:15 GMT", "2024-06-19T10:30:15"),
        ("Fri, 19 Jun 2024 10:30:15 +0200", "2024-06-19T08:30:15"),
        ("19 Jun 24 10:30 EST", "2024-06-19T15:30:00"),
        ("Wed, 19 June 2024 10:30:15 PDT", "2024-06-19T17:30:15"),
        ("Wed,19 Jun 2024 10:30:15 CEST", "2024-06-19T08:30:15"),
        ("Wed, 19 Jun 2024 10:30:15 MSK", "2024-06-19T07:30:15"),
        ("Wed, 19 Jun 2024 10:30:15 JST", "2024-06-19T01:30:15"),
        ("Wed, 19 Jun 2024 10:30:15 GMT+0530", "2024-06-19T05:00:15"),
        ("Wed, 19 Jun 2024 10:30:15 -0000", "2024-06-19T10:30:15"),
        ("Wed Jun 19 10:30:15 UTC 2024", "2024-06-19T10:30:15"),
        ("Wed Jun 19 10:30:15 +0000 2024", "2024-06-19T10:30:15"),
        ("Wed, 19 Jun 2024 24:00:00 GMT", "2024-06-20T00:00:00"),
        ("Mon, 31 Dec 1990 23:59:60 GMT", "1990-12-31T23:59:59"),
        ("2024-06-19T10:30:15Z", "2024-06-19T10:30:15"),
        ("2024-06-19t10:30:15z", "2024-06-19T10:30:15"),
        ("2024-06-19T10:30:15.123456789+02:00", "2024-06-19T08:30:15.123456"),
        ("2024-06-19T10:30:15,5-0330", "2024-06-19T14:00:15.500000"),
        ("2024-06-19 10:30 +02", "2024-06-19T08:30:00"),
        ("2024-06-19T10:30+00:00", "2024-06-19T10:30:00"),
        ("20240619T103015Z", "2024-06-19T10:30:15"),
        ("2024/06/19 10:30:15 UTC", "2024-06-19T10:30:15"),
        ("1718793015", "2024-06-19T10:30:15"),
        ("1718793015123", "2024-06-19T10:30:15"),
        ("1718793015.25", "2024-06-19T10:30:15"),
        ("1901-02-03T00:00:00Z", "1901-02-03T00:00:00"),
        ("June 19, 2024 10:30 PM EDT", "2024-06-20T02:30:00"),
        ("June 19, 2024 at 12:05 a.m. GMT", "2024-06-19T00:05:00"),
        ("Thu, 20 Jun 2024 23:00:00 GMT", "2024-06-20T23:00:00"),
    ],
)
def test_dates_with_a_zone(raw: str, expected: str) -> None:
    parsed = parse_date(raw, seen=SEEN)
    assert parsed.value == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert parsed.flags == ()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2024-06-19T10:30:15", "2024-06-19T10:30:15"),
        ("2024-06-19", "2024-06-19T00:00:00"),
        ("2024-06", "2024-06-01T00:00:00"),
        ("20240619", "2024-06-19T00:00:00"),
        ("20240619103015", "2024-06-19T10:30:15"),
        ("19 Jun 2024", "2024-06-19T00:00:00"),
        ("Wed, 19 Jun 2024 10:30:15 XYZT", "2024-06-19T10:30:15"),
        ("Wed, 19 Jun 2024 10:30:15 +9900", "2024-06-19T10:30:15"),
        ("mercredi 19 juin 2024 à 10h30", "2024-06-19T10:30:00"),
        ("mar. 18 juin 2024 - 10:30", "2024-06-18T10:30:00"),
        ("1er août 2023", "2023-08-01T00:00:00"),
        ("3 févr. 2024", "2024-02-03T00:00:00"),
        ("Mittwoch, 19. Juni 2024, 10:30 Uhr", "2024-06-19T10:30:00"),
        ("5. März 2024 10.30 Uhr", "2024-03-05T10:30:00"),
        ("19 de junio de 2024, 10:30", "2024-06-19T10:30:00"),
        ("19 de março de 2024 10:30", "2024-03-19T10:30:00"),
        ("mercoledì 19 giugno 2024", "2024-06-19T00:00:00"),
        ("19 июня 2024 г., 10:30", "2024-06-19T10:30:00"),
        ("5 мая 2024", "2024-05-05T00:00:00"),
        ("19 червня 2024, 10:30", "2024-06-19T10:30:00"),
        ("19 czerwca 2024 10:30", "2024-06-19T10:30:00"),
        ("19 Haziran 2024", "2024-06-19T00:00:00"),
        ("١٩ يونيو ٢٠٢٤", "2024-06-19T00:00:00"),
        ("2024年6月19日 10:30", "2024-06-19T10:30:00"),
        ("2024년 6월 19일 10:30", "2024-06-19T10:30:00"),
        ("19.06.2024 10:30", "2024-06-19T10:30:00"),
        ("05/06/2024", "2024-06-05T00:00:00"),
        ("06/19/2024", "2024-06-19T00:00:00"),
        ("06/05/2024 10:30:00 AM", "2024-06-05T10:30:00"),
        ("06/12/2024", "2024-06-12T00:00:00"),
    ],
)
def test_dates_without_a_zone_are_utc_and_say_so(raw: str, expected: str) -> None:
    parsed = parse_date(raw, seen=SEEN)
    assert parsed.value == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert parsed.flags == ("date-zone-assumed",)


@pytest.mark.parametrize(
    "raw",
    [
        "1899-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2024-06-21T12:00:01Z",
    ],
)
def test_impossible_moments_are_clamped_to_the_time_of_reading(raw: str) -> None:
    parsed = parse_date(raw, seen=SEEN)
    assert parsed.value == SEEN
    assert parsed.flags == ("date-clamped",)


@pytest.mark.parametrize("raw", [None, "", "  \n"])
def test_a_missing_date(raw: str | None) -> None:
    assert parse_date(raw, seen=SEEN).flags == ("no-date",)
    assert parse_date(raw, seen=SEEN).value is None


@pytest.mark.parametrize(
    "raw",
    [
        "yesterday",
        "0",
        "-1",
        "31 Feb 2024",
        "2024-13-01",
        "2024-06-19T25:00:00Z",
        "99999999999999999999",
        "June",
        "1 2 3",
        "9" * 5000,
    ],
)
def test_an_unreadable_date(raw: str) -> None:
    assert parse_date(raw, seen=SEEN).flags == ("date-unreadable",)
    assert parse_date(raw, seen=SEEN).value is None


@settings(deadline=None)
@given(st.text(max_size=130) | st.text(st.sampled_from("0123456789-/:.T+Z GMTamp,Junрмя年"), max_size=40))
def test_nothing_makes_it_raise_and_what_stands_is_in_range(raw: str) -> None:
    value = parse_date(raw, seen=SEEN).value
    assert value is None or (value.year >= 1900 and value <= SEEN + timedelta(hours=24))


@settings(deadline=None)
@given(
    st.datetimes(datetime(1901, 1, 1), datetime(2024, 6, 19)).map(lambda moment: moment.replace(microsecond=0)),
    st.integers(-12 * 60, 14 * 60),
)
def test_written_dates_are_read_back(moment: datetime, offset: int) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert parse_date(local.isoformat(), seen=SEEN).value == local
    assert parse_date(local.strftime("%a, %d %b %Y %H:%M:%S %z"), seen=SEEN).value == local


@pytest.mark.parametrize("unit", ["1", "1:", "a.", "+1", " ", "12:", "年", "1-"])
def test_hostile_length_costs_nothing(unit: str) -> None:
    started = time.process_time()
    parse_date(unit * 1_000_000, seen=SEEN)
    parse_date((unit * 120)[:120], seen=SEEN)
    assert time.process_time() - started < 0.5


def test_the_table_of_months_is_cldrs() -> None:
    """Of the release of babel that is pinned; `python -m services.normalise.month_names` writes it anew."""
    from services.normalise.month_names import TABLE, names_of_cldr

    assert json.loads(TABLE.read_bytes()) == names_of_cldr()
