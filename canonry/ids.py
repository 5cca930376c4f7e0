"""Stable hashes, anchors and cites. Never a row number, never Python's or polars' own ``hash``."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from typing import Any

_NOT_WORD = re.compile(r"[^\w\- ]+", re.UNICODE)


def digest(*parts: str, size: int = 16) -> str:
    """Hash text parts with BLAKE2b; parts are separated, so ``("ab", "c")`` differs from ``("a", "bc")``.

    Args:
        parts: Any strings.
        size: Length of the result in hexadecimal digits (even).

    Returns:
        Lower-case hexadecimal text of ``size`` characters.

    >>> digest("live", "travel.md") == digest("live", "travel.md")
    True
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    state = hashlib.blake2b(digest_size=size // 2)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        state.update(len(raw).to_bytes(8, "little"))
        state.update(raw)
    return state.hexdigest()


def digest_json(value: Any) -> str:
    """Hash a JSON-like value by its canonical text (sorted keys, no blanks)."""
    return digest(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str))


def slug(heading: str) -> str:
    """Turn a heading into the anchor a web page would give it.

    >>> slug("Booking leave & time-off")
    'booking-leave-time-off'
    """
    text = unicodedata.normalize("NFC", heading).casefold()
    return re.sub(r"[\s\-]+", "-", _NOT_WORD.sub(" ", text).strip()).strip("-")


def entity_id(entity_type: str, key: str) -> str:
    """Name an entity by its type and the normal form of its key; the id is also its cite."""
    return f"{entity_type}/{key}"


def record_cite(source: str, record_id: str) -> str:
    """Cite a row of an export."""
    return f"{source}/{record_id}"
