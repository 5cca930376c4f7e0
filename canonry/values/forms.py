"""The one form of a value of each type."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from canonry.text import normal, visible
from canonry.values import amounts, moments
from canonry.values.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

_PHONE = re.compile(r"(?:(?:tel|phone|mobile)\b[.:]*\s*)?(\+?)([\d\s().\-/]{3,}?)\s*(?:,?\s*(?:ext\.?|extension|x)\s*(\d+))?")
_HOST = re.compile(r"(?:[^\s@/]+@)?(?:[\w-]+(?:\.[\w-]+)+\.?|localhost|\[[\da-f:.]+\])(?::\d+)?")
_SCHEME = re.compile(r"[a-z][a-z\d+.-]*://", re.IGNORECASE)
_TRACKING = ("utm_", "gclid", "fbclid")
_LEGAL = re.compile(r"(?:\s+(?:inc|incorporated|ltd|limited|llc|gmbh|ag|plc|co|corp|corporation|company|sa|bv))+$")


def canonical(verbatim: str, kind: str) -> Value:
    """Bring a value into the one form of its type; a value that does not fit its type is treated as text.

    >>> canonical("$1,234.5", "money")
    Value(value='1234.50 USD', unit='USD', precision='exact')
    >>> canonical("80 %", "percent").value, canonical("4:30 p.m.", "time").value
    ('0.8', '16:30')
    >>> canonical("Acme Ltd.", "organization").value
    'acme'
    >>> canonical("see room 12", "number").value
    'see room 12'
    """
    text = normal(verbatim)
    try:
        made = _url(verbatim) if kind == "url" else _MAKERS[kind](text) if kind in _MAKERS else None
    except (ValueError, ArithmeticError):  # a broken URL, a day that does not exist, a number beyond all bounds
        made = None
    return made or Value(text)


def _phone(text: str) -> Value | None:
    found = _PHONE.fullmatch(text)
    digits = re.sub(r"\(0\)|\D", "", found[2]) if found else ""
    return Value(found[1] + digits + (f"x{found[3]}" if found[3] else "")) if found and digits else None


def _url(verbatim: str) -> Value | None:
    """Scheme and host in lower case; path and query keep theirs, for servers tell them apart."""
    text = unicodedata.normalize("NFC", visible(verbatim)).strip()
    parts = urlsplit(text if _SCHEME.match(text) else "https://" + text)
    if re.search(r"\s", text) or not _HOST.fullmatch(parts.netloc.lower()):
        return None
    query = "&".join(q for q in parts.query.split("&") if q and not q.casefold().startswith(_TRACKING))
    return Value(urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path.rstrip("/"), query, "")))


def _boolean(text: str) -> Value | None:
    if text in ("yes", "y", "true", "1", "on"):
        return Value("true")
    return Value("false") if text in ("no", "n", "false", "0", "off") else None


def _organization(text: str) -> Value | None:
    return Value(_LEGAL.sub("", re.sub(r"[.,]", "", text)).strip())


def _code(text: str) -> Value | None:
    return Value(re.sub(r"[\s-]+", "", text))


_MAKERS: dict[str, Callable[[str], Value | None]] = {
    "number": amounts.number, "money": amounts.money, "percent": amounts.percent, "quantity": amounts.quantity,
    "duration": amounts.duration, "date": moments.day, "datetime": moments.moment, "time": moments.clock, "phone": _phone,
    "boolean": _boolean, "organization": _organization, "code": _code,
}  # fmt: skip
