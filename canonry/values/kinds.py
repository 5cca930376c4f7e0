"""Which type a value, a column or a word has."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from canonry.ids import digest
from canonry.text import normal
from canonry.values.moments import clock
from canonry.values.patterns import PATTERNS, SIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable

NULLS = frozenset(
    normal(t)
    for t in (
        "",
        "-",
        "--",
        "—",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "nan",
        "(blank)",
        "blank",
        "not available",
        "not provided",
        "unknown",
        "tbd",
        "tbc",
        "(none)",
        "(null)",
        "not applicable",
        "#n/a",
        "?",
    )
)
_CLOCK = re.compile(r"\d:\d{2}|\d\s*[ap]\.?m?\b", re.IGNORECASE)
_RANGE = re.compile(rf"(?:{SIGNED})\s?-\s?(?:{SIGNED})")
_CODED = re.compile(r"0\d+")  # a number is not written with a nought in front
_DIGITS = re.compile(r"\d+")
_INFERRED = ("email", "url", "date", "datetime", "time", "money", "percent", "boolean", "number", "identifier", "phone")
_SAMPLE = 5000  # distinct values looked at; of more, those with the smallest digests
_PHONE_DIGITS = 8


def is_null(verbatim: str) -> bool:
    """Whether a cell asserts nothing (`(blank)`, `N/A`, `Not Available`, …)."""
    return normal(verbatim) in NULLS


def infer(verbatims: Iterable[str]) -> str:
    """The type that at least nine in ten of the values have; `text` when there is none.

    Args:
        verbatims: Values of one attribute; nulls are ignored. Of very many distinct ones a sample is looked at, whatever their order.
    """
    values = [v for v in dict.fromkeys(verbatims) if not is_null(v)]
    if len(values) > _SAMPLE:
        values = sorted(values, key=digest)[:_SAMPLE]
    if not values:
        return "text"
    is_coded = any(_CODED.fullmatch(v.strip()) for v in values)
    kinds = [k for k in _INFERRED if k != ("number" if is_coded else "identifier")]
    fits = Counter(k for v in values for k in kinds if _whole(v, k))
    return next((k for k in kinds if fits[k] >= 0.9 * len(values)), "text")


def find(text: str, kind: str) -> list[tuple[int, int]]:
    """Spans in a sentence that hold a value of a type; empty for types that only a list of names could find."""
    pattern = PATTERNS.get(kind)
    return [(m.start(), m.start() + len(m.group(0).rstrip())) for m in pattern.finditer(text)] if pattern else []


def kind_of(token: str) -> str | None:
    """The type of a single token as it stands in a sentence; None when it is an ordinary word."""
    for kind in ("email", "url", "money", "percent", "date", "time", "number"):
        if PATTERNS[kind].fullmatch(token) and (kind != "time" or _CLOCK.search(token)):  # 4.50 is a number
            return kind
    if token[:1] in "#@" and len(token) > 1:
        return "identifier"
    if _RANGE.fullmatch(token):
        return "number"
    return "code" if PATTERNS["code"].fullmatch(token) else None


def _whole(verbatim: str, kind: str) -> bool:
    text = verbatim.strip()
    if kind == "datetime":
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", text))
    if kind == "time":
        return bool(_CLOCK.search(normal(verbatim))) and clock(normal(verbatim)) is not None
    if kind == "identifier":
        return bool(_DIGITS.fullmatch(text))
    if kind == "phone" and sum(c.isdigit() for c in text) < _PHONE_DIGITS:
        return False
    return bool(PATTERNS[kind].fullmatch(text))
