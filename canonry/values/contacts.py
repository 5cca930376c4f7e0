"""E-mail addresses, phone numbers and URLs."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import phonenumbers

from canonry.text import visible
from canonry.values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

EMAIL = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}"
_EMAIL = re.compile(rf"(?:mailto:)?({EMAIL})(?:\?.*)?|[^<>]*<({EMAIL})>")
_PHONE = re.compile(
    r"(?:(?:telephone|tel|phone|mobile|cell|fax)\b[.:]*\s?)?(\+|00(?=[1-9]))?([\d\s().\-/]{3,40}?)\s?(?:[,;]?\s?(?:ext\.?|extension|ext=|x|#)\s?(\d{1,7}))?[.,;]?"
)
_DIGITS = range(3, 16)  # E.164: fifteen at most
_HOST = re.compile(r"(?:[^\s@/]{1,64}@)?(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}\.?|localhost|\[[\da-f:.]{2,45}\])(?::\d{1,5})?")
_SCHEME = re.compile(r"[a-z][a-z\d+.-]{1,20}://", re.IGNORECASE)
_TRACKING = (
    "utm_", "gclid=", "gclsrc=", "dclid=", "gbraid=", "wbraid=", "fbclid=", "msclkid=", "yclid=", "twclid=", "igshid=", "mc_cid=",
    "mc_eid=", "_hsenc=", "_hsmi=", "mkt_tok=", "vero_id=", "oly_anon_id=", "oly_enc_id=", "_ga=", "_gl=",
)  # fmt: skip
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def email(text: str) -> Value | None:
    """An e-mail address in lower case, without the name before it."""
    found = _EMAIL.fullmatch(text)
    return Value(found[1] or found[2]) if found else None


def phone(text: str, region: str | None = None) -> Value | None:
    """A phone number: E.164 where the region is known, else its digits; an extension behind an x.

    Args:
        text: In plain form.
        region: Whose numbers those without a country code are (ISO 3166, `GB`).
    """
    found = _PHONE.fullmatch(text)
    digits = re.sub(r"\D", "", found[2].replace("(0)", "") if found[1] else found[2]) if found else ""
    if not found or len(digits) not in _DIGITS:
        return None
    extension = f"x{found[3]}" if found[3] else ""
    number = _parsed(("+" if found[1] else "") + digits, region)
    if number:
        return Value(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension)
    return Value(("+" if found[1] else "") + digits + extension)


def _parsed(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    if text[0] != "+" and not region:
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def region_of(texts: Iterable[str]) -> str | None:
    """The region that all numbers with a country code share; of those that share a code, the main one.

    >>> region_of(["+44 20 7946 0000", "020 7946 0001"])
    'GB'
    """
    numbers = (_parsed("+" + re.sub(r"\D", "", t), None) for t in texts if t.lstrip().startswith("+"))
    codes = {n.country_code for n in numbers if n and n.country_code}
    return phonenumbers.region_code_for_country_code(codes.pop()) if len(codes) == 1 else None


def url(verbatim: str) -> Value | None:
    """Scheme and host in lower case, no fragment, no tracking; path and query keep their capitals, for servers tell them apart."""
    text = unicodedata.normalize("NFC", visible(verbatim)).strip()
    parts = urlsplit(text if _SCHEME.match(text) else "https://" + text)
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    if re.search(r"\s", text) or not _HOST.fullmatch(host):
        return None
    query = "&".join(q for q in parts.query.split("&") if q and not q.casefold().startswith(_TRACKING))
    return Value(urlunsplit((scheme, host.removesuffix(_DEFAULT_PORTS.get(scheme, " ")), parts.path.rstrip("/"), query, "")))
