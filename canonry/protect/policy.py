"""What the configuration makes of a passage that hides something, speaks to agents, or holds a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from canonry.config import Protect

_WHY = {
    "is_secret": "A secret stood in it.",
    "is_hidden": "Its page hides text.",
    "speaks": "It speaks to agents.",
}


def set_aside(protect: Protect) -> pl.Expr:
    """Say why a passage is set aside; null where it is not.

    Args:
        protect: What the configuration asks for.

    Returns:
        A text over the columns ``is_secret``, ``is_hidden`` and ``speaks``; a null there counts as no.
    """
    asked = {"is_secret": protect.secrets, "is_hidden": protect.hidden_text, "speaks": protect.instructions}
    parts = [pl.when(pl.col(c)).then(pl.lit(_WHY[c])) for c, mode in asked.items() if mode == "quarantine"]
    return pl.coalesce(*parts, pl.lit(None, dtype=pl.String))
