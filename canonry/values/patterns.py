"""Words and patterns that values are made of."""

from __future__ import annotations

import re
from decimal import Decimal

MONTHS = {m: n for n, names in enumerate(
    ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august", "sep sept september",
     "oct october", "nov november", "dec december"), 1) for m in names.split()}  # fmt: skip
MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
WORDS = {
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
CURRENCIES = {"$": "USD", "us$": "USD", "£": "GBP", "€": "EUR", "¥": "JPY", "dollars": "USD", "dollar": "USD", "pounds": "GBP",
              "pound": "GBP", "euros": "EUR", "euro": "EUR", "yen": "JPY"} | {
    c: c.upper() for c in ("usd", "gbp", "eur", "jpy", "chf", "cad", "aud", "nzd", "sek", "nok", "dkk", "pln", "czk", "inr", "cny")
}  # fmt: skip
UNITS = {  # unit → (SI base, factor)
    u: (base, Decimal(factor))
    for base, factors in {
        "m": {"mm": "0.001", "cm": "0.01", "m": "1", "metre": "1", "meter": "1", "km": "1000", "mile": "1609.344"},
        "kg": {"g": "0.001", "kg": "1", "tonne": "1000", "lb": "0.45359237"},
        "m3": {"ml": "0.000001", "l": "0.001", "litre": "0.001", "liter": "0.001"},
        "B": {"kb": "1e3", "mb": "1e6", "gb": "1e9", "tb": "1e12"},
    }.items()
    for u, factor in factors.items()
}
SPANS = {  # unit → (base, factor): s seconds, mo months
    "second": ("s", 1), "sec": ("s", 1), "minute": ("s", 60), "min": ("s", 60), "hour": ("s", 3600), "hr": ("s", 3600),
    "day": ("s", 86400), "week": ("s", 604800), "month": ("mo", 1), "year": ("mo", 12),
}  # fmt: skip
# With thousands and decimals marked the English way, the European way, or not at all.
NUMERAL = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+(?:\.\d+)?"
SIGNED = rf"[-+]?(?:{NUMERAL})"
SPELT = rf"(?:(?:{'|'.join(w for w in WORDS if w.endswith('ty'))})[\s-])?(?:{'|'.join(WORDS)})"
_RANGED = rf"(?:(?:{NUMERAL}|{SPELT})\s?(?:-|to)\s?)?"
_DURATION = rf"(?:{NUMERAL}|{SPELT})[\s-]*(?:business |working |calendar )?(?:{'|'.join(SPANS)})s?"

# What a value of a type looks like inside a sentence.
PATTERNS: dict[str, re.Pattern[str]] = {
    t: re.compile(p, re.IGNORECASE)
    for t, p in {
        "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        "url": r"https?://[^\s)>\]|\"']+|www\.[^\s)>\]|\"']+",
        "money": rf"(?:(?<![\w)])-)?[$£€¥]\s?(?:{NUMERAL})(?:\s?[km]\b)?|"
        rf"(?:(?<![\w)])-)?(?:{NUMERAL})\s?(?:(?:USD|GBP|EUR|JPY|dollars|pounds|euros)\b|€)|\d+,\d{{2}}\s?€",
        "percent": rf"(?:{SIGNED})\s?(?:%|per ?cent\b|percent\b)",
        "date": rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH},? \d{{4}}\b|"
        rf"\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}\b",
        "time": r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d(?:\s?[ap]\.?m\b\.?)?|\b(?:1[0-2]|0?[1-9])\s?[ap]\.?m\b\.?",
        "phone": r"(?<!\w)\+?\(?\d[\d\s().-]{6,}\d(?!\w)",
        "duration": rf"\b{_RANGED}{_DURATION}\b",
        "quantity": rf"\b(?:{NUMERAL})\s?(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})s?\b",
        "number": rf"(?<![\w.-])(?:{SIGNED})(?![\w%])|\b{SPELT}\b",
        "boolean": r"\b(?:yes|no|true|false)\b",
        "code": r"\b(?=\w*\d)(?=\w*[A-Za-z])[\w-]{2,}\b",
        "identifier": r"\b(?=[\w-]*\d)[\w-]{2,}\b",
    }.items()
}
