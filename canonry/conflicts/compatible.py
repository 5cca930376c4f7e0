"""Values that differ without contradicting each other, and values that look like slips of the pen."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from canonry.hierarchy import Hierarchy

_NUMBER = re.compile(r"P?T?(-?\d+(?:\.\d+)?)(.*)")
_DATE = re.compile(r"\d{4}(?:-\d{2})?")
_MONTHS = {m.casefold(): n for n, m in enumerate(calendar.month_name) if m}
_MONTH_OF = re.compile(rf"({'|'.join(_MONTHS)}) (\d{{4}})")
_YEAR = re.compile(r"\d{4}(?=$|-)")
_SCALED = re.compile(r"\d\s?(?:k|m|bn|million|billion|thousand)\b", re.IGNORECASE)
_SLIPS = tuple(Decimal(f) for f in ("10", "100", "1000", "1000000", "60", "3600", "1.609344", "0.45359237", "2.54", "0.3048"))
_OLDEST, _AHEAD = 1700, 100  # years that records of an organisation speak of: from here, and so far after the run
_LEAST_DIGITS = 4  # two digits changed about mean a slip only in a long number


@dataclass(frozen=True)
class Said:
    """A value as one side of a difference gives it.

    Attributes:
        value: Canonical.
        value_type: Its type.
        precision: exact, range, bound or approximate.
        verbatim: As written.
        is_estimate: Whether the words before it say that it is not exact.
        origins: Independent places that say so.
        unit: Of the value, where one is known.
    """

    value: str
    value_type: str
    precision: str = "exact"
    verbatim: str = ""
    is_estimate: bool = False
    origins: int = 1
    unit: str | None = None

    @property
    def is_coarse(self) -> bool:
        """Whether it gives a number in round figures: about 50, £1.2 million."""
        return self.is_estimate or self.precision == "approximate" or bool(_SCALED.search(self.verbatim))


def one_is_finer(sides: Sequence[Said], places: Hierarchy | None = None) -> bool:
    """Whether one side is the exact value and all others hold it more coarsely.

    Coarser are: a year or month for a day in it, a range for a value in it, a round or estimated number for one that rounds to it, a
    place for one that lies in it.

    >>> one_is_finer([Said("2024-03", "date"), Said("2024-03-15", "date")])
    True
    >>> one_is_finer([Said("50", "number", is_estimate=True), Said("48", "number")])
    True
    >>> one_is_finer([Said("50", "number"), Said("48", "number")])
    False
    """
    return finest(sides, places) is not None


def finest(sides: Sequence[Said], places: Hierarchy | None = None) -> Said | None:
    """The side that all others hold more coarsely, as `one_is_finer` tells."""
    return next((fine for fine in sides if all(side is fine or _contains(side, fine, places) for side in sides)), None)


def _contains(coarse: Said, fine: Said, places: Hierarchy | None) -> bool:
    if coarse.unit and fine.unit and coarse.unit != fine.unit:
        return False
    if places is not None and fine.value_type == "place":
        return places.is_above(coarse.value, fine.value)
    if coarse.precision == "range" and ".." in coarse.value and ".." not in fine.value:
        return _within(coarse.value, fine.value)
    if fine.value_type in ("date", "datetime") and fine.value.startswith(f"{_as_date(coarse.value)}-"):
        return True
    return coarse.is_coarse and not fine.is_coarse and _rounds(fine.value, coarse.value)


def _as_date(value: str) -> str:
    """A year or a month in the form of a date; `?` for all else."""
    found = _MONTH_OF.fullmatch(value)
    return f"{found[2]}-{_MONTHS[found[1]]:02d}" if found else value if _DATE.fullmatch(value) else "?"


def _within(span: str, value: str) -> bool:
    low, high = span.split("..", 1)
    unit = _NUMBER.fullmatch(high)
    ends = [_parts(low), _parts(high), _parts(value)]
    if unit and all(ends):
        (a, _), (b, base), (x, of) = ends  # type: ignore[misc]
        return a <= x <= b and of == base
    return low <= value <= high and len(low) == len(value)  # times and days sort as text


def _parts(value: str) -> tuple[Decimal, str] | None:
    found = _NUMBER.fullmatch(value)
    try:
        return (Decimal(found[1]), found[2]) if found else None
    except InvalidOperation:
        return None


def _rounds(exact: str, round_: str) -> bool:
    """Whether a number is the other one, given to as many figures as that has."""
    a, b = _parts(exact), _parts(round_)
    if not a or not b or a[1] != b[1] or not b[0]:
        return False
    figures = b[0].normalize().as_tuple()
    step = Decimal(1).scaleb(int(figures.exponent)) if isinstance(figures.exponent, int) else Decimal(1)
    return abs(a[0] - b[0]) <= step / 2


def looks_slipped(odd: Said, usual: Said, run_date: date) -> bool:
    """Whether a lone value is implausible beside the one that others agree on.

    It is, when it is a power of ten or a mistaken unit away, has two neighbouring digits changed about, or lies in a year of which the
    records cannot speak.

    >>> from datetime import date
    >>> looks_slipped(Said("2204-03-01", "date"), Said("2024-03-01", "date"), date(2024, 12, 31))
    True
    >>> looks_slipped(Said("14000", "number"), Said("1400", "number"), date(2024, 12, 31))
    True
    >>> looks_slipped(Said("15", "number"), Said("14", "number"), date(2024, 12, 31))
    False
    """
    return impossible(odd, run_date) or _swapped(odd.value, usual.value) or _is_scaled(odd, usual)


def impossible(said: Said, run_date: date) -> bool:
    """Whether a date lies in a year of which records cannot speak."""
    year = _YEAR.match(said.value) if said.value_type in ("date", "datetime") else None
    return bool(year) and not _OLDEST <= int(year[0]) <= run_date.year + _AHEAD  # type: ignore[index]


def _swapped(one: str, other: str) -> bool:
    a, b = ("".join(c for c in v if c.isdigit()) for v in (one, other))
    if len(a) != len(b) or len(a) < _LEAST_DIGITS or re.sub(r"\d", "0", one) != re.sub(r"\d", "0", other):
        return False
    differ = [i for i in range(len(a)) if a[i] != b[i]]
    return len(differ) == 2 and differ[1] - differ[0] == 1 and a[differ[0]] == b[differ[1]] and a[differ[1]] == b[differ[0]]  # noqa: PLR2004


def _is_scaled(odd: Said, usual: Said) -> bool:
    if odd.value_type not in ("number", "money", "percent", "quantity", "duration"):
        return False
    a, b = _parts(odd.value), _parts(usual.value)
    if not a or not b or not a[0] or not b[0] or a[1] != b[1]:
        return False
    ratio = max(a[0] / b[0], b[0] / a[0])
    return any(abs(ratio / f - 1) < Decimal("0.001") for f in _SLIPS)
