"""Signs that something is out of date, each with since when and evidence that a person can check."""

from __future__ import annotations

from canonry.staleness.stage import staleness

__all__ = ["staleness"]
