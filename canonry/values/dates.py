"""Dates: a day, a month, a year, a day of any year; ranges and bounds of them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from canonry.days import MONTHS, Order, parse_day
from canonry.values.estimates import estimated
from canonry.values.value import Value

MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "last": -1}
_WEEKDAY_OF = re.compile(rf"(?:the )?({'|'.join(_NTH)}) ({'|'.join(_WEEKDAYS)}) (?:of|in) ({MONTH}),? (\d{{4}})")
_MONTH_OF = re.compile(rf"({MONTH}),? (?:of |de )?(\d{{4}})|(\d{{4}})[-/.年](\d{{1,2}})月?|(\d{{1,2}})/(\d{{4}})")
_QUARTER = re.compile(
    rf"q([1-4])[ /-]?(?:of )?(\d{{4}})|(\d{{4}})[ /-]?q([1-4])|(?:the )?({'|'.join(_NTH)}) quarter (?:of )?(\d{{4}})|"
    r"h([12])[ /-]?(\d{4})|(\d{4})[ /-]?h([12])|(?:the )?(first|second) half of (\d{4})"
)
_YEARLY = re.compile(
    rf"--(\d{{2}})-(\d{{2}})|(\d{{1,2}})(?:st|nd|rd|th)?\.? (?:of )?({MONTH})|({MONTH}) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?"
)
_VAGUE = re.compile(r"(?:early|mid|late|(?:the )?(?:beginning|start|middle|end) of)[- ](.+)")
_BOUND = re.compile(r"(?:(by|until|till|through)|(before|prior to)|(after)|(since|from|starting|as of|effective))(?: the)? (.+)")
_DAYS_OF = re.compile(rf"({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\s?(?:-|to|\.\.)\s?(\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})")
_ACROSS = re.compile(rf"(\d{{1,2}}(?:st|nd|rd|th)? {MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?)\s?(?:-|to|\.\.)\s?(.+ (\d{{4}}))")
_MONTHS_OF = re.compile(rf"({MONTH})\s?(?:-|to|\.\.)\s?({MONTH}),? (\d{{4}})")
_SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d{1,12})?")
_UNIX = re.compile(r"([1-3]\d{9})(\d{3})?(?:\.\d{1,9})?")
_LATEST_YEAR = 2999


def as_day(text: str, order: Order | None) -> date | None:
    """The one day that a text is: written as a date, or as the so-many-th weekday of a month."""
    if on := parse_day(text, order):
        return on
    if found := _WEEKDAY_OF.fullmatch(text):
        return _nth_weekday(_NTH[found[1]], _WEEKDAYS.index(found[2]), int(found[4]), MONTHS[found[3].rstrip(".")])
    return None


def stamped(text: str) -> datetime | None:
    """The moment of a spreadsheet's serial number of a day (1954 to 2118) or of a Unix time in seconds or milliseconds."""
    if _SERIAL.fullmatch(text):
        return datetime(1899, 12, 30, tzinfo=UTC) + timedelta(seconds=round(float(text) * 86400))
    found = _UNIX.fullmatch(text)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(found[1]), milliseconds=int(found[2] or 0)) if found else None


def day(text: str, order: Order | None = None) -> Value | None:
    """The date that a text is, as exactly as it says it: `2024-03-05`, `2024-03`, `2024`, of no year `--03-05`.

    A time of day behind it does not count. Quarters and halves are ranges of months.

    Args:
        text: In plain form.
        order: Whether the day or the month comes first in 03/04/2024; None: such a date is no date.
    """
    if _ISO.fullmatch(text):
        return Value(date.fromisoformat(text).isoformat())
    if found := _DAYS_OF.fullmatch(text):
        text = f"{found[2]} {found[1]} {found[4]}..{found[3]} {found[1]} {found[4]}"
    elif found := _ACROSS.fullmatch(text):
        text = f"{found[1]} {found[3]}..{found[2]}"
    elif found := _MONTHS_OF.fullmatch(text):
        text = f"{found[1]} {found[3]}..{found[2]} {found[3]}"
    if found := _BOUND.fullmatch(text):
        inner = _read(found[5], order)
        sign = ("<=", "<", ">", ">=")[[bool(g) for g in found.groups()[:4]].index(True)]
        return Value(sign + inner[0], precision="bound") if inner else None
    if found := _VAGUE.fullmatch(text):
        inner = _read(found[1], order)
        return Value(inner[0], precision="approximate") if inner and inner[1] in "my" else None
    return _period(text) or estimated(text, lambda part: _read(part.strip(), order), lambda at, _: Value(at))


def _read(text: str, order: Order | None) -> tuple[str, str] | None:
    """A date and how exact it is: d day, m month, y year, - day of any year."""
    if on := as_day(text, order):
        return on.isoformat(), "d"
    if at := stamped(text):
        return at.date().isoformat(), "d"
    if found := _MONTH_OF.fullmatch(text):
        year, month = found[2] or found[3] or found[6], MONTHS.get((found[1] or "").rstrip(".")) or int(found[4] or found[5])
        return (f"{date(int(year), month, 1):%Y-%m}".zfill(7), "m") if month <= 12 else None  # noqa: PLR2004
    if re.fullmatch(r"[12]\d{3}", text) and int(text) <= _LATEST_YEAR:
        return text, "y"
    if found := _YEARLY.fullmatch(text):
        name = found[4] or found[5]
        month = MONTHS[name.rstrip(".")] if name else int(found[1])
        return f"--{date(2000, month, int(found[2] or found[3] or found[6])):%m-%d}", "-"  # a year that has 29 February
    return None


def _period(text: str) -> Value | None:
    found = _QUARTER.fullmatch(text)
    if not found:
        return None
    quarter, half = found[1] or found[4] or found[5], found[7] or found[10] or found[11]
    year = next(y for y in (found[2], found[3], found[6], found[8], found[9], found[12]) if y)
    size = 3 if quarter else 6
    nth = int(quarter or half) if (quarter or half).isdigit() else _NTH[quarter or half]
    nth = 4 if nth == -1 else nth
    return Value(f"{year}-{size * (nth - 1) + 1:02d}..{year}-{size * nth:02d}", precision="range") if nth * size <= 12 else None  # noqa: PLR2004


def _nth_weekday(nth: int, weekday: int, year: int, month: int) -> date | None:
    first = (weekday - date(year, month, 1).weekday()) % 7 + 1
    length = monthrange(year, month)[1]
    number = first + 7 * ((length - first) // 7) if nth == -1 else first + 7 * (nth - 1)
    return date(year, month, number) if number <= length else None
