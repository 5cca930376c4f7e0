"""How likely an item is to be current and right: a small logistic model over what is known of it, with contributions that add up.

The coefficients are fitted numbers; `benchmarks/calibration.py` prints them, and how well they hold on pages that they were not fitted on.
The model knows nothing of a corpus: no words, names, folders or sources.
"""

from __future__ import annotations

import polars as pl

INTERCEPT = 3.572
COEFFICIENTS = {
    "older_dated": -0.301,
    "older_drift": -0.375,
    "newer_dated": 1.224,
    "newer_drift": 1.113,
    "undecided": 0.232,
    "corrected": -4.019,
    "contested": -0.846,
    "stands": -0.148,
    "soft": -0.874,
    "undated": -0.201,
    "freshness": 0.088,
}
FEATURES = tuple(COEFFICIENTS)
_GROUNDS = ("ruling", "replaced_by", "dates", "authority")  # of a direction between versions; the other ground is drift


def features(items: pl.DataFrame, page_pairs: pl.DataFrame) -> pl.DataFrame:
    """Describe passages in numbers between 0 and 1.

    Args:
        items: Columns ``item_id``, ``kind``, ``document_id``, ``reason`` (null while served), ``status``, ``date_kind``, ``flags``,
            ``conflict_ids``, ``freshness`` (null when undated), ``signals`` (names of the page's signals).
        page_pairs: As match makes them.

    Returns:
        ``item_id`` and a column per name of `FEATURES`: whether the page is the older or newer of two versions, by dates, rank or a named
        successor, or by drift; whether versions stand beside it undecided; whether a claim in it lost, one is open, or all that were
        compared stand; how many soft signs of age it shows; whether it has no exact date; how fresh it is against the rhythm of its source.
        What ended (expired, removed) is not described: no such passage is among those that the model was fitted on.
    """
    ended = pl.col("reason").is_in(["expired", "removed"]).fill_null(value=False)
    out = items.filter((pl.col("kind") == "passage") & ~ended).join(_positions(page_pairs), on="document_id", how="left")
    places = [pl.col(c).fill_null(value=False) for c in ("older_dated", "older_drift", "newer_dated", "newer_drift", "undecided")]
    soft = pl.col("signals").list.set_intersection(
        ["age", "review_overdue", "owner_gone", "broken_link", "dead_reference", "dependency_stale"]
    )
    touched = pl.col("conflict_ids").list.len() > 0
    return out.select(
        "item_id",
        *places,
        corrected=pl.col("status") == "corrected",
        contested=pl.col("status") == "contested",
        stands=touched & pl.col("status").is_in(["current", "stale"]),
        soft=pl.min_horizontal(soft.list.len() / 2, 1.0),
        undated=pl.col("date_kind") != "exact",
        freshness=pl.col("freshness").fill_null(0.5),
    ).with_columns(pl.col(*FEATURES).cast(pl.Float64))


def _positions(page_pairs: pl.DataFrame) -> pl.DataFrame:
    """Where a page stands among its versions: document_id and a flag per place."""
    pairs = page_pairs.filter(~pl.col("is_copy"))
    ends = pl.concat([pairs.with_columns(document_id=pl.col(side)) for side in ("left_id", "right_id")])
    versions, directed = ~pl.col("is_kin"), pl.col("newer_id").is_not_null()
    newer, dated = pl.col("newer_id") == pl.col("document_id"), pl.col("basis").is_in(_GROUNDS)
    return ends.group_by("document_id").agg(
        older_dated=(versions & directed & ~newer & dated).any(),
        older_drift=(versions & directed & ~newer & ~dated).any(),
        newer_dated=(versions & directed & newer & dated).any(),
        newer_drift=(versions & directed & newer & ~dated).any(),
        undecided=(versions & ~directed).any(),
    )


def likely(described: pl.DataFrame) -> pl.DataFrame:
    """Judge what `features` described.

    Returns:
        ``item_id``; ``p_current``, the probability that the passage is current and right, in (0, 1); ``p_parts``, JSON: what each feature
        adds to the log-odds, which the parts and the intercept sum up to.
    """
    parts = described.select("item_id", *((pl.col(f) * COEFFICIENTS[f]).round(4) for f in FEATURES))
    odds = pl.sum_horizontal(FEATURES) + INTERCEPT
    told = pl.struct(pl.lit(INTERCEPT).alias("intercept"), *FEATURES).struct.json_encode()
    return parts.select("item_id", p_current=(1.0 / (1.0 + (-odds).exp())).round(4), p_parts=told)
