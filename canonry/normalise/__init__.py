"""Raw copies → documents, passages, sentences, records and asserted values in canonical form, for one edition."""

from __future__ import annotations

from canonry.normalise.stage import normalise

__all__ = ["normalise"]
