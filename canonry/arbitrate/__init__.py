"""Which claim stands: rulings of people first, then the declared policy; the rest is asked."""

from __future__ import annotations

from canonry.arbitrate.stage import arbitrate

__all__ = ["arbitrate"]
