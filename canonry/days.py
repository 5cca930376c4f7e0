"""Days as tables and front matter write them. A day that could be read in two ways is not guessed."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Order = Literal["day", "month"]

_NAMES = (  # English, German, Dutch, French, Spanish, Italian, Portuguese
    "jan january januar januari janvier janv enero ene gennaio gen janeiro",
    "feb february februar februari février fevrier févr fevr febrero febbraio fevereiro fev",
    "mar march mär märz maerz maart mrt mars marzo março marco",
    "apr april avril avr abril abr aprile",
    "may mai mei mayo maggio mag maio",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august augustus août aout agosto ago",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october okt oktober octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dez dezember décembre decembre déc diciembre dic dicembre dezembro",
)
MONTHS = {name: n for n, names in enumerate(_NAMES, 1) for name in names.split()}
"""Name of a month, in full or cut short, in lower case → its number."""
_CENTURY_TURN = 69  # as in POSIX: a year of two digits from here on is of the 1900s
_MONTHS_OF_YEAR = 12

_CLOCK = r"(?:(?:,?[Tt\s]|\s+at)\s*\d{1,2}[:.]\d{2}.*)?"
_WEEKDAY = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _CLOCK)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[Tt]\d{4,6}.*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _CLOCK)
_DAY_NAMED = re.compile(
    _WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th|er)?[.\s-]+(?:(?:of|de)\s+)?([^\W\d_]{3,10})[.,\s-]+(?:de\s+)?(\d{4})" + _CLOCK, re.IGNORECASE
)
_MONTH_NAMED = re.compile(r"(?:[^\W\d_]{2,12}\.?,\s+)?([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})" + _CLOCK, re.IGNORECASE)
_CJK = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日.*")


def order_of(texts: Iterable[str]) -> Order | None:
    """Whether a column writes day or month first, as far as its own values show it.

    >>> order_of(["03/04/2024", "25/12/2024"])
    'day'
    """
    found = [f for t in texts if (f := _YEAR_LAST.fullmatch(t.strip())) and f[2] != "." and not _has_year_anywhere(f)]
    pairs = [(int(f[1]), int(f[3])) for f in found]
    day, month = any(a > _MONTHS_OF_YEAR for a, _ in pairs), any(b > _MONTHS_OF_YEAR for _, b in pairs)
    return None if day == month else "day" if day else "month"


def parse_day(text: str, order: Order | None = None) -> date | None:
    """Read a day; of a timestamp the day as written, of ``03/04/2024`` only with a known order.

    A year of two digits is of 1969 to 2068, as POSIX reads it; it counts only where day and month are clear.

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
        return _day(f[3], MONTHS.get(f[2].casefold(), 0), f[1])
    if f := _MONTH_NAMED.fullmatch(text):
        return _day(f[3], MONTHS.get(f[1].casefold(), 0), f[2])
    f = _CJK.fullmatch(text)
    return _day(f[1], f[2], f[3]) if f else None


def _ordered(found: re.Match[str], order: Order | None) -> date | None:
    first, mark, second, year = found.groups()
    if _has_year_anywhere(found):
        return None
    if len(year) == 2:  # noqa: PLR2004
        year = f"{19 if int(year) >= _CENTURY_TURN else 20}{year}"
    if mark == "." or order == "day" or int(first) > _MONTHS_OF_YEAR or int(first) == int(second):
        return _day(year, second, first)
    return _day(year, first, second) if order == "month" or int(second) > _MONTHS_OF_YEAR else None


def _has_year_anywhere(found: re.Match[str]) -> bool:
    """24-03-14 may be of 2024 or of 2014."""
    return len(found[4]) == 2 and found[2] == "-"  # noqa: PLR2004


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
