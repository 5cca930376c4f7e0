"""Times of day, and times of a certain day."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from canonry.days import MONTHS, Order
from canonry.values.dates import as_day, day, stamped
from canonry.values.value import Value

_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,? ?)"
_OFFSETS = {  # zones of one offset, as RFC 5322 and the tz database have them: minutes east of Greenwich
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180, "est": -300,
    "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
    "jst": 540, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
_ZONE = "|".join(sorted((*_OFFSETS, "et", "ct", "mt", "pt", "ist"), key=len, reverse=True))
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:.h](\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?!\d)\s?(?:([ap])(?!\w*ril))?")
_HOUR = re.compile(r"(?<!\d)(\d{1,2})()()\s?([ap])\.?m|(?<!\d)(\d{2})(\d{2})\s?(?:hrs?|hours|h)\b")
_NAMED_HOUR = re.compile(r"\b(noon|midday|midnight)\b")
_BESIDE = re.compile(  # what may stand beside a time of day: its date, its zone, how sure it is
    r"(?:delayed|on time|scheduled|estimated|actual|"
    rf"[\d/.,()+\s-]|{_MONTH}|{_WEEKDAY}|noon|midnight|\bat\b|\bon\b|\bm\b|\b(?:{_ZONE})\b|local(?: time)?|uhr|o'clock|hrs?\b|\bh\b|t)*+"
)
_REMARK = re.compile(r"\([^()]*\)|\*")  # 7:15 p.m. (Estimated)
_NAMED_ZONE = re.compile(rf"(?<![a-z])({_ZONE})(?![a-z])|(?<=\d)\s?([+-]\d{{2}}(?::?\d{{2}})?)$")
_RANGE = re.compile(r"(?:from |between )?(.+?)\s?(?:-|\bto\b|\band\b|\buntil\b|\.\.)\s?(.+)")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,6})?)?\d{0,3}\s?(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?")
_APART = re.compile(r"(.+?)(?:,? at |, | |t)(\d{1,2}(?:[:.h]\d{2}|\s?[ap]\.?m).*)")
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])(\d{1,2})(?::?(\d{2}))?")


def clock(text: str) -> Value | None:
    """The time of day in a text that may hold a date too (`12/02/2011 7:10a`); two times are a range; a zone is its unit."""
    text = _REMARK.sub(" ", text).strip(" ,;")
    text = text.rstrip(".") if not text.endswith("m.") else text
    ends = _RANGE.fullmatch(text)
    if ends and all(
        _CLOCK.match(e) or _HOUR.match(e) or _NAMED_HOUR.match(e) or (i == 0 and e.isdigit()) for i, e in enumerate(ends.groups())
    ):
        half = re.search(r"[ap]\.?m", ends[2])
        low, high = _one(ends[1] + (half[0] if half and ends[1].isdigit() else "")), _one(ends[2])
        if low and high and low > high and ends[1].isdigit():  # 9-5pm
            low = _shown(int(ends[1]), 0, 0)
        return Value(f"{low}..{high}", _zone(ends[2]), "range") if low and high else None
    made = _one(text)
    return Value(made, _zone(text)) if made else None


def _one(text: str) -> str | None:
    found = _CLOCK.search(text)
    if not found:
        found = _HOUR.search(text)
        if found and found[5]:
            return _shown(int(found[5]), int(found[6]), 0) if _beside(text, found) else None
    if not found and (named := _NAMED_HOUR.search(text)):
        return ("00:00" if named[1] == "midnight" else "12:00") if _beside(text, named) else None
    if not found or not _beside(text, found):
        return None
    hour, half = int(found[1]), found[4]
    if half and not 0 < hour <= 12 and found[2] == "":  # noqa: PLR2004  (there is no 14 p.m. without minutes)
        return None
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return _shown(hour, int(found[2] or 0), int(found[3] or 0))


def _beside(text: str, found: re.Match[str]) -> bool:
    return _BESIDE.fullmatch(f"{text[: found.start()]} {text[found.end() :]}") is not None


def _shown(hour: int, minute: int, second: int) -> str | None:
    """Seconds are written only where there are some."""
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004
        return None
    return f"{hour:02d}:{minute:02d}" + (f":{second:02d}" if second else "")


def _zone(text: str) -> str | None:
    found = _NAMED_ZONE.search(text)
    return None if not found else (found[1] or found[2]).upper().replace("GMT", "UTC") if found[1] != "z" else "UTC"


def moment(text: str, order: Order | None = None) -> Value | None:
    """A date with its time in UTC, or a date alone. A time that names no zone is taken as UTC."""
    if found := _MOMENT.fullmatch(text):
        local = datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3] or ':00'}").replace(tzinfo=UTC)
        return _instant(local - _offset(found[4] or "z"))
    if (at := stamped(text)) and not re.fullmatch(r"\d{5}", text):
        return _instant(at)
    parts = _APART.fullmatch(text)
    if not parts:
        return day(text, order)
    made, on = _one(_REMARK.sub(" ", parts[2]).strip()), as_day(parts[1].rstrip(" ,"), order)
    zone = _NAMED_ZONE.search(parts[2])
    name = (zone[1] or zone[2]) if zone else "z"
    if not made or not on or (zone and zone[1] and zone[1] not in _OFFSETS):
        return None
    return _instant(datetime.fromisoformat(f"{on.isoformat()}T{made}").replace(tzinfo=UTC) - _offset(name))


def _offset(zone: str) -> timedelta:
    if zone in _OFFSETS:
        return timedelta(minutes=_OFFSETS[zone])
    found = _OFFSET.fullmatch(zone)
    minutes = int(found[2]) * 60 + int(found[3] or 0) if found else 0
    return timedelta(minutes=-minutes if found and found[1] == "-" else minutes)


def _instant(at: datetime) -> Value:
    whole = at.isoformat().removesuffix("+00:00")
    return Value((whole.rstrip("0") if "." in whole else whole) + "Z")
