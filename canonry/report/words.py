"""How stored words, dates and addresses are said to a person."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

TYPES = {
    "value_conflict": "different values",
    "outdated": "one is outdated",
    "negation": "one denies the other",
    "definition": "different definitions",
    "suspected_error": "suspected error",
    "format_or_unit": "same value, other format or unit",
    "granularity": "one is more precise",
    "scope_difference": "different scope",
    "multi_valued": "several values hold",
}
KINDS = {"records": "record ↔ record", "texts": "text ↔ text", "text_and_record": "text ↔ record"}
STATUSES = {
    "open": "to decide",
    "decided_by_policy": "decided by policy",
    "decided_by_person": "decided by a person",
    "dismissed": "not a conflict",
}
RELATIONS = {"exact": "exact copy", "near": "near copy", "version": "older version", "shared": "shared text"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SAFE_URL = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f\x7f\\\"<>`]+", re.IGNORECASE)


def plain(name: str) -> str:
    """Turn a stored name into words.

    >>> plain("refund_window")
    'refund window'
    """
    return name.replace("_", " ").strip() or name


def day(when: date | datetime | None) -> str | None:
    """Write a day the same in every locale.

    >>> from datetime import date
    >>> day(date(2024, 6, 5))
    '5 Jun 2024'
    """
    return None if when is None else f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def dated(when: date | None, kind: str | None) -> str:
    """Write a date with what it is worth.

    >>> from datetime import date
    >>> dated(date(2024, 6, 15), "no_later_than"), dated(date(2024, 6, 15), "exact"), dated(None, "unknown")
    ('no later than 15 Jun 2024', '15 Jun 2024 (exact)', 'undated')
    """
    if when is None:
        return "undated"
    ways = {"no_later_than": f"no later than {day(when)}", "exact": f"{day(when)} (exact)"}
    return ways.get(kind or "", f"{day(when)} (uncertain)")


def share(value: float | None) -> str | None:
    """Write a share in per cent, rounded down, so that only certainty reads 100 %.

    >>> share(0.999), share(1.0)
    ('99 %', '100 %')
    """
    return None if value is None else f"{int(value * 100 + 1e-9)} %"


def counted(n: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun.

    >>> counted(1, "page"), counted(1200, "page"), counted(2, "copy", "copies")
    ('1 page', '1,200 pages', '2 copies')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def linkable(url: str | None) -> str | None:
    r"""Give back an address that may become a link: http, https or mailto without anything that could hide another scheme.

    >>> linkable("https://wiki.example/a"), linkable("javascript:alert(1)"), linkable("java\nscript:x")
    ('https://wiki.example/a', None, None)
    """
    return url if url and _SAFE_URL.fullmatch(url) else None


def command(*parts: str) -> str:
    r"""Write a command line that a shell reads back as exactly these words.

    >>> print(command("rule", "k1", "--because", "it's $HOME"))
    canonry rule k1 --because 'it'"'"'s $HOME'
    """
    return shlex.join(("canonry", *parts))
