"""Values that are about, at most, at least or from … to …: one way for all that can be counted or put in order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from canonry.values.value import Value
from canonry.values.written import SPELT, WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[str], tuple["Count", str] | None]  # how many, of what ("" where nothing is said)
    Show = Callable[["Count", str], Value]

Count = TypeVar("Count")

BEFORE = {
    "<=": r"at (?:the )?(?:most|latest)|up to|(?:no|not) (?:more|later|longer|greater) than|not exceeding|a? ?maximum(?: of)?|max\.?|"
          r"as (?:much|many) as|<=|≤",
    ">=": r"at (?:the )?(?:least|earliest)|(?:no|not) (?:less|fewer|earlier|sooner) than|a? ?minimum(?: of)?|min\.?|>=|≥",
    "<": r"(?:less|fewer|shorter|lower) than|under|below|<",
    ">": r"(?:more|longer|greater|higher) than|over|above|exceeding|in excess of|>",
}  # fmt: skip
BEHIND = {
    "<=": r"or (?:less|fewer|under|below)|and (?:under|below)|at (?:the )?(?:most|latest)|max(?:imum|\.)?",
    ">=": r"or (?:more|over|above|longer)|and (?:over|above|up|more)|at (?:the )?least|min(?:imum|\.)?|\+|plus",
}
ABOUT = r"about|around|approximately|approx\.?|roughly|circa|ca\.|nearly|almost|some|~|≈"
_BEFORE = {s: re.compile(rf"(?:{p})\s?(.+)", re.IGNORECASE) for s, p in BEFORE.items()}
_BEHIND = {s: re.compile(rf"(.+?)\s?(?:{p})", re.IGNORECASE) for s, p in BEHIND.items()}
_ABOUT = re.compile(rf"(?:{ABOUT})\s?(.+)|(.+?)(?: or so|-ish)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:\.\.|-|\bto\b|\band\b|\bthrough\b)\s*", re.IGNORECASE)
_HEAD = re.compile(rf"\s*[-+]?\s?(?:[a-z]{{0,2}}[$£€¥₹]\s?)?(?:{WRITTEN}|{SPELT})", re.IGNORECASE)


def estimated(text: str, read: Read[Count], show: Show[Count]) -> Value | None:
    """A value that may be exact, about, a bound or a range; None when the text is none.

    Args:
        text: In plain form.
        read: Reads one exact value.
        show: Writes it.
    """
    text = text.rstrip(" .,;")  # the end of the sentence it stood in
    if amount := read(text):
        return show(*amount)
    for sign, value in _bounds(text):
        if amount := read(value):
            made = show(*amount)
            return Value(sign + made.value, made.unit, "bound")
    if found := _ABOUT.fullmatch(text):
        text = found[1] or found[2]
        if amount := read(text):
            made = show(*amount)
            return Value(made.value, made.unit, "approximate")
        return None
    return _range(text, read, show)


def _bounds(text: str) -> list[tuple[str, str]]:
    return [
        *((s, found[1]) for s, p in _BEFORE.items() if (found := p.fullmatch(text))),
        *((s, found[1]) for s, p in _BEHIND.items() if (found := p.fullmatch(text))),
    ]


def _range(text: str, read: Read[Count], show: Show[Count]) -> Value | None:
    text = re.sub(r"^(?:from|between) ", "", text)
    for gap in _BETWEEN.finditer(text):
        ends = _ends(text[: gap.start()], text[gap.end() :], read)
        if ends and ends[0][1] == ends[1][1] and ends[0][0] <= ends[1][0]:  # type: ignore[operator]
            low, high = show(*ends[0]), show(*ends[1])
            return Value(f"{low.value.removesuffix(f' {low.unit}')}..{high.value}", high.unit, "range")
    return None


def _ends(left: str, right: str, read: Read[Count]) -> tuple[tuple[Count, str], tuple[Count, str]] | None:
    """Both ends of a range; what stands behind one number or before the other goes for both."""
    head, tail = _HEAD.match(left), _HEAD.match(right)
    if head and tail and not left[head.end() :].strip():
        left += right[tail.end() :]
    low, high = read(left), read(right)
    if not low or not high:
        return None
    unit = low[1] or high[1]
    return (low[0], low[1] or unit), (high[0], high[1] or unit)
