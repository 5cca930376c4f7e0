"""How values are written: entities and marks of other scripts, numbers in digits and in words."""

from __future__ import annotations

import html
import re
import unicodedata
from decimal import Context, Decimal
from typing import TYPE_CHECKING

from canonry.text import normal

if TYPE_CHECKING:
    from collections.abc import Callable

EXACT = Context(prec=300)  # a text that may be a number is shorter, so nothing is ever rounded
_ENTITY = re.compile(r"&#?\w{1,31};")
_PASSES = 4  # entities inside entities: deeper ones are left as they stand
_MARKS = str.maketrans({
    "½": ".5", "¼": ".25", "¾": ".75", "⅛": ".125", "⅜": ".375", "⅝": ".625", "⅞": ".875", "⅕": ".2", "⅖": ".4", "⅗": ".6", "⅘": ".8",
    "−": "-", "‐": "-", "‒": "-", "–": "-", "—": "-", "‑": "-", "٬": ",", "٫": ".", "″": '"', "′": "'", "’": "'",
})  # fmt: skip

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENTHS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {w: 10 * n for n, w in enumerate(_TENTHS.split(), 2)}
_SMALL = {w: n for n, w in enumerate(_UNITS.split())} | _TENS
_BIG = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
NUMBER_WORDS = frozenset((*_SMALL, *_BIG, "dozen"))
"""Words that numbers are written out in."""
_NTH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth"
)
_ORDINALS = (
    {w: n for n, w in enumerate(_NTH.split(), 1)} | {w[:-1] + "ieth": n for w, n in _TENS.items()} | {"hundredth": 100, "thousandth": 1000}
)
SCALES = {"k": 10**3, "thousand": 10**3, "lakh": 10**5, "million": 10**6, "mio": 10**6, "crore": 10**7, "billion": 10**9, "bn": 10**9,
          "mrd": 10**9, "trillion": 10**12, "hundred": 100, "dozen": 12}  # fmt: skip
"""Words behind a number that say how many times it is meant."""

# In digits: thousands marked the English, Indian, European or Swiss way, or not at all. All repetitions are bounded.
NUMERAL = (
    r"(?:\d{1,2}(?:,\d{2}){1,6},\d{3}(?:\.\d{1,20})?|\d{1,3}(?:,\d{3}){1,9}(?:\.\d{1,20})?|\d{1,3}(?:\.\d{3}){1,9},\d{1,20}|"
    r"\d{1,3}(?:\.\d{3}){2,9}|\d{1,3}(?:['’\u00a0\u202f\u2009]\d{3}){1,9}(?:[.,]\d{1,20})?|\d{1,40}(?:\.\d{1,20})?|\.\d{1,20})(?!\d)"
)
_ATOM = "(?:" + "|".join(sorted(NUMBER_WORDS, key=lambda w: (-len(w), w))) + r")\b"
SPELT = (
    rf"\b(?:an?[\s-](?=hundred|thousand|million|billion|dozen))?{_ATOM}(?:[\s-](?:and[\s-])?{_ATOM}){{0,8}}(?:\sand\sa\s(?:half|quarter))?"
)

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
WRITTEN = rf"(?:{NUMERAL}|\d{{1,40}},\d{{1,20}}|\d{{1,3}}(?: \d{{3}}){{1,9}}(?:[.,]\d{{1,20}})?(?!\d))(?:e[-+]?\d{{1,2}})?"
"""NUMERAL and what only a whole cell may be: a decimal comma, thousands set apart by blanks, a power of ten."""
_DIGITS = re.compile(rf"({WRITTEN})(?: (?=\d/))?(1/2|1/4|3/4)?(?:\s?({'|'.join(SCALES)})\.?)?|(1/2|1/4|3/4)", re.IGNORECASE)
_ORDINAL = re.compile(r"(\d{1,9})(?:st|nd|rd|th)", re.IGNORECASE)
_PARTS = {"1/2": Decimal("0.5"), "half": Decimal("0.5"), "1/4": Decimal("0.25"), "quarter": Decimal("0.25"), "3/4": Decimal("0.75")}


def unescaped(text: str, after: Callable[[str], str] = str) -> str:
    """A text without HTML entities; one that never comes to rest (entities that make entities) is left as it is.

    Args:
        text: Any text.
        after: What else is done to it each time.
    """
    first = text = after(text)
    for _ in range(_PASSES):
        if not _ENTITY.search(text):
            return text
        without = after(html.unescape(text))
        if without == text:
            return text
        text = without
    return first


def plain(verbatim: str) -> str:
    """The normal form of a text that may hold HTML entities.

    >>> plain("AT&amp;T&nbsp; Labs")
    'at&t labs'
    """
    return unescaped(verbatim, normal)


def typed(text: str) -> str:
    """A normal form with ASCII digits, marks and letters for their full-width, superscript and other variants.

    >>> typed("＄１２３"), typed("٣"), typed("−5½")
    ('$123', '3', '-5.5')
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS)
    return "".join(str(unicodedata.digit(c)) if not c.isascii() and c.isdecimal() else c for c in text)


def numeral(text: str, mark: str | None = None) -> Decimal | None:
    """The number that a text is, in digits or words, exactly; None when it is none.

    Args:
        text: In plain form.
        mark: What the column uses before decimals; without it a single comma before three digits marks thousands.

    >>> (
    ...     numeral("1.234,5"),
    ...     numeral("(1,200)"),
    ...     numeral("twenty-one"),
    ...     numeral("2 million"),
    ...     numeral("1.234", ","),
    ... )
    (Decimal('1234.5'), Decimal('-1200'), Decimal('21'), Decimal('2000000'), Decimal('1234'))
    """
    sign = 1
    if text[:1] == "(" and text[-1:] == ")":
        sign, text = -1, text[1:-1].strip()
    elif text[:1] in ("-", "+"):
        sign, text = -1 if text[0] == "-" else 1, text[1:].lstrip()
    elif text.endswith("-"):
        sign, text = -1, text[:-1]
    elif text.lower().startswith("minus "):
        sign, text = -1, text[6:]
    found = _DIGITS.fullmatch(text)
    made = _digits(found, mark) if found else _said(text.lower())
    return None if made is None else EXACT.multiply(made, sign)


def _digits(found: re.Match[str], mark: str | None) -> Decimal | None:
    if found[4]:
        return _PARTS[found[4]]
    digits = re.sub(r"[ '’]", "", found[1])
    body, power = digits.lower().partition("e")[::2]
    if "," in body and "." in body:
        mark = max(",.", key=body.rfind)
    elif "," in body:
        mark = "," if not _GROUPED.fullmatch(body) or (mark == "," and body.count(",") == 1) else "."
    elif "." in body:
        mark = "," if body.count(".") > 1 or (mark == "," and _DOTTED.fullmatch(body)) else "."
    body = body.replace("." if mark == "," else ",", "").replace(",", ".")
    if body.count(".") > 1:
        return None
    made = Decimal(body).scaleb(int(power or 0), EXACT)
    if found[2]:
        made = EXACT.add(made, _PARTS[found[2]])
    return EXACT.multiply(made, SCALES[found[3].lower()]) if found[3] else made


def _said(text: str) -> Decimal | None:
    """A number in words: `twenty-one`, `two hundred and five`, `one and a half`, `a dozen`, `half a`."""
    text = re.sub(r"\s(?:a|an|of)$", "", text)
    if text in ("half", "a half", "quarter", "a quarter"):
        return _PARTS[text.rpartition(" ")[2]]
    text, _, part = text.partition(" and a ")
    made = _whole(re.split(r"[\s-]+(?:and[\s-]+)?", re.sub(r"^an?[\s-]", "", text)))
    if made is None or (part and part not in _PARTS):
        return None
    return Decimal(made) + _PARTS.get(part, 0)


def _whole(said: list[str]) -> int | None:
    total, current, least = 0, 0, 10**15
    for word in said:
        n = _SMALL.get(word)
        if n is not None:
            free = current % 100 == 0 if n > 9 or n == 0 else current % 10 == 0 and current % 100 != 10  # noqa: PLR2004
            if not free or (n == 0 and len(said) > 1):
                return None
            current += n
        elif word == "dozen" and current < 100:  # noqa: PLR2004
            current = max(current, 1) * 12
        elif word == "hundred" and current < 100:  # noqa: PLR2004
            current = max(current, 1) * 100
        elif _BIG.get(word, least) < least and word != "hundred":
            least = _BIG[word]
            total, current = total + max(current, 1) * least, 0
        else:
            return None
    return total + current if said else None


def ordinal(text: str) -> Decimal | None:
    """The number of `5th` or `twenty-first`."""
    if found := _ORDINAL.fullmatch(text):
        return Decimal(found[1])
    head, _, tail = text.rpartition("-") if "-" in text else text.rpartition(" ")
    if tail not in _ORDINALS:
        return None
    tens = _SMALL.get(head, 0)
    is_whole = not head or (tens in _TENS.values() and _ORDINALS[tail] < 10)  # noqa: PLR2004
    return Decimal(tens + _ORDINALS[tail]) if is_whole else None


def shown(number: Decimal) -> str:
    """A number in digits, without noughts that say nothing.

    >>> shown(Decimal("1.500")), shown(Decimal("-0")), shown(Decimal("1e3"))
    ('1.5', '0', '1000')
    """
    digits = f"{number:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits
