"""Numbers and what is counted in units: money, percentages, quantities, durations; exact, about, as a range or as a bound."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from canonry.values.patterns import CURRENCIES, NUMERAL, SPANS, SPELT, UNITS, WORDS
from canonry.values.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    Amount = tuple[Decimal, str]  # how many, of what ("" where nothing is said)
    Read = Callable[[str], Amount | None]

_WRITTEN = rf"(?:{NUMERAL}|\d+,\d{{1,2}}|\.\d+)(?:e[-+]?\d{{1,2}})?"
_NUMBER = re.compile(rf"([-+]?)\s?({_WRITTEN})|({SPELT}(?:[\s-](?:hundred|dozen))?)")
_HEAD = re.compile(rf"\s*[-+]?\s?(?:[$£€¥]\s?)?(?:{_WRITTEN}|{SPELT})")
_SYMBOL = r"us\$|[$£€¥]"
_NAMED = "|".join(sorted((c for c in CURRENCIES if c.isalpha()), key=len, reverse=True))
_MONEY = re.compile(rf"(-?)\s?({_SYMBOL}|(?:{_NAMED})\b)?\s?(-?)({_WRITTEN})\s?(k|m)?\b\s?({_SYMBOL}|(?:{_NAMED})\b)?")
_SCALE = {"k": 1000, "m": 1_000_000}
_PERCENT = re.compile(r"(.*\S)\s?(?:%|per ?cent)")
_QUANTITY = re.compile(rf"([-+]?(?:{_WRITTEN}))[\s-]?([a-z]+)")
_SPAN = rf"(-?(?:{_WRITTEN})|{SPELT})[\s-]*((?:business|working|calendar) )?({'|'.join(SPANS)})s?"
_SPANS = re.compile(rf"{_SPAN}(?:,? (?:and )?{_SPAN})*")
_ISO = re.compile(r"p(-?[\d.]+y)?(-?[\d.]+m)?(-?[\d.]+w)?(-?[\d.]+d)?(?:t(-?[\d.]+h)?(-?[\d.]+m)?(-?[\d.]+s)?)?( working)?")
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_BOUNDS = {
    "<=": re.compile(r"(?:at most|up to|no more than|not more than|maximum(?: of)?|max\.?|<=|≤)\s*(.+)|(.+) (?:or less|or fewer|at most)"),
    ">=": re.compile(r"(?:at least|no less than|not less than|minimum(?: of)?|min\.?|>=|≥)\s*(.+)|(.+) (?:or more|at least)"),
}
_ABOUT = re.compile(r"(?:about|around|approximately|approx\.?|roughly|circa|ca\.|~)\s*(.+)")
_BETWEEN = re.compile(r"\s*(?:\.\.|-|\bto\b|\band\b)\s*")


def numeral(text: str) -> Decimal | None:
    """The number that a text is, in digits or words; where both marks occur the last one is the decimal mark."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    if found[3]:
        return _said(found[3])
    digits = found[2]
    if "," in digits and (digits.rfind(",") > digits.rfind(".") >= 0 or re.fullmatch(r"\d+,\d{1,2}", digits)):
        digits = digits.replace(".", "").replace(",", ".")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    return Decimal(found[1] + digits.replace(",", ""))


def _said(text: str) -> Decimal:
    numbers = [WORDS[w] for w in re.split(r"[\s-]+", text)]
    total = 0
    for n in numbers:
        total = max(total, 1) * n if n == WORDS["hundred"] or (n == WORDS["dozen"] and total) else total + n
    return Decimal(total)


def shown(number: Decimal) -> str:
    """A number in digits, without noughts that say nothing.

    >>> shown(Decimal("1.500")), shown(Decimal("-0"))
    ('1.5', '0')
    """
    digits = f"{number:.9f}".rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _estimated(text: str, read: Read, show: Callable[[Decimal, str], Value], join: Callable[[str, str], str]) -> Value | None:
    """A value that may be exact, about, a bound or a range."""
    text = text.rstrip(" .,;")  # the end of the sentence it stood in
    if amount := read(text):
        return show(*amount)
    for sign, pattern in _BOUNDS.items():
        if found := pattern.fullmatch(text):
            amount = read(found[1] or found[2])
            made = show(*amount) if amount else None
            return Value(sign + made.value, made.unit, "bound") if made else None
    if found := _ABOUT.fullmatch(text):
        amount = read(found[1])
        made = show(*amount) if amount else None
        return Value(made.value, made.unit, "approximate") if made else None
    return _range(text, read, show, join)


def _range(text: str, read: Read, show: Callable[[Decimal, str], Value], join: Callable[[str, str], str]) -> Value | None:
    text = re.sub(r"^(?:from|between) ", "", text)
    for gap in _BETWEEN.finditer(text):
        ends = _ends(text[: gap.start()], text[gap.end() :], read)
        if ends and ends[0][1] == ends[1][1] and ends[0][0] <= ends[1][0]:
            low, high = show(*ends[0]), show(*ends[1])
            return Value(join(low.value, high.value), high.unit, "range")
    return None


def _ends(left: str, right: str, read: Read) -> tuple[Amount, Amount] | None:
    """Both ends of a range; what stands behind one number or before the other goes for both."""
    head, tail = _HEAD.match(left), _HEAD.match(right)
    if head and tail and not left[head.end() :].strip():
        left += right[tail.end() :]
    low, high = read(left), read(right)
    if not low or not high:
        return None
    unit = low[1] or high[1]
    return (low[0], low[1] or unit), (high[0], high[1] or unit)


def _plain(low: str, high: str) -> str:
    return f"{low}..{high}"


def number(text: str) -> Value | None:
    """A number."""

    def read(part: str) -> Amount | None:
        made = numeral(part)
        return None if made is None else (made, "")

    return _estimated(text, read, lambda n, _: Value(shown(n)), _plain)


def money(text: str) -> Value | None:
    """An amount with its currency, where it says one."""
    return _estimated(text, _read_money, _show_money, lambda low, high: f"{low.split(' ')[0]}..{high}")


def _read_money(text: str) -> Amount | None:
    found = _MONEY.fullmatch(text)
    if not found or (found[1] and found[3]):
        return None
    units = {CURRENCIES[c] for c in (found[2], found[6]) if c}
    amount = numeral(found[1] + found[3] + found[4])
    if amount is None or len(units) > 1:
        return None
    return amount * _SCALE.get(found[5] or "", 1), next(iter(units), "")


def _show_money(amount: Decimal, unit: str) -> Value:
    exact = amount.quantize(Decimal("0.01")) + 0
    return Value(f"{exact:f} {unit}".strip(), unit or None)


def percent(text: str) -> Value | None:
    """A share: `80 %` is 0.8."""

    def read(part: str) -> Amount | None:
        found = _PERCENT.fullmatch(part)
        made = numeral(found[1].strip() if found else part)
        return None if made is None else (made, "%" if found else "")

    return _estimated(text, read, lambda n, unit: Value(shown(n / 100 if unit else n)), _plain)


def quantity(text: str) -> Value | None:
    """A quantity in its SI base."""

    def read(part: str) -> Amount | None:
        found = _QUANTITY.fullmatch(part)
        base = (UNITS.get(found[2]) or UNITS.get(found[2].rstrip("s"))) if found else None
        made = numeral(found[1]) if found else None
        return (made * base[1], base[0]) if base and made is not None else None

    return _estimated(text, read, lambda n, unit: Value(shown(n), unit), _plain)


def duration(text: str) -> Value | None:
    """A duration: days and less in the largest of days, minutes, seconds that is whole; months and years in months."""
    return _estimated(text, _read_duration, _show_duration, _plain)


def _read_duration(text: str) -> Amount | None:
    found = _ISO.fullmatch(text)
    if found and any(found.groups()[:7]):
        parts = [(n[:-1], found[8], u) for n, u in zip(found.groups(), _ISO_UNITS, strict=False) if n]
    elif _SPANS.fullmatch(text):
        parts = re.findall(_SPAN, text)
    else:
        return None
    total, bases = Decimal(0), set[str]()
    for said, manner, unit in parts:
        base, factor = SPANS[unit]
        is_working = base == "s" and (manner or "").strip() in ("business", "working")
        many = numeral(said)
        if many is None or (is_working and unit != "day"):
            return None
        total += many * (1 if is_working else factor)
        bases.add("working" if is_working else base)
    return (total, bases.pop()) if len(bases) == 1 else None


def _show_duration(total: Decimal, base: str) -> Value:
    if base == "working":
        return Value(f"P{shown(total)}D working", "working days")
    if base == "mo":
        return Value(f"P{shown(total)}M")
    if total % 86400 == 0:
        return Value(f"P{shown(total / 86400)}D")
    return Value(f"PT{shown(total / 60)}M" if total % 60 == 0 else f"PT{shown(total)}S")
