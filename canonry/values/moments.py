"""Dates, times of day and both together."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from canonry.values.patterns import MONTH, MONTHS
from canonry.values.value import Value

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,? ?)"
_DAY = re.compile(
    rf"{_WEEKDAY}?(?:(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}})|"
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{MONTH}),? (?P<y1>\d{{4}})|"
    rf"(?P<m2>{MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>\d{{4}}))"
    r"(?:(?:t|,? (?:at )?)(?P<rest>\d{1,2}[:.]?\d{0,2}.*))?"
)
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.](\d{2})(?::\d{2}(?:\.\d+)?)?(?!\d)\s*([ap])?")
_HOUR = re.compile(r"(?<!\d)(\d{1,2})()\s*([ap])\.?m")
_BESIDE = re.compile(  # what may stand beside a time of day: its date, its zone, how sure it is
    r"(?:delayed|on time|scheduled|estimated|actual|"
    rf"[\d/.,()+\s-]|{MONTH}|{_WEEKDAY}|noon|midnight|\bat\b|\bon\b|\bm\b|\bz\b|utc|gmt|\b[ecmp][sd]?t\b|local|hrs?\b|\bh\b|t)*"
)
_REMARK = re.compile(r"\([^()]*\)|&nbsp;?|\*")  # 7:15 p.m. (Estimated)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?\s*(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?")


def day(text: str) -> Value | None:
    """The date that a text is; a time of day behind it does not count."""
    found = _DAY.fullmatch(text)
    if not found or (found["rest"] and clock(found["rest"]) is None):
        return None
    year, month, number = (found[k] or found[f"{k}1"] or found[f"{k}2"] for k in "ymd")
    at = int(month) if month.isdigit() else MONTHS[month.rstrip(".")]
    return Value(date(int(year), at, int(number)).isoformat())


def clock(text: str) -> Value | None:
    """The time of day in a text that may hold a date too (`12/02/2011 7:10a`); two times are a range."""
    text = _REMARK.sub(" ", text).strip()
    ends = re.fullmatch(r"(.+?)\s*(?:-|to|\.\.)\s*(.+)", text)
    if ends and all(_CLOCK.match(e) or _HOUR.match(e) for e in ends.groups()):
        low, high = _one(ends[1]), _one(ends[2])
        return Value(f"{low}..{high}", precision="range") if low and high else None
    made = _one(text)
    return Value(made) if made else None


def _one(text: str) -> str | None:
    found = _CLOCK.search(text) or _HOUR.search(text)
    if not found or not _BESIDE.fullmatch(f"{text[: found.start()]} {text[found.end() :]}"):
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None  # noqa: PLR2004


def moment(text: str) -> Value | None:
    """A date with its time in UTC, or a date alone. A time that names no zone is taken as UTC."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return day(text)
    zone = found[4] or "z"
    zone = "+00:00" if zone[0] not in "+-" else zone if len(zone) > 3 else f"{zone}:00"  # noqa: PLR2004
    at = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ':00'}{zone}").astimezone(UTC)
    return Value(f"{at.isoformat()[:19]}Z")
