"""Numbers, and what is counted in units: money, percentages, quantities; exact, about, as a range or as a bound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canonry.values.estimates import estimated
from canonry.values.units import CURRENCIES, DOLLARS, FOLDED, SYMBOLS, TEMPERATURES, UNITS
from canonry.values.value import Value
from canonry.values.written import EXACT, SCALES, SPELT, WRITTEN, numeral, ordinal, shown

if TYPE_CHECKING:
    from decimal import Decimal

    Amount = tuple[Decimal, str]  # how many, of what ("" where nothing is said)

_NAMED = "|".join(re.escape(c) for c in sorted(CURRENCIES.keys() - SYMBOLS.keys(), key=len, reverse=True))
_SYMBOL = "|".join(re.escape(c) for c in sorted(SYMBOLS, key=len, reverse=True))
_MONEY_SCALES = {**SCALES, "m": 10**6, "mn": 10**6, "b": 10**9, "tn": 10**12}
_SCALED = "|".join(sorted(_MONEY_SCALES, key=len, reverse=True))
_MONEY = re.compile(
    rf"([-+]?)\s?((?:{_NAMED})\b)?\s?({_SYMBOL})?\s?([-+]?)\s?({WRITTEN}|{SPELT})\s?(?:({_SCALED})\b\.?)?\s?({_SYMBOL})?\s?(?:\b({_NAMED})\b)?",
    re.IGNORECASE,
)
_ENCLOSED = re.compile(r"([^()]{0,6})\(([^()]+)\)([^()]{0,6})")
_PENCE = re.compile(rf"({WRITTEN})\s?p(?:ence)?", re.IGNORECASE)
_POINTS = re.compile(r"(.*\S)\s?(?:percentage[- ]points?|%[- ]?points?|p\.?p\.?|pps|(basis points?|bps?))", re.IGNORECASE)
_PERCENT = re.compile(r"(.*\S)\s?(?:(%|per ?cent|pct\.?)|(‰|per ?mille))", re.IGNORECASE)
_QUANTITY = re.compile(
    rf"([-+]?\s?(?:{WRITTEN}(?: ?[13]/[24])?|{SPELT}|half an?|an?)(?: (?:million|billion|thousand))?)[\s-]?([^\d,.\s-].{{0,15}})",
    re.IGNORECASE,
)
_WORDY = {"square": "2", "sq": "2", "sq.": "2", "cubic": "3", "cu": "3"}
_KMH = frozenset(("km/h", "kmh", "kph", "kilometres per hour", "kilometers per hour"))


def number(text: str, mark: str | None = None) -> Value | None:
    """A number; `5th` is 5."""

    def read(part: str) -> Amount | None:
        made = numeral(part, mark)
        made = ordinal(part.lower()) if made is None else made
        return None if made is None else (made, "")

    return estimated(text, read, lambda n, _: Value(shown(n)))


def money(text: str, mark: str | None = None) -> Value | None:
    """An amount with its currency, where it says one."""
    return estimated(text, lambda part: _read_money(part, mark), _show_money)


def _read_money(text: str, mark: str | None) -> Amount | None:
    if enclosed := _ENCLOSED.fullmatch(text):
        inner = _read_money(f"{enclosed[1]}{enclosed[2]}{enclosed[3]}", mark)
        return (-inner[0], inner[1]) if inner and inner[0] > 0 else None
    if pence := _PENCE.fullmatch(text):
        made = numeral(pence[1], mark)
        return (made.scaleb(-2, EXACT), "GBP") if made is not None else None
    if text.endswith("-"):
        text = "-" + text[:-1]
    found = _MONEY.fullmatch(text)
    if not found or (found[1] and found[4]):
        return None
    units = {CURRENCIES[c.lower()] for c in (found[2], found[3], found[7], found[8]) if c}
    if len(units) > 1 and "$" in (found[3], found[7]) and units <= DOLLARS:
        units -= {"USD"}
    amount = numeral(found[1] + found[4] + found[5], mark)
    if amount is None or len(units) > 1:
        return None
    return EXACT.multiply(amount, _MONEY_SCALES.get((found[6] or "").lower(), 1)), next(iter(units), "")


def _show_money(amount: Decimal, unit: str) -> Value:
    whole, _, cents = shown(amount).partition(".")
    return Value(f"{whole}.{cents:<02} {unit}".strip(), unit or None)


def percent(text: str, mark: str | None = None) -> Value | None:
    """A share: `80 %` is 0.8; percentage points stay apart: `5 pp`."""

    def read(part: str) -> Amount | None:
        points = _POINTS.fullmatch(part)
        found = points or _PERCENT.fullmatch(part)
        made = numeral(found[1].strip() if found else part, mark)
        if made is None or not found:
            return None if made is None else (made, "")
        if points:
            return made.scaleb(-2 if points[2] else 0, EXACT), "pp"
        return made.scaleb(-3 if found[3] else -2, EXACT), "%"

    def show(share: Decimal, unit: str) -> Value:
        return Value(f"{shown(share)} pp", "pp") if unit == "pp" else Value(shown(share))

    def both(part: str) -> Amount | None:  # in `5-10 %` the sign goes for both ends, so it is read with each
        return read(part)

    return estimated(text, both, show)


def quantity(text: str, mark: str | None = None) -> Value | None:
    """A quantity in its SI base; capitals count where they tell units apart (mW, MW)."""

    def read(part: str) -> Amount | None:
        found = _QUANTITY.fullmatch(part)
        made = numeral(re.sub(r"^an?$", "one", found[1], flags=re.IGNORECASE), mark) if found else None
        return _based(made, found[2].strip()) if found and made is not None else None

    return estimated(text, read, lambda n, unit: Value(shown(n), unit))


def _based(number: Decimal, unit: str) -> Amount | None:
    low = unit.lower().rstrip(".")
    if low in TEMPERATURES:
        factor, added = TEMPERATURES[low]
        return EXACT.add(EXACT.multiply(number, factor), added), "K"
    if low in _KMH:  # a third of something is not exact in decimals: kept in its own unit
        return number, "km/h"
    power, _, rest = low.partition(" ")
    if rest and power in _WORDY:
        one = FOLDED.get(rest) or FOLDED.get(rest.removesuffix("s"))
        size = int(_WORDY[power])
        return (EXACT.multiply(number, EXACT.power(one[1], size)), f"m{size}") if one and one[0] == "m" else None
    base = UNITS.get(unit) or FOLDED.get(low) or FOLDED.get(low.removesuffix("s"))
    return (EXACT.multiply(number, base[1]), base[0]) if base else None
