"""Typed canonical values: one form per type decides equality, conflicts, anchors and joins. Verbatim is always kept beside it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
_MONTHS = {m: n for n, names in enumerate(
    ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september",
     "oct october", "nov november", "dec december"), 1) for m in names.split()}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_WORDS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "dozen": 12}
_CURRENCIES = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY"}
_UNITS = {  # unit → (SI base, factor)
    "mm": ("m", 0.001),
    "cm": ("m", 0.01),
    "m": ("m", 1.0),
    "metre": ("m", 1.0),
    "meter": ("m", 1.0),
    "km": ("m", 1000.0),
    "mile": ("m", 1609.344),
    "g": ("kg", 0.001),
    "kg": ("kg", 1.0),
    "tonne": ("kg", 1000.0),
    "lb": ("kg", 0.45359237),
    "ml": ("m3", 1e-6),
    "l": ("m3", 0.001),
    "litre": ("m3", 0.001),
    "liter": ("m3", 0.001),
    "kb": ("B", 1e3),
    "mb": ("B", 1e6),
    "gb": ("B", 1e9),
    "tb": ("B", 1e12),
}
_SPANS = {"second": "S", "minute": "M", "min": "M", "hour": "H", "hr": "H", "day": "D", "week": "W", "month": "MO", "year": "Y"}
_NUMERAL = r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)?"
_SPELT = rf"(?:(?:{'|'.join(w for w in _WORDS if w.endswith('ty'))})[\s-])?(?:{'|'.join(_WORDS)})"
_DURATION = rf"(?:{_NUMERAL}|{_SPELT})[\s-]*(?:business |working |calendar )?(?:{'|'.join(_SPANS)})s?"

# What a value of a type looks like inside a sentence.
PATTERNS: dict[str, re.Pattern[str]] = {
    t: re.compile(p, re.IGNORECASE)
    for t, p in {
        "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        "url": r"https?://[^\s)>\]|\"']+|www\.[^\s)>\]|\"']+",
        "money": rf"[$£€¥]\s?(?:{_NUMERAL})(?:\s?[km]\b)?|(?:{_NUMERAL})\s?(?:USD|GBP|EUR|JPY|dollars|pounds|euros)\b",
        "percent": rf"(?:{_NUMERAL})\s?(?:%|per ?cent\b|percent\b)",
        "date": rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}\b|"
        rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b",
        "time": r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s?[ap]\.?m\b\.?)?|\b(?:1[0-2]|0?[1-9])\s?[ap]\.?m\b\.?",
        "phone": r"(?<!\w)\+?\(?\d[\d\s().-]{6,}\d(?!\w)",
        "duration": rf"\b{_DURATION}\b",
        "quantity": rf"\b(?:{_NUMERAL})\s?(?:{'|'.join(sorted(_UNITS, key=len, reverse=True))})s?\b",
        "number": rf"(?<![\w.-])(?:{_NUMERAL})(?![\w%])|\b{_SPELT}\b",
        "boolean": r"\b(?:yes|no|true|false)\b",
        "code": r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{2,}\b",
        "identifier": r"\b(?=[\w-]*\d)[\w-]{2,}\b",
    }.items()
}


@dataclass(frozen=True)
class Value:
    """A canonical value.

    Attributes:
        value: The one form of its type.
        unit: Currency or SI unit, where the type has one.
        precision: exact, range, bound or approximate.
    """

    value: str
    unit: str | None = None
    precision: str = "exact"


def is_null(verbatim: str) -> bool:
    """Whether a cell asserts nothing (`(blank)`, `N/A`, `Not Available`, …)."""
    return normal(verbatim) in NULLS


def canonical(verbatim: str, kind: str) -> Value:
    """Bring a value into the one form of its type; a value that does not fit its type is treated as text.

    >>> canonical("$1,234.5", "money")
    Value(value='1234.50 USD', unit='USD', precision='exact')
    >>> canonical("80 %", "percent").value, canonical("4:30 p.m.", "time").value
    ('0.8', '16:30')
    >>> canonical("Acme Ltd.", "organization").value
    'acme'
    """
    text = normal(verbatim)
    try:
        made = _MAKERS[kind](text) if kind in _MAKERS else None
    except (ValueError, OverflowError):  # a broken URL, a number beyond all bounds
        made = None
    return made or Value(text)


def infer(verbatims: Iterable[str]) -> str:
    """The type that at least nine in ten of the values have; `text` when there is none.

    Args:
        verbatims: Values of one attribute; nulls are ignored. At most the first 2,000 distinct ones are looked at.
    """
    values = [v for v in dict.fromkeys(verbatims) if not is_null(v)][:2000]
    if not values:
        return "text"
    fits = Counter(k for v in values for k in _INFERRED if _whole(v, k))
    return next((k for k in _INFERRED if fits[k] >= 0.9 * len(values)), "text")


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


_CLOCK = re.compile(r"\d:\d{2}|\d\s*[ap]\.?m?\b", re.IGNORECASE)
_RANGE = re.compile(rf"(?:{_NUMERAL})\s?-\s?(?:{_NUMERAL})")
_INFERRED = ("email", "url", "date", "datetime", "time", "money", "percent", "boolean", "number", "phone")


def _whole(verbatim: str, kind: str) -> bool:
    if kind == "datetime":
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*", verbatim.strip()))
    if kind == "time":
        return bool(_CLOCK.search(normal(verbatim))) and _time(normal(verbatim)) is not None
    if kind == "phone" and sum(c.isdigit() for c in verbatim) < 8:  # noqa: PLR2004
        return False
    return bool(PATTERNS[kind].fullmatch(verbatim.strip()))


def _numeral(text: str) -> str | None:
    found = re.search(_NUMERAL, text)
    if not found:
        said = [_WORDS[w] for w in re.split(r"[\s-]+", text) if w in _WORDS]
        if len(said) > 1 and 20 <= said[0] < 100 and said[1] < 10:  # noqa: PLR2004  (twenty-four)
            return str(said[0] + said[1])
        return str(said[0] * 100 if said[1:2] == [100] else said[0]) if said else None
    number = float(found[0].replace(",", ""))
    return _shown(number)


def _shown(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(round(number, 9))  # noqa: PLR2004


def _number(text: str) -> Value | None:
    bound = {"at most": "<=", "up to": "<=", "no more than": "<=", "at least": ">=", "no less than": ">="}
    sign = next((s for w, s in bound.items() if text.startswith(w)), "")
    span = re.fullmatch(rf"({_NUMERAL})\s*(?:-|to|\.\.)\s*({_NUMERAL})", text)
    if span:
        return Value(f"{_numeral(span[1])}..{_numeral(span[2])}", precision="range")
    number = _numeral(text)
    return Value(sign + number, precision="bound" if sign else "exact") if number is not None else None


def _money(text: str) -> Value | None:
    number = _numeral(text)
    if number is None:
        return None
    amount = float(number) * (1000 if re.search(r"\dk\b", text) else 1_000_000 if re.search(r"\dm\b", text) else 1)
    unit = next((c for s, c in _CURRENCIES.items() if s in text), None)
    unit = unit or next(
        (c for w, c in (("usd", "USD"), ("dollar", "USD"), ("gbp", "GBP"), ("pound", "GBP"), ("eur", "EUR"), ("jpy", "JPY")) if w in text),
        None,
    )
    return Value(f"{amount:.2f} {unit}".strip() if unit else f"{amount:.2f}", unit)


def _percent(text: str) -> Value | None:
    number = _numeral(text)
    if number is None:
        return None
    return Value(_shown(float(number) / 100 if re.search(r"%|per ?cent", text) else float(number)))


def _date(text: str) -> Value | None:
    if iso := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        parts = (int(iso[1]), int(iso[2]), int(iso[3]))
    elif named := re.search(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH}),? (\d{{4}})", text):
        parts = (int(named[3]), _MONTHS[named[2].rstrip(".")], int(named[1]))
    elif named := re.search(rf"({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", text):
        parts = (int(named[3]), _MONTHS[named[1].rstrip(".")], int(named[2]))
    else:
        return None
    try:
        return Value(date(*parts).isoformat())
    except ValueError:
        return None


def _time(text: str) -> Value | None:
    """The time of day in a text that may hold a date too (`12/02/2011 7:10a`)."""
    found = re.search(r"(?<!\d)(\d{1,2})[:.](\d{2})(?::\d{2})?\s*([ap])?", text) or re.search(r"(?<!\d)(\d{1,2})()\s*([ap])\.?m", text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    return Value(f"{hour:02d}:{minute:02d}") if hour < 24 and minute < 60 else None  # noqa: PLR2004


def _duration(text: str) -> Value | None:
    parts = [_one_duration(p) for p in re.findall(_DURATION, text)]
    if len(parts) > 1 and all(parts):  # 1 hour 30 minutes
        made = [re.fullmatch(r"(PT?)([\d.]+)([A-Z])", p.value) for p in parts if p]
        if all(made) and len({(m[1], m[3]) for m in made if m}) == 1:
            return Value(f"{made[0][1]}{_shown(sum(float(m[2]) for m in made if m))}{made[0][3]}")  # type: ignore[index]
    return _one_duration(text)


def _one_duration(text: str) -> Value | None:
    number = _numeral(text)
    unit = next((s for w, s in _SPANS.items() if re.search(rf"\b{w}s?\b", text)), None)
    if number is None or unit is None:
        return None
    for larger, factor, smaller in (("W", 7, "D"), ("Y", 12, "MO"), ("H", 60, "M")):
        if unit == larger:
            number, unit = _shown(float(number) * factor), smaller
    if unit == "D" and re.search(r"business|working", text):
        return Value(f"P{number}D working", "working days")
    return Value(f"PT{number}{unit}" if unit in "SMH" else f"P{number}{unit[0]}")


def _quantity(text: str) -> Value | None:
    found = re.search(rf"({_NUMERAL})\s*([a-z]+)", text)
    if not found:
        return None
    base = _UNITS.get(found[2]) or _UNITS.get(found[2].rstrip("s"))
    return Value(_shown(float(found[1].replace(",", "")) * base[1]), base[0]) if base else None


def _phone(text: str) -> Value | None:
    digits = re.sub(r"\(0\)|\D", "", text)
    return Value(("+" if text.startswith("+") else "") + digits) if digits else None


def _url(text: str) -> Value | None:
    parts = urlsplit(text if "//" in text else "https://" + text)
    query = "&".join(q for q in parts.query.split("&") if q and not q.startswith(("utm_", "gclid", "fbclid")))
    return Value(urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), query, "")))


def _boolean(text: str) -> Value | None:
    if text in ("yes", "y", "true", "1", "on"):
        return Value("true")
    return Value("false") if text in ("no", "n", "false", "0", "off") else None


def _organization(text: str) -> Value | None:
    bare = re.sub(r"[.,]", "", text)
    return Value(re.sub(r"(?:\s+(?:inc|incorporated|ltd|limited|llc|gmbh|ag|plc|co|corp|corporation|company|sa|bv))+$", "", bare).strip())


def _code(text: str) -> Value | None:
    return Value(re.sub(r"[\s-]+", "", text))


def _datetime(text: str) -> Value | None:
    found = re.match(r"(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2})(:\d{2})?", text)
    return Value(f"{found[1]}T{found[2]}{found[3] or ':00'}Z") if found else _date(text)


_MAKERS: dict[str, Callable[[str], Value | None]] = {
    "number": _number, "money": _money, "percent": _percent, "date": _date, "datetime": _datetime, "time": _time, "duration": _duration,
    "quantity": _quantity, "phone": _phone, "url": _url, "boolean": _boolean, "organization": _organization,
    "code": _code,
}  # fmt: skip
