"""Where personal data of a fixed form stand in a text. Names are not among them: they have no form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from phonenumbers import Leniency, PhoneNumberMatcher

from canonry.protect.secrets import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}(?![\w-])")
_SSN = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])")
_CARD = re.compile(r"(?<![\w-])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)")
_TWELVE = 12


def _matches(pattern: re.Pattern[str], holds: Callable[[str], bool]) -> Callable[[str], Iterator[tuple[int, int]]]:
    return lambda text: (m.span() for m in pattern.finditer(text) if holds(m[0]))


def _luhn(number: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812)."""
    digits = [int(c) for c in number if c.isdigit()][::-1]
    return len(digits) > _TWELVE and sum(sum(divmod(d * (1 + n % 2), 10)) for n, d in enumerate(digits)) % 10 == 0


def _iban(number: str) -> bool:
    """Whether the check digits of an account number are right (ISO 13616)."""
    plain = number.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _phones(text: str) -> Iterator[tuple[int, int]]:
    """Numbers with a country code: without one nobody can tell them from other numbers."""
    return ((m.start, m.end) for m in PhoneNumberMatcher(text, None, leniency=Leniency.VALID)) if "+" in text else iter(())


_KINDS: dict[str, Callable[[str], Iterator[tuple[int, int]]]] = {
    "email": _matches(_EMAIL, bool),
    "iban": _matches(_IBAN, _iban),
    "card": _matches(_CARD, _luhn),
    "ssn": _matches(_SSN, bool),
    "phone": _phones,
}
KINDS = tuple(_KINDS)
"""What is looked for: e-mail addresses, bank accounts, payment cards, social security numbers (US), phone numbers with a country code."""


def personal(text: str, ignore: frozenset[str] = frozenset()) -> list[Span]:
    """Find personal data.

    Args:
        text: Any text.
        ignore: Kinds that are left alone.

    Returns:
        Spans in order; where two overlap, the one that stands first in `KINDS`.
    """
    found: list[Span] = []
    for kind, search in _KINDS.items():
        if kind not in ignore:
            found += [Span(a, b, kind) for a, b in search(text) if not any(a < s.end and s.start < b for s in found)]
    return sorted(found)
