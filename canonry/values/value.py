"""What a canonical value is, and what a column shows of how its values are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canonry.days import Order


@dataclass(frozen=True)
class Value:
    """A canonical value.

    Attributes:
        value: The one form of its type.
        unit: Currency, SI unit, zone of a time of day, working days or percentage points, where the value has one.
        precision: exact, range, bound or approximate.
    """

    value: str
    unit: str | None = None
    precision: str = "exact"


@dataclass(frozen=True)
class Locale:
    """How one column of one source writes its values, as far as its own values show it.

    Attributes:
        order: Whether the day or the month comes first in 03/04/2024; None when no value shows it, or values contradict each other.
        mark: What stands before decimals, comma or point.
        region: Whose phone numbers those without a country code are (ISO 3166); the one that all with a code share.
    """

    order: Order | None = None
    mark: str | None = None
    region: str | None = None


UNKNOWN = Locale()
