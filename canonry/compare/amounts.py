"""Numbers and dates in a statement, with the bound or the vagueness they are said with, as intervals that can be compared."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from canonry.days import MONTHS
from canonry.text import STOPWORDS
from canonry.values.units import SPANS
from canonry.values.written import NUMERAL, SPELT, numeral

_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_ABOVE = "more than|over|above|greater than|higher than|exceeding|exceeds?|in excess of|after|beyond|later than"
_LEAST = "at least|no fewer than|no less than|not less than|a minimum of|minimum of|from|since"
_BELOW = "less than|fewer than|under|below|lower than|before|almost|nearly|just short of|earlier than"
_MOST = "at most|up to|no more than|not more than|a maximum of|maximum of|within|until|by"
_ABOUT = "about|around|approximately|roughly|some|circa"
_BOUND = rf"(?:\b(?P<bound>{_LEAST}|{_MOST}|{_ABOVE}|{_BELOW}|{_ABOUT})\s+(?:the\s)?)?"
_UNIT = (
    rf"\s?%|\s?per ?cent\b|\s?[ap]\.?m\b|\s(?:dollars|euros|pounds)\b|"
    rf"[\s-]?(?:(?:business|working|calendar)\s)?(?:{'|'.join(SPANS)})s?\b"
)
_NUMBER = re.compile(
    rf"{_BOUND}(?:us\s?)?(?P<money>[$£€¥]\s?)?"
    rf"(?P<number>(?<![\w.,-]){NUMERAL}|{SPELT})(?P<clock>:\d\d)?(?:st|nd|rd|th)?"
    rf"(?:\s?-?(?P<scale>{'|'.join(_SCALES)})\b)?(?P<unit>{_UNIT})?(?P<more>\s(?:or more|or less|or fewer|or above)\b|\+)?"
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"sept|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\.?"
)  # of `MONTHS` only the English names: "set", "out" and "ago" are words
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?!\d)(?:st|nd|rd|th)?"
_YEAR = r"(?:1[0-9]|20)\d\d\b(?![,.]\d)"
_DATE = re.compile(
    rf"{_BOUND}(?:(?P<y1>{_YEAR})-(?P<m1>\d\d)-(?P<d1>\d\d)\b|\b(?P<d2>{_DAY}) (?:of )?(?P<m2>{_MONTH})\b(?:,? ?,? (?P<y2>{_YEAR}))?|"
    rf"\b(?P<m3>{_MONTH}) (?P<d3>{_DAY})\b(?: ?,? (?P<y3>{_YEAR}))?|\b(?P<m4>{_MONTH}) ?,? (?P<y4>{_YEAR})|"
    rf"(?<![\w.,$-])(?P<y5>{_YEAR})(?! ?[%$]))"
)
_MONTH_DAYS, _YEAR_DAYS = 30.4, 365.25
_WORD = re.compile(r"[a-z]+")
_BEFORE, _AFTER = 3, 4  # words around a number that say what it counts


@dataclass(frozen=True)
class Amount:
    """A number or a date as it is said.

    Attributes:
        low, high: The interval it may lie in, in the base of its kind.
        kind: number, money, share, date, yearday (a date without its year), time or span (of time).
        said: The words.
        near: The words around it that say what it counts.
        is_limit: Whether it is said as a limit that holds (within, up to, at least), not as an observation (more than).
    """

    low: float
    high: float
    kind: str
    said: str
    near: frozenset[str] = frozenset()
    is_limit: bool = False

    def meets(self, other: Amount) -> bool:
        """Whether both can be true of one thing: the intervals share a point; two limits on one side must be the same."""
        if self.is_limit and other.is_limit and math.isinf(self.low) == math.isinf(other.low):
            return (self.low, self.high) == (other.low, other.high)
        return max(self.low, other.low) <= min(self.high, other.high)

    def middle(self) -> float:
        """A point of the interval."""
        ends = [x for x in (self.low, self.high) if math.isfinite(x)]
        return sum(ends) / len(ends)


@dataclass(frozen=True)
class Clash:
    """Two numbers of one kind that cannot both be true of one thing.

    Attributes:
        left, right: The numbers.
        is_counted: Whether the words around them say that they count the same thing.
    """

    left: Amount
    right: Amount
    is_counted: bool

    @property
    def is_bounded(self) -> bool:
        """Whether one of them is said with a bound."""
        return any(math.isinf(a.low) or math.isinf(a.high) for a in (self.left, self.right))

    @property
    def distance(self) -> float:
        """Difference as a share of the larger one, in [0, 2]; numbers far apart seldom mean one thing."""
        a, b = self.left.middle(), self.right.middle()
        return abs(a - b) / max(abs(a), abs(b), 1e-9)


@lru_cache(maxsize=65536)
def amounts(text: str) -> tuple[Amount, ...]:
    """Find the numbers and dates of a text in normal form, dates first.

    >>> [(a.low, a.high, a.kind) for a in amounts("at least 1.5 million users within two weeks")]
    [(1500000.0, inf, 'number'), (-inf, 14.0, 'span')]
    """
    found = [_dated(hit, text) for hit in _DATE.finditer(text)]
    blanked = _DATE.sub(lambda hit: " " * len(hit.group(0)), text)
    return tuple(found + [amount for hit in _NUMBER.finditer(blanked) if (amount := _counted(hit, text))])


def _dated(hit: re.Match[str], text: str) -> Amount:
    year, month, day = (
        next((hit[f"{k}{i}"] for i in range(1, 6) if f"{k}{i}" in hit.re.groupindex and hit[f"{k}{i}"]), None) for k in "ymd"
    )
    at = 0.0 if not month else (int(month) if month.isdigit() else MONTHS[month.rstrip(".")]) - 1.0
    start = at * _MONTH_DAYS + (int(re.sub(r"\D", "", day)) - 1 if day else 0)
    length = 0.5 if day else _MONTH_DAYS - 1 if month else _YEAR_DAYS - 1
    start += int(year) * _YEAR_DAYS if year else 0
    return _bounded(start, start + length, "date" if year else "yearday", hit, text)


def _counted(hit: re.Match[str], text: str) -> Amount | None:
    number = None if hit["number"] in _SCALES else numeral(hit["number"])
    if number is None:  # words that make no number: nine eleven, or what is left of 9.8+ million
        return None
    value, kind = _value(hit, float(number))
    return _bounded(value, value, kind, hit, text)


def _bounded(low: float, high: float, kind: str, hit: re.Match[str], text: str) -> Amount:
    bound = hit["bound"] or ""
    more = (hit["more"] or "").strip() if "more" in hit.re.groupindex else ""
    if bound and re.fullmatch(_ABOVE, bound):
        low, high = math.nextafter(high, math.inf), math.inf
    elif (bound and re.fullmatch(_LEAST, bound)) or more in ("+", "or more", "or above"):
        high = math.inf
    elif bound and re.fullmatch(_BELOW, bound):
        low, high = -math.inf, math.nextafter(low, -math.inf)
    elif (bound and re.fullmatch(_MOST, bound)) or more:
        low = -math.inf
    elif bound and kind not in ("date", "yearday"):
        low, high = low * 0.95, high * 1.05
    is_limit = bool(re.fullmatch(f"{_LEAST}|{_MOST}", bound)) and kind not in ("date", "yearday")
    words = _WORD.findall(text[: hit.start()])[-_BEFORE:] + _WORD.findall(text[hit.end() :])[:_AFTER]
    if kind in ("date", "yearday", "time"):
        words = []  # what happens then stands anywhere
    return Amount(low, high, kind, hit.group(0).strip(), frozenset(w.removesuffix("s") for w in words if w not in STOPWORDS), is_limit)


def _value(hit: re.Match[str], number: float) -> tuple[float, str]:
    unit = (hit["unit"] or "").strip(" -")
    if hit["scale"]:
        number *= _SCALES[hit["scale"]]
    span = re.sub(r"^(?:business|working|calendar)\s", "", unit)
    span = span if span in SPANS else span.removesuffix("s")
    if span in SPANS:
        base, factor = SPANS[span]
        return number * factor / 86400 if base == "s" else number * factor * _MONTH_DAYS, "span"
    if hit["clock"] or re.fullmatch(r"[ap]\.?m", unit):
        hour = number % 12 + (12 if unit.startswith("p") else 0) if unit else number
        return hour * 60 + (int(hit["clock"][1:]) if hit["clock"] else 0), "time"
    if hit["money"] or unit in ("dollars", "euros", "pounds"):
        return number, "money"
    return number, "share" if unit else "number"


def clashes(left: str, right: str) -> tuple[list[Clash], int]:
    """Compare the numbers of two texts in normal form, each of the text with fewer with its counterpart in the other.

    The counterpart is of the same kind and counts the same thing, as far as the words around both tell; among equals one that agrees.

    Returns:
        Pairs that cannot both be true, those first that count the same thing and are near each other; and how many numbers agree with
        their counterpart.
    """
    a, b = amounts(left), amounts(right)
    fewer, more, is_left = (a, b, True) if (len(a), left) <= (len(b), right) else (b, a, False)
    clashing, met = [], 0
    for amount in fewer:
        same = [o for o in more if o.kind == amount.kind]
        if not same:
            continue
        best = min(same, key=lambda o: (-len(o.near & amount.near), not o.meets(amount), abs(o.middle() - amount.middle()), o.said))
        if best.meets(amount):
            met += 1
        else:
            clashing.append(Clash(*((amount, best) if is_left else (best, amount)), bool(best.near & amount.near)))
    return sorted(clashing, key=lambda c: (not c.is_counted, c.distance)), met
