"""Which day an item is from, on what basis, and how far that can be trusted."""

from __future__ import annotations

import polars as pl

STAMP_SHARE = 0.05
STAMP_LEAST = 10
_STAMPED_BASES = ("content", "item", "sidecar")


def settled(frame: pl.DataFrame, on: str, basis: str) -> pl.DataFrame:
    """Give items their date.

    A date that more than max(10, 5 %) of a source's items share is a stamp: a bulk edit or a migration set it. It only says "no later
    than", as the day on which the copy was taken does.

    Args:
        frame: Columns ``source``, ``observed_on`` (date of the copy) and `on` (the item's own date, or null).
        on: The column with the item's own date.
        basis: The column that says where that date comes from (content, item, sidecar).

    Returns:
        The frame with ``dated_on``, ``date_basis``, ``date_kind`` and ``is_stamped``.
    """
    stamped = pl.col(on).is_not_null() & (
        pl.len().over("source", on) > pl.max_horizontal(pl.lit(STAMP_LEAST), pl.len().over("source") * STAMP_SHARE)
    )
    own, seen = pl.col(on).is_not_null(), pl.col("observed_on").is_not_null()
    return frame.with_columns(is_stamped=stamped).with_columns(
        dated_on=pl.coalesce(on, "observed_on"),
        date_basis=pl.when(own).then(pl.col(basis)).when(seen).then(pl.lit("observed")).otherwise(pl.lit("none")),
        date_kind=pl.when(own & ~pl.col("is_stamped"))
        .then(pl.lit("exact"))
        .when(own | seen)
        .then(pl.lit("no_later_than"))
        .otherwise(pl.lit("unknown")),
    )
