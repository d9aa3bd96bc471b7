"""Dates as feeds and pages write them: RFC 822, ISO 8601, epochs, and days with month names of many languages.

One tolerant reader of tokens instead of a list of formats: weekday names are ignored (feeds get them wrong), what is missing
is midnight, what contradicts itself is unreadable.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.normalise.month_names import month_number
from services.normalise.time_zones import OFFSET_MINUTES

FIRST_YEAR = 1900
_MAX_CHARS = 120
_AHEAD = timedelta(hours=24)
_MAX_OFFSET_MINUTES = 14 * 60

_EPOCH = re.compile(r"(\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[Tt ]?(\d\d)(\d\d)(\d\d)?)?")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s?[-/.年년]\s?(\d{1,2})(?:\s?[-/.月월]\s?(\d{1,2})[日일]?)?(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
_TIME = re.compile(
    r"(?<!\d)(\d{1,2})(?:(?::|h|시\s?|時)(\d\d)|\.(\d\d)(?=\s*(?:Uhr|uur|$)))(?:[:.분分m]\s?(\d\d))?(?:[.,](\d{1,9}))?(?!\d)"
    r"\s*([ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_HOUR_ONLY = re.compile(r"(?<!\d)(\d{1,2})\s*([ap]\.?m\b\.?)", re.IGNORECASE)
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?\s*([+\-\u2212])(\d{1,2}):?(\d\d)?(?!\d)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:\.(?=\s|\d|,|$))?")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """``value`` in UTC, or None; ``flags``: date-zone-assumed, date-clamped, date-unreadable, no-date."""

    value: datetime | None
    flags: tuple[str, ...] = ()


def parse_date(raw: str | None, *, seen: datetime) -> ParsedDate:
    """The moment that ``raw`` names; ``seen`` (aware) is when it was read. Never raises.

    Before 1900 or more than a day after ``seen``, the moment is ``seen`` (``date-clamped``); without a zone it is UTC
    (``date-zone-assumed``).
    """
    text = (raw or "")[: _MAX_CHARS + 1].strip()
    if not text:
        return ParsedDate(None, ("no-date",))
    if len(text) > _MAX_CHARS:
        return ParsedDate(None, ("date-unreadable",))
    try:
        moment, zoned = _read(text, seen)
    except OverflowError:  # the zone carries it out of the calendar: year 1 or 9999
        return ParsedDate(seen.astimezone(UTC), ("date-clamped",))
    except ValueError:
        return ParsedDate(None, ("date-unreadable",))
    flags = () if zoned else ("date-zone-assumed",)
    if moment.year < FIRST_YEAR or moment > seen + _AHEAD:
        return ParsedDate(seen.astimezone(UTC), (*flags, "date-clamped"))
    return ParsedDate(moment, flags)


def _read(text: str, seen: datetime) -> tuple[datetime, bool]:
    if match := _EPOCH.fullmatch(text):
        # Seconds, or that times a power of 1000.
        digits = match[1]
        power = {13: 3, 16: 6, 19: 9}.get(len(digits), 0)
        return datetime.fromtimestamp(int(digits) // 10**power, UTC), True
    if match := _COMPACT.match(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        offset, _ = _zone(text[match.end() :])
        return _moment(datetime(year, month, day), (hour, minute, second, 0), offset)
    clock, before, after = _clock(text)
    offset, rest = _zone(after)
    return _moment(_day(f"{before} {rest}", american=clock.american, seen=seen), clock.time, offset)


@dataclass(frozen=True, slots=True)
class _Clock:
    time: tuple[int, int, int, int] = (0, 0, 0, 0)  # hour, minute, second, microsecond
    american: bool = False


def _clock(text: str) -> tuple[_Clock, str, str]:
    """The time of day in ``text``, with what stands before and after it."""
    match = _TIME.search(text)
    if match:
        hour, minute = int(match[1]), int(match[2] or match[3])
        second, fraction, half = int(match[4] or 0), match[5] or "", match[6]
    elif match := _HOUR_ONLY.search(text):
        hour, minute, second, fraction, half = int(match[1]), 0, 0, "", match[2]
    else:
        day = _YEAR_FIRST.search(text) or _YEAR_LAST.search(text)
        end = day.end() if day else len(text)
        return _Clock(), text[:end], text[end:]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    microsecond = int((fraction + "000000")[:6]) if fraction else 0
    # A leap second has no datetime.
    time = (hour, minute, min(second, 59) if second == 60 else second, microsecond)
    return _Clock(time, bool(half)), text[: match.start()], text[match.end() :]


def _zone(after: str) -> tuple[int | None, str]:
    """Minutes east of Greenwich found in ``after`` (None when there is no zone that means something), and the remainder."""
    if match := _OFFSET.search(after):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        rest = after[: match.start()] + " " + after[match.end() :]
        if minutes <= _MAX_OFFSET_MINUTES:
            return (minutes if match[1] == "+" else -minutes), rest
        return None, rest
    for word in _WORD.finditer(after):
        minutes_or_none = OFFSET_MINUTES.get(word[0].upper())
        if minutes_or_none is not None:
            return minutes_or_none, after[: word.start()] + " " + after[word.end() :]
    return None, after


def _day(text: str, *, american: bool, seen: datetime) -> datetime:
    if match := _YEAR_FIRST.search(text):
        return datetime(int(match[1]), int(match[2]), int(match[3] or 1))
    if match := _YEAR_LAST.search(text):
        return _numeric_day(int(match[1]), int(match[3]), _year(match[4]), american and match[2] == "/", seen)
    months = [number for word in _WORD.finditer(text) if (number := month_number(word[0]))]
    numbers = _NUMBER.findall(text)
    if not months or len(numbers) != 2:
        raise ValueError("no day, month and year")
    # "mar. 18 juin" is a Tuesday in June: of two months, the first is a weekday's abbreviation.
    month = months[-1]
    if len(numbers[0]) > 2:
        numbers.reverse()
    return datetime(_year(numbers[1]), month, int(numbers[0]))


def _numeric_day(first: int, second: int, year: int, american: bool, seen: datetime) -> datetime:
    """``05/06/2024``: day first, as in most of the world, unless that is impossible, American by its clock, or not yet."""
    if second > 12 or (american and first <= 12):
        return datetime(year, first, second)
    day = datetime(year, second, first)
    if first <= 12 and day.replace(tzinfo=UTC) > seen + _AHEAD:
        return datetime(year, first, second)
    return day


def _year(digits: str) -> int:
    # RFC 2822, section 4.3.
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 50 else 1900)
    if len(digits) == 3:
        return year + 1900
    if len(digits) != 4:
        raise ValueError("no year")
    return year


def _moment(day: datetime, time: tuple[int, int, int, int], offset: int | None) -> tuple[datetime, bool]:
    hour, minute, second, microsecond = time
    if (hour, minute, second) == (24, 0, 0):
        day, hour = day + timedelta(days=1), 0
    local = day.replace(hour=hour, minute=minute, second=second, microsecond=microsecond, tzinfo=UTC)
    return local - timedelta(minutes=offset or 0), offset is not None
