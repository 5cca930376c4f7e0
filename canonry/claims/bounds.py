"""Values that a sentence gives as bounds or ranges, and whether they admit a value."""

from __future__ import annotations

import re
from decimal import Decimal

from canonry.values import Value, canonical

_MOST = (
    r"at most|up to|no more than|not more than|(?<!no )(?<!not )(?:less|fewer) than|"
    r"under|below|within|a maximum of|maximum of|no longer than|shorter than"
)
_LEAST = r"at least|no less than|not less than|(?<!no )(?<!not )more than|(?<!no )longer than|over|above|a minimum of|minimum of|from"
_HARD_MOST = re.compile(rf"\b(?:{_MOST.replace('|within', '')})\s+$", re.IGNORECASE)
_HARD_LEAST = re.compile(rf"\b(?:{_LEAST.replace('|from', '')})\s+$", re.IGNORECASE)
_BEHIND_MOST = re.compile(r"\s*(?:or less|or fewer|at most)\b", re.IGNORECASE)
_BEHIND_LEAST = re.compile(r"\s*(?:or more|at least)\b", re.IGNORECASE)
_RANGE = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
_JOIN = re.compile(r"\s+(?:and|to)\s+$", re.IGNORECASE)
_COUNTED = frozenset(("money", "number", "percent", "quantity", "duration", "date", "time"))
_AMOUNT = re.compile(r"(P?T?)(-?\d+(?:\.\d+)?)(.*)")
_SECONDS = {("P", "D"): 86400, ("PT", "M"): 60, ("PT", "S"): 1}
_MONTH = 30 * 86400


def bounded(text: str, spans: list[tuple[int, int]], kind: str) -> list[tuple[int, int, Value]]:
    """Values with what bounds them: `up to £50` is `<=50.00 GBP`, `between 2 and 4 weeks` is `P14D..P28D`.

    Args:
        text: The sentence.
        spans: Where values of the type stand in it.
        kind: The type.

    Returns:
        (start, end, value) in order; the two ends of a range are one.
    """
    out: list[tuple[int, int, Value]] = []
    for start, end in spans:
        made = canonical(text[start:end], kind)
        ahead, behind = text[:start], text[end:]
        joined = out and _JOIN.fullmatch(text[out[-1][1] : start]) and _RANGE.search(text[: out[-1][0]])
        if kind not in _COUNTED or made.precision != "exact":
            out.append((start, end, made))
        elif joined:
            low_start, _, low = out.pop()
            out.append((low_start, end, Value(f"{low.value}..{made.value}", made.unit, "range")))
        elif _HARD_MOST.search(ahead) or _BEHIND_MOST.match(behind):
            out.append((start, end, Value(f"<={made.value}", made.unit, "bound")))
        elif _HARD_LEAST.search(ahead) or _BEHIND_LEAST.match(behind):
            out.append((start, end, Value(f">={made.value}", made.unit, "bound")))
        else:
            out.append((start, end, made))
    return out


def admits(bound: str, value: str) -> bool:
    """Whether a canonical bound or range holds for a canonical value; false where they cannot be compared.

    >>> admits("<=50.00 GBP", "45.00 GBP"), admits(">=P6M", "P30D"), admits("P14D..P28D", "P21D")
    (True, False, True)
    """
    said = _amount(value)
    if bound.startswith(("<=", ">=")):
        limit = _amount(bound[2:])
        if said is None or limit is None or said[1] != limit[1]:
            return False
        return said[0] <= limit[0] if bound[0] == "<" else said[0] >= limit[0]
    low, _, high = bound.partition("..")
    ends = _amount(low), _amount(high)
    return bool(said and ends[0] and ends[1] and ends[0][0] <= said[0] <= ends[1][0])


def _amount(value: str) -> tuple[Decimal, str] | None:
    """A number and its unit; durations in seconds, a month as thirty days; a day or a time as the number that its digits are."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{2}:\d{2}", value):
        return Decimal(re.sub(r"\D", "", value)), "moment"
    found = _AMOUNT.fullmatch(value)
    if not found:
        return None
    if found[1] == "P" and found[3] == "M":
        return Decimal(found[2]) * _MONTH, "s"
    factor = _SECONDS.get((found[1], found[3]))
    return (Decimal(found[2]) * factor, "s") if factor else (Decimal(found[2]), found[3])
