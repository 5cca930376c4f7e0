"""The one form of a value of each type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canonry.days import order_of
from canonry.text import visible
from canonry.values import amounts, contacts, dates, moments, names
from canonry.values.durations import duration
from canonry.values.value import UNKNOWN, Locale, Value
from canonry.values.written import plain, typed, unescaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LONGEST = 256  # characters; a longer text is no value of a type with a form of its own
_SPACES = re.compile(r"\s+")
_COMMA = re.compile(r"(?<![\d,.])\d{1,3}(?:\.\d{3}){0,9},\d{1,2}(?![\d,])|\d{4,20},\d{1,2}(?!\d)|\d,\d{4,20}(?!\d)")
_POINT = re.compile(r"\d\.\d{1,2}(?![\d.,])|,\d{3}[.,]\d|\d\.\d{4,20}(?![\d.,])")
_COUNTED = frozenset(("money", "number", "percent", "quantity", "duration"))


def canonical(verbatim: str, kind: str, locale: Locale = UNKNOWN) -> Value:
    """Bring a value into the one form of its type; a value that does not fit its type is treated as text.

    Args:
        verbatim: The value as it was written.
        kind: One of the value types.
        locale: What the column shows of how its values are written (`locale_of`).

    >>> canonical("$1,234.5", "money")
    Value(value='1234.50 USD', unit='USD', precision='exact')
    >>> canonical("80 %", "percent").value, canonical("4:30 p.m.", "time").value
    ('0.8', '16:30')
    >>> canonical("Acme Ltd.", "organization").value
    'acme'
    >>> canonical("see room 12", "number").value
    'see room 12'
    """
    return read(verbatim, kind, locale) or Value(plain(verbatim))


def read(verbatim: str, kind: str, locale: Locale = UNKNOWN) -> Value | None:
    """The canonical value, or None when the text does not fit the type; for text, name, identifier and place every text does.

    >>> read("see room 12", "number"), read("03/04/2024", "date")
    (None, None)
    >>> read("03/04/2024", "date", locale_of(["03/04/2024", "25/12/2024"], "date")).value
    '2024-04-03'
    """
    try:
        if kind == "url":
            return contacts.url(unescaped(verbatim))
        text = plain(verbatim)
        make = _MAKERS.get(kind)
        if make is None:
            return Value(text)
        if len(text) > _LONGEST:
            return None
        if kind == "quantity":  # capitals count in units
            return amounts.quantity(_SPACES.sub(" ", typed(unescaped(visible(verbatim)))).strip(), locale.mark)
        return make(text if text.isascii() else plain(typed(text)), locale)
    except (ValueError, ArithmeticError):  # a broken URL, a day that does not exist, a number beyond all bounds
        return None


def locale_of(verbatims: Iterable[str], kind: str) -> Locale:
    """What the values of one column of one source show of how they are written; what none of them shows is left open.

    >>> (
    ...     locale_of(["12,50", "1.234"], "number").mark,
    ...     locale_of(["+44 20 7946 0000", "020 7946 0001"], "phone").region,
    ... )
    (',', 'GB')
    """
    if kind in ("date", "datetime"):
        return Locale(order=order_of(typed(v) for v in verbatims))
    if kind == "phone":
        return Locale(region=contacts.region_of(verbatims))
    if kind not in _COUNTED:
        return UNKNOWN
    texts = [v[:_LONGEST] for v in verbatims]
    comma, point = any(_COMMA.search(t) for t in texts), any(_POINT.search(t) for t in texts)
    return UNKNOWN if comma == point else Locale(mark="," if comma else ".")


def _boolean(text: str) -> Value | None:
    if text in ("yes", "y", "true", "t", "1", "1.0", "on", "✓", "✔", "☑"):
        return Value("true")
    return Value("false") if text in ("no", "n", "false", "f", "0", "0.0", "off", "✗", "✘", "☐") else None


_MAKERS: dict[str, Callable[[str, Locale], Value | None]] = {
    "number": lambda t, at: amounts.number(t, at.mark),
    "money": lambda t, at: amounts.money(t, at.mark),
    "percent": lambda t, at: amounts.percent(t, at.mark),
    "quantity": lambda t, at: amounts.quantity(t, at.mark),
    "duration": lambda t, at: duration(t, at.mark),
    "date": lambda t, at: dates.day(t, at.order),
    "datetime": lambda t, at: moments.moment(t, at.order),
    "time": lambda t, _: moments.clock(t),
    "phone": lambda t, at: contacts.phone(t, at.region),
    "email": lambda t, _: contacts.email(t),
    "boolean": lambda t, _: _boolean(t),
    "organization": lambda t, _: names.organization(t),
    "person": lambda t, _: names.person(t),
    "address": lambda t, _: names.address(t),
    "code": lambda t, _: names.code(t),
}
