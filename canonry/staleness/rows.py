"""The shape in which signals on documents are written."""

from __future__ import annotations

import polars as pl


def of_documents(rows: pl.DataFrame, signal: str, *, score: float | None = None, is_stale: bool = False) -> pl.DataFrame:
    """Give rows of documents their signal; without a score, the rows bring their own."""
    own = pl.col("score") if score is None else pl.lit(score)
    return rows.with_columns(
        target_kind=pl.lit("document"), target_id="document_id", signal=pl.lit(signal), is_stale=pl.lit(is_stale), score=own
    )
