"""Days as tables and front matter write them. A day that could be read in two ways is not guessed."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Order = Literal["day", "month"]

_CLOCK = r"(?:,?[T\s]\s*\d{1,2}[:.]\d{2}.*)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _CLOCK)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{4,6}.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _CLOCK)
_DAY_NAMED = re.compile(r"(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[.\s-]+([a-z]{3,9})[.,\s-]+(\d{4})" + _CLOCK, re.IGNORECASE)
_MONTH_NAMED = re.compile(r"(?:[a-z]+,\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _CLOCK, re.IGNORECASE)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")


def order_of(texts: Iterable[str]) -> Order | None:
    """Whether a column writes day or month first, as far as its own values show it.

    >>> order_of(["03/04/2024", "25/12/2024"])
    'day'
    """
    pairs = [(int(f[1]), int(f[3])) for t in texts if (f := _YEAR_LAST.fullmatch(t.strip())) and f[2] != "."]
    day, month = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)  # noqa: PLR2004  (months in a year)
    return None if day == month else "day" if day else "month"


def parse_day(text: str, order: Order | None = None) -> date | None:
    """Read a day; of a timestamp the day as written, of ``03/04/2024`` only with a known order.

    >>> parse_day("2024-03-04T10:00:00Z"), parse_day("4 March 2024"), parse_day("03/04/2024")
    (datetime.date(2024, 3, 4), datetime.date(2024, 3, 4), None)
    """
    text = text.strip()
    if f := _YEAR_FIRST.fullmatch(text):
        return _day(f[1], f[3], f[4])
    if f := _COMPACT.fullmatch(text):
        return _day(f[1], f[2], f[3])
    if f := _YEAR_LAST.fullmatch(text):
        return _ordered(f, order)
    if f := _DAY_NAMED.fullmatch(text):
        return _day(f[3], _month(f[2]), f[1])
    if f := _MONTH_NAMED.fullmatch(text):
        return _day(f[3], _month(f[1]), f[2])
    return None


def _ordered(found: re.Match[str], order: Order | None) -> date | None:
    first, mark, second, year = found.groups()
    if mark == "." or order == "day" or int(first) > 12 or first == second:  # noqa: PLR2004
        return _day(year, second, first)
    return _day(year, first, second) if order == "month" or int(second) > 12 else None  # noqa: PLR2004


def _month(name: str) -> int:
    return next((n for n, full in enumerate(_MONTHS, 1) if full.startswith(name.lower())), 0)


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
