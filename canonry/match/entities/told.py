"""What the comparisons of pairs add up to, in the form that is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

WHOLE = "the whole record"
LINKS = {
    "left": pl.Int64, "right": pl.Int64, "match_weight": pl.Float64, "match_probability": pl.Float64, "comparisons": pl.String,
}  # fmt: skip


def together(every: list[pl.DataFrame]) -> pl.DataFrame:
    """Put tables of pairs together, ordered by both ends."""
    return pl.concat(every).sort("left", "right")


def links(
    left: NDArray[np.int64], right: NDArray[np.int64], probability: NDArray[np.float64], parts: Mapping[str | None, NDArray[np.float64]]
) -> pl.DataFrame:
    """Pairs with what speaks for them.

    Args:
        left: Rows of one end of the pairs.
        right: Rows of the other end.
        probability: That both are one thing, in [0, 1].
        parts: Column → what it adds to the log-odds of each pair; None for the records as a whole.

    Returns:
        Columns `LINKS`: the weight in bits is the sum of the comparisons, which stand in JSON with the strongest first.
    """
    bits = {name or WHOLE: part / np.log(2) for name, part in parts.items()}
    rounded = {name: np.round(part, 3).tolist() for name, part in bits.items()}
    told = []
    for values in zip(*rounded.values(), strict=True) if rounded else ():
        ranked = sorted(zip(rounded, values, strict=True), key=lambda e: (-abs(e[1]), e[0]))
        told.append(json.dumps(dict(ranked), ensure_ascii=False))
    weight = np.round(sum(bits.values(), np.zeros(len(left))), 4)
    return pl.DataFrame(
        {"left": left, "right": right, "match_weight": weight, "match_probability": probability, "comparisons": told}, schema=LINKS
    )
