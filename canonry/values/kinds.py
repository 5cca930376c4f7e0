"""Which type a value, a column or a word has."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from canonry.days import parse_day
from canonry.ids import digest
from canonry.text import normal
from canonry.values.forms import read
from canonry.values.sentences import PATTERNS
from canonry.values.units import SYMBOLS
from canonry.values.written import NUMERAL, SPELT, plain, typed

if TYPE_CHECKING:
    from collections.abc import Iterable

NULLS = frozenset(
    (
        "", "-", "--", "---", "–", "—", ".", "..", "...", "?", "??", "*", "n/a", "n.a.", "n.a", "na", "#n/a", "<na>", "none", "null", "nil",
        "nan", "nat", "\\n", "blank", "not available", "not applicable", "not provided", "not specified", "not known", "not set",
        "not given", "not recorded", "not stated", "no data", "no value", "unavailable", "unknown", "unspecified", "undefined",
        "tbd", "tba", "tbc", "t.b.d.", "to be determined", "to be confirmed", "to be announced", "#null!", "#ref!", "#value!", "#name?",
        "#div/0!", "k.a.", "keine angabe", "s/o", "sin datos", "nicht verfügbar", "non disponible", "no disponible",
    )
)  # fmt: skip
"""What asserts nothing, in normal form; also in parentheses, brackets or angles: `(blank)`, `[none]`, `<null>`."""
_ENCLOSED = re.compile(r"[(\[<{](.{1,40})[)\]>}]")
_LONGEST_NULL = 64  # characters, entities included
_SAMPLE = 5000  # distinct values looked at; of more, those with the smallest digests
_ENOUGH = 0.9
_LONGEST = 64  # characters of a value that shows a type, URLs and addresses of mail aside
_CLOCK = re.compile(r"\d:\d{2}|\d\s?[ap]\.?m?\b|\b(?:noon|midnight)\b")
_MIDNIGHT = re.compile(r".*[ t]0{1,2}:00(?::00(?:\.0+)?)?(?:z|[+-]00:?00)?")
_RANGE = re.compile(rf"(?:[-+]?{NUMERAL})\s?-\s?(?:[-+]?{NUMERAL})")
_CODED = re.compile(r"0\d+")  # a number is not written with a nought in front
_COMPACT_DAY = re.compile(r"(?:18|19|20)\d{6}")
_DAY_SHAPE = re.compile(
    r"\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|\d{4}[./-]\d{1,2}[./-]\d{1,2}.*|.*[^\W\d_]{3}.*\d{4}.*|.*\d{4}.*[^\W\d_]{3}.*"
)
_AMBIGUOUS = re.compile(r"(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|1[0-2])[/-](?:\d{4}|\d{2})")
_PHONE = re.compile(r"(\+)?[\d\s().\-/]{7,24}(?:\s?(?:x|ext\.?)\s?\d{1,6})?\.?")
_NO_PHONE = re.compile(r"\d{3}-\d{2}-\d{4}|\d+(?:[.,]\d+)?")  # a social security number; a plain number
_NUMBERED = re.compile(rf"[^a-z]*(?:{SPELT}|\d)")
_CODE_SHAPE = re.compile(r"[a-z]{1,3} ?\d[\w./-]{0,20}|[a-z]{1,6}[./-]?\d[\w./-]{0,20}|\d[\w./-]{0,20}[a-z][\w./-]{0,10}")
_WORDS = {
    "yes": "boolean",
    "no": "boolean",
    "true": "boolean",
    "false": "boolean",
    "y": "flag",
    "n": "flag",
    "noon": "time",
    "midnight": "time",
}
_PHONE_DIGITS = range(7, 13)
_ORDER = (
    "email",
    "url",
    "date",
    "datetime",
    "time",
    "money",
    "percent",
    "duration",
    "quantity",
    "boolean",
    "number",
    "identifier",
    "phone",
    "code",
)


def is_null(verbatim: str) -> bool:
    """Whether a cell asserts nothing (`(blank)`, `N/A`, `Not Available`, `&nbsp;`, …)."""
    if len(verbatim) > _LONGEST_NULL:
        return not normal(verbatim[:1000]) and not normal(verbatim)
    text = plain(verbatim)
    if text in NULLS:
        return True
    inside = _ENCLOSED.fullmatch(text)
    return bool(inside and inside[1].strip() in NULLS)


def infer(verbatims: Iterable[str]) -> str:
    """The type that at least nine in ten of the values have; `text` when there is none.

    Days with and without a time make a column of dates when every time is midnight, else of datetimes; amounts with and without a
    currency make one of money. Digits with a nought in front make identifiers.

    Args:
        verbatims: Values of one attribute; nulls are ignored. Of very many distinct ones a sample is looked at, whatever their order.
    """
    values = [v for v in dict.fromkeys(verbatims) if not is_null(v)]
    if len(values) > _SAMPLE:
        values = sorted(values, key=digest)[:_SAMPLE]
    if not values:
        return "text"
    fits = Counter(k for v in values for k in _kinds(v))
    least = _ENOUGH * len(values)
    if fits["date"] + fits["datetime"] >= least and fits["datetime"]:
        return "date" if fits["midnight"] == fits["datetime"] else "datetime"
    if fits["money"] and fits["money"] + fits["number"] >= least and fits["number"] < least:
        return "money"
    if fits["flag"] + fits["boolean"] >= least and (fits["boolean"] or fits["flag"] > 1):
        return "boolean"
    if fits["coded"]:
        fits["number"] = 0
    else:
        fits["identifier"] = 0
    if fits["lettered"] >= least / 3:
        fits["code"] += fits["digits"]
    return next((k for k in _ORDER if fits[k] >= least), "text")


def _kinds(verbatim: str) -> set[str]:
    """The types a value could have, on its own looks; and marks that only a whole column can weigh."""
    text = plain(typed(plain(verbatim[:2000])))
    if text in _WORDS:
        return {_WORDS[text]}
    if "@" in text:
        return {"email"} if PATTERNS["email"].fullmatch(text) else set()
    if text.startswith(("http://", "https://", "www.")):
        return {"url"} if read(verbatim, "url") else set()
    if len(text) > _LONGEST or not (_NUMBERED.match(text) or any(c.isdigit() for c in text)):
        return set()
    return _counted(text, verbatim) | _dated(text) | _marked(text)


def _counted(text: str, verbatim: str) -> set[str]:
    out = set()
    if "%" in text or "per" in text:
        out |= {"percent"} if read(text, "percent") else set()
    elif read(text, "number"):
        out.add("number")
    elif made := read(text, "money"):
        out |= {"money"} if made.unit or any(s in text for s in SYMBOLS) else set()
    if not out and any(c.isalpha() for c in text):
        out |= {k for k in ("duration", "quantity") if read(verbatim, k)}
    return out


def _dated(text: str) -> set[str]:
    if _COMPACT_DAY.fullmatch(text):
        return {"date"} if parse_day(text) else set()
    out = {"time"} if _CLOCK.search(text) and read(text, "time") else set()
    if not _DAY_SHAPE.fullmatch(text) and not _DAY_SHAPE.match(text):
        return out
    if _AMBIGUOUS.fullmatch(text):
        return {"date"}
    with_time = bool(out) or bool(_CLOCK.search(text[8:]))
    if with_time and (read(text, "datetime") or _AMBIGUOUS.match(text)):
        return out | {"datetime"} | ({"midnight"} if _MIDNIGHT.fullmatch(text) else set())
    return out | ({"date"} if parse_day(text) else set())


def _marked(text: str) -> set[str]:
    if text.isdecimal():
        return {"identifier", "digits"} | ({"coded"} if _CODED.fullmatch(text) else set())
    if (found := _PHONE.fullmatch(text)) and not _NO_PHONE.fullmatch(text):
        digits = sum(c.isdigit() for c in text.partition("x")[0])
        return {"phone"} if digits in _PHONE_DIGITS or (found[1] and 7 <= digits <= 15) else set()  # noqa: PLR2004
    return {"code", "lettered"} if _CODE_SHAPE.fullmatch(text) else set()


def kind_of(token: str) -> str | None:
    """The type of a single token as it stands in a sentence; None when it is an ordinary word."""
    for kind in ("email", "url", "money", "percent", "date", "time", "number"):
        if PATTERNS[kind].fullmatch(token) and (kind != "time" or _CLOCK.search(token.lower())):  # 4.50 is a number
            return kind
    if token[:1] in "#@" and len(token) > 1:
        return "identifier"
    if _RANGE.fullmatch(token):
        return "number"
    return "code" if PATTERNS["code"].fullmatch(token) else None
