"""Which records are one thing, and which documents and passages are copies or versions of each other."""

from __future__ import annotations

from canonry.match.stage import match

__all__ = ["match"]
