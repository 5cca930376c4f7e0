"""Values inside sentences."""

from __future__ import annotations

import re

from canonry.days import MONTHS, parse_day
from canonry.values.contacts import EMAIL
from canonry.values.durations import MANNER
from canonry.values.estimates import ABOUT, BEFORE, BEHIND
from canonry.values.forms import read
from canonry.values.units import SPANS, UNITS
from canonry.values.written import NUMERAL, SPELT

_MONTH = "(?:" + "|".join(sorted((m for m in MONTHS if m.isascii()), key=len, reverse=True)) + r")\b\.?"
_DASH = "[-–—]"
_SIGNED = rf"[-−+]?(?:{NUMERAL})"
_COUNT = rf"(?:{NUMERAL}|{SPELT})"
_CODES = "(?-i:USD|GBP|EUR|JPY|CHF|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|CNY|BRL|MXN|ZAR|SGD|HKD|KRW|AED|ILS|THB)"
_CURRENCY = rf"(?:{_CODES}\b|(?:US )?dollars?\b|pounds(?: sterling)?\b|euros?\b|€)"
_SYMBOL = r"(?:\b(?:us|ca|c|a|nz|hk)(?=\$))?[$£€¥₹]"
_SCALE = r"(?:\s?(?:k|m|bn|million|billion|thousand|trillion)\b)?"
_MINUS = r"(?:(?<![\w)])[-−])?"
_CLEAR = sorted(UNITS.keys() - set('"ABCJt'), key=len, reverse=True)  # 7B and 3A are seldom bytes and amperes
_CAPITALS = ("kb", "mb", "gb", "tb", "KM", "KG", "square metres?", "square meters?", "square feet", "sq ft")
_UNIT = "(?-i:" + "|".join(re.escape(u) for u in _CLEAR) + ")|" + "|".join(_CAPITALS)
_ZONE = r"(?:\s?(?-i:UTC|GMT|[ECMP][SD]?T|CES?T|BST)\b)?"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"

# What a value of a type looks like inside a sentence. Repetitions are bounded and starts are marked, so that a search is linear.
PATTERNS: dict[str, re.Pattern[str]] = {
    t: re.compile(p, re.IGNORECASE)
    for t, p in {
        "email": rf"(?<![\w.+-]){EMAIL}",
        "url": r"(?:https?://|(?<![\w.])www\.)[^\s)>\]|\"'<]{1,2000}",
        "money": rf"{_MINUS}{_SYMBOL}\s?(?:{NUMERAL}){_SCALE}(?:\s?{_CODES}\b)?|"
        rf"(?<![\w.,]){_CODES}\s?(?:{NUMERAL}){_SCALE}|"
        rf"(?<![\w.,])(?:{NUMERAL}\s?{_DASH}\s?)?{_MINUS}(?:{NUMERAL}|\d{{1,20}},\d{{2}}){_SCALE}\s?{_CURRENCY}",
        "percent": rf"(?<![\w.,])(?:{_SIGNED}\s?{_DASH}\s?)?{_SIGNED}\s?(?:%|per ?cent\b|percentage points?\b)",
        "date": rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|(?<![\w/.])\d{{1,2}}([/.])\d{{1,2}}\1\d{{4}}(?![\w/])|"
        r"(?<![\w/.])\d{4}/\d{1,2}/\d{1,2}\b|"
        rf"(?<![\w.,/-])(?:{_ORDINAL}\s?{_DASH}\s?)?{_ORDINAL} (?:of )?{_MONTH},? \d{{4}}\b|"
        rf"\b{_MONTH} {_ORDINAL}(?:\s?{_DASH}\s?{_ORDINAL})?,? \d{{4}}\b|"
        rf"\b(?:first|second|third|fourth|last) (?:mon|tues|wednes|thurs|fri|satur|sun)day (?:of|in) {_MONTH},? \d{{4}}\b",
        "time": rf"(?<![\d.:])(?:[01]?\d|2[0-3])"
        rf"(?::[0-5]\d(?::[0-5]\d)?(?!\d|[.:]\d)(?:\s?[ap]\.?m\b\.?)?|\.[0-5]\d\s?[ap]\.?m\b\.?){_ZONE}|"
        rf"\b(?:1[0-2]|0?[1-9])\s?[ap]\.?m\b\.?{_ZONE}|\b(?:noon|midnight)\b",
        "phone": r"(?<!\w)\+?\(?\d[\d\s().-]{6,24}\d(?!\w)",
        "duration": rf"(?<![\w.,])(?:{_COUNT}\s?(?:{_DASH}|to)\s?)?(?:{_COUNT}|half an?|an?)[\s-]?{MANNER}(?:{'|'.join(SPANS)})s?\b",
        "quantity": rf"(?<![\w.,])(?:{NUMERAL}\s?{_DASH}\s?)?(?:{NUMERAL})[\s-]?(?:{_UNIT})s?(?![\w/])|"
        rf"(?<![\w.,])[-−]?(?:{NUMERAL})\s?(?:°\s?C|degrees celsius)\b",
        "number": rf"(?<![\w.-])(?:{_SIGNED})(?:\s?(?:million|billion|thousand|k)\b)?(?![\w%]|[.,]\d)|{SPELT}\b",
        "boolean": r"\b(?:yes|no|true|false)\b",
        "code": r"(?<![\w-])(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Za-z])\w[\w-]{1,40}\b",
        "identifier": r"(?<![\w-])(?=[\w-]{0,40}\d)[\w-]{2,40}\b",
    }.items()
}
_LOOSE = {
    "date": re.compile(
        rf"\b(?:early |mid[- ]|late |end of )?{_MONTH} \d{{4}}\b|\bq[1-4] ?\d{{4}}\b|\b\d{{4}} ?q[1-4]\b|\bh[12] \d{{4}}\b|"
        rf"\b{_MONTH} {_ORDINAL}(?!\d|:)|(?<![\w.,/-]){_ORDINAL} (?:of )?{_MONTH}",
        re.IGNORECASE,
    )
}
_JOIN = re.compile(rf"\s?{_DASH}\s?|\s(to|and|until)\s", re.IGNORECASE)
_JOINED = frozenset(("money", "percent", "number", "time", "date", "quantity"))
_CHANGED = re.compile(r"(?:\bfrom|(mov|chang|shift|brought)\w{0,3}(?: forward)? from)\s$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s$", re.IGNORECASE)
_ANY = "|".join((*BEFORE.values(), ABOUT))
_AHEAD = re.compile(rf"(?:(?<!\w)(?:{_ANY})|[<>~≈≤≥])\s?$", re.IGNORECASE)
_AFTER = re.compile(rf"\s?(?:{'|'.join(BEHIND.values())})(?!\w)", re.IGNORECASE)
_WINDOW = 24  # characters before a value in which a word for a bound stands
_AS_FOUND = frozenset(("boolean", "code", "identifier"))  # whose pattern says all


def find(text: str, kind: str, *, loosely: bool = False) -> list[tuple[int, int]]:
    """Spans in a sentence that hold a value of a type, ranges whole; empty for types that only a list of names could find.

    Args:
        text: A sentence as it is written.
        kind: One of the value types.
        loosely: Take in what makes a value less than exact: `up to`, `at least`, `about`, `or more`; and dates without a day or a year.

    Returns:
        Spans (start, end) in order, none within another; `canonical` of each gives its value, unit and precision.

    >>> text = "Pay up to £50 within 5–7 days."
    >>> [text[a:b] for a, b in find(text, "money")], [text[a:b] for a, b in find(text, "duration")]
    (['£50'], ['5–7 days'])
    >>> [text[a:b] for a, b in find(text, "money", loosely=True)]
    ['up to £50']
    """
    pattern = PATTERNS.get(kind)
    if not pattern:
        return []
    spans = _exact(text, kind, pattern)
    if loosely:
        more = [s for s in _exact(text, kind, _LOOSE[kind]) if not any(a < s[1] and s[0] < b for a, b in spans)] if kind in _LOOSE else []
        spans = [_estimate(text, s, kind) for s in sorted(spans + more)]
    return spans


def _exact(text: str, kind: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    at = 0
    while found := pattern.search(text, at):
        start, end = found.start(), found.start() + len(found.group(0).rstrip())
        at = found.end()
        if kind == "url":
            end = start + len(text[start:end].rstrip(".,;:!?"))
        if kind not in _AS_FOUND:
            if kind in _JOINED:
                end = at = _joined(text, start, end, kind, pattern)
            start = _opened(text, start, end, kind)
            if read(text[start:end], kind) is None or (kind == "phone" and not _is_phone(text[start:end])):
                continue
        out.append((start, end))
    return out


def _is_phone(span: str) -> bool:
    """Whether digits in a sentence are a phone number: not a day, not a ticket, not a serial number."""
    digits = sum(c.isdigit() for c in span)
    if span.isdecimal():
        return span[0] == "0" and digits in (10, 11)
    apart = "\n" not in span and span.count("(") == span.count(")") and not re.fullmatch(r"\d{4}-\d+", span)
    return apart and parse_day(span) is None and 7 <= digits <= (15 if span[0] == "+" else 12)  # noqa: PLR2004


def _joined(text: str, start: int, end: int, kind: str, pattern: re.Pattern[str]) -> int:
    """Where the range ends that begins with a value; what moved from one value to another is no range."""
    join = _JOIN.match(text, end)
    other = pattern.match(text, join.end()) or (_BARE.match(text, join.end()) if kind == "money" else None) if join else None
    if not join or not other:
        return end
    ahead, word = text[max(0, start - _WINDOW) : start], (join[1] or "").lower()
    changed = _CHANGED.search(ahead)
    if (word == "and" and not _BETWEEN.search(ahead)) or (word in ("to", "until") and changed and (kind != "time" or changed[1])):
        return end
    made = read(text[start : other.end()], kind)
    return other.end() if made and made.precision == "range" else end


def _opened(text: str, start: int, end: int, kind: str) -> int:
    """Where the range begins whose unit stands behind its end: `between 5 and 10 days`."""
    ahead = _OPENING.search(text, max(0, start - _WINDOW), start)
    made = read(text[ahead.start(1) : end], kind) if ahead else None
    return ahead.start(1) if ahead and made and made.precision == "range" else start


_OPENING = re.compile(rf"\bbetween\s({_COUNT})\sand\s$", re.IGNORECASE)
_BARE = re.compile(rf"(?:{NUMERAL}){_SCALE}(?![\w%])", re.IGNORECASE)


def _estimate(text: str, span: tuple[int, int], kind: str) -> tuple[int, int]:
    start, end = span
    ahead, after = _AHEAD.search(text, max(0, start - _WINDOW), start), _AFTER.match(text, end)
    for wider in ((ahead.start() if ahead else start, end), (start, after.end() if after else end)):
        if wider != span and (made := read(text[slice(*wider)], kind)) and made.precision in ("bound", "approximate"):
            return wider
    return span
