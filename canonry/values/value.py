"""What a canonical value is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """A canonical value.

    Attributes:
        value: The one form of its type.
        unit: Currency or SI unit, where the type has one.
        precision: exact, range, bound or approximate.
    """

    value: str
    unit: str | None = None
    precision: str = "exact"
