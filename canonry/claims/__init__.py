"""What each source asserts: from the cells of records, from claims tables, and from the sentences of documents."""

from __future__ import annotations

from canonry.claims.stage import claims

__all__ = ["claims"]
