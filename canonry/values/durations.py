"""Durations, in ISO 8601: days and less, months and years, and working days, which are no days."""

from __future__ import annotations

import re
from decimal import Decimal

from canonry.values.estimates import estimated
from canonry.values.units import SHORT_SPANS, SPANS
from canonry.values.value import Value
from canonry.values.written import EXACT, SPELT, WRITTEN, numeral, shown

_UNITS = {**SPANS, **SHORT_SPANS}
MANNER = r"(?:(?:business|working|calendar|consecutive)[\s-])?"
_COUNT = rf"-?(?:{WRITTEN}(?: ?[13]/[24])?|{SPELT})|half an?\b|a half\b|half\b|(?<![a-z])an?(?=[\s-])|a quarter of an\b"
_SPAN = rf"({_COUNT})[\s-]?({MANNER})({'|'.join(sorted(_UNITS, key=len, reverse=True))})s?\b\.?"
_SPANS = re.compile(rf"(?:{_SPAN})(?:,? ?(?:and )?(?:{_SPAN}))*", re.IGNORECASE)
_ONE = re.compile(_SPAN, re.IGNORECASE)
_CLOCKLIKE = re.compile(r"(\d\s?h(?:rs?|ours?)?\s?\d{1,2})\s?m$", re.IGNORECASE)  # 2h 30m
_AND_A_HALF = re.compile(r"(.+) and a (half|quarter)", re.IGNORECASE)
_ISO = re.compile(r"p(-?[\d.]+y)?(-?[\d.]+m)?(-?[\d.]+w)?(-?[\d.]+d)?(?:t(-?[\d.]+h)?(-?[\d.]+m)?(-?[\d.]+s)?)?( working)?", re.IGNORECASE)
_ISO_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_DAY = 86400


def duration(text: str, mark: str | None = None) -> Value | None:
    """A duration: days and less in the largest of days, minutes, seconds that is whole; months and years in months.

    Weeks are seven days. Working days and hours keep to themselves (`P10D working`); months and days beside each other stay both.
    """
    text = _CLOCKLIKE.sub(r"\1 min", text)
    if found := _AND_A_HALF.fullmatch(text):  # an hour and a half
        bits = _said(found[1], mark)
        if bits and len(bits) == 1 and numeral(found[1], mark) is None:
            bits.append((numeral(found[2]) or Decimal(0), *bits[0][1:]))
            return _mixed(bits)
    made = estimated(text, lambda part: _read(part, mark), _show)
    return made or _mixed(_said(text.rstrip(" .,;"), mark))


def _said(text: str, mark: str | None) -> list[tuple[Decimal, bool, str]] | None:
    """The parts of a duration: how many, whether working ones, of which unit."""
    found = _ISO.fullmatch(text)
    if found and any(found.groups()[:7]):
        parts = [(n[:-1], found[8] or "", u) for n, u in zip(found.groups(), _ISO_UNITS, strict=False) if n]
    elif _SPANS.fullmatch(text):
        parts = _ONE.findall(text)
    else:
        return None
    out = []
    for said, manner, unit in parts:
        many = Decimal(1) if said.lower() in ("a", "an") else numeral(said.lower().removesuffix(" of an"), mark)
        is_working = manner.strip(" -").lower() in ("business", "working")
        if many is None or (is_working and unit.lower() not in ("day", "hour", "hr")):
            return None
        out.append((many, is_working, unit.lower()))
    return out


def _read(text: str, mark: str | None) -> tuple[Decimal, str] | None:
    """The total of a duration that has one base: seconds, months, or working days or hours."""
    totals = _totals(_said(text, mark))
    return (next(iter(totals.values())), next(iter(totals))) if totals and len(totals) == 1 else None


def _totals(parts: list[tuple[Decimal, bool, str]] | None) -> dict[str, Decimal]:
    out: dict[str, Decimal] = {}
    for many, is_working, unit in parts or ():
        base, factor = _UNITS[unit]
        if is_working:
            base, factor = ("working days", 1) if unit == "day" else ("working hours", 1)
        out[base] = EXACT.add(out.get(base, Decimal(0)), EXACT.multiply(many, factor))
    return out


def _mixed(parts: list[tuple[Decimal, bool, str]] | None) -> Value | None:
    totals = _totals(parts)
    if len(totals) == 1:
        return _show(*next((n, base) for base, n in totals.items()))
    if totals.keys() != {"mo", "s"}:
        return None
    return Value(_show(totals["mo"], "mo").value + _show(totals["s"], "s").value[1:])


def _show(total: Decimal, base: str) -> Value:
    if base == "working days":
        return Value(f"P{shown(total)}D working", base)
    if base == "working hours":
        return Value(f"PT{shown(total)}H working", base)
    if base == "mo":
        return Value(f"P{shown(total)}M")
    if EXACT.remainder(total, _DAY) == 0:
        return Value(f"P{shown(EXACT.divide(total, _DAY))}D")
    return Value(f"PT{shown(EXACT.divide(total, 60))}M" if EXACT.remainder(total, 60) == 0 else f"PT{shown(total)}S")
