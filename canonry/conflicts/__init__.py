"""Where claims differ, and what kind of difference it is, before anything is decided."""

from __future__ import annotations

from canonry.conflicts.stage import conflicts

__all__ = ["conflicts"]
