"""Why no word of the policy decided a conflict: what each of them saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.published import NO_RANK

if TYPE_CHECKING:
    from collections.abc import Sequence


def why_open(preferred: pl.DataFrame, words: Sequence[str], min_confidence: float) -> pl.DataFrame:
    """Say in one line what each word of a rule saw where none of them separated the sides.

    Args:
        preferred: Sides of the conflicts that the rule left open, as `policy.preferred` returns them.
        words: The words of the rule, in its order.
        min_confidence: What `agreement` had to reach, in [0, 1].

    Returns:
        ``conflict_id`` and ``why``, such as ``authority: same rank, 3; recency: no exact date``.
    """
    seen = _counted(preferred)
    said = {
        "validity": pl.format("{} the run date", _share("valid", "holds on", "hold on")),
        "supersession": pl.when(pl.col("kept") == pl.col("n"))
        .then(pl.lit("none is replaced"))
        .otherwise(pl.format("{} replaced", _share("replaced", "is", "are"))),
        "authority": pl.when(pl.col("best") == NO_RANK)
        .then(pl.lit("no side has a rank"))
        .when(pl.col("at_best") == pl.col("n"))
        .then(pl.format("same rank, {}", "best"))
        .otherwise(pl.format("{} the best rank, {}", _share("at_best", "has", "have"), "best")),
        "agreement": _agreement(min_confidence),
        "corroboration": pl.when("weighed")
        .then(pl.lit("weighed under agreement"))
        .when(pl.col("supported") == 0)
        .then(pl.lit("no side stands in a second dated place"))
        .otherwise(pl.format("{} in a second dated place", _share("supported", "stands", "stand"))),
        "recency": _recency(),
        "specificity": _share("exact", "is exact", "are exact"),
    }
    told = [pl.format(f"{word}: {{}}", said[word]) for word in words] or [pl.lit("its rule tries nothing")]
    return seen.select("conflict_id", why=pl.concat_str(told, separator="; "))


def _counted(preferred: pl.DataFrame) -> pl.DataFrame:
    """One row per conflict: how many of its sides each word would take, and the figures that it compares."""
    newest = pl.col("exact_on").max()
    is_newest = (pl.col("exact_on") == newest).fill_null(value=False)
    return (
        preferred.sort("conflict_id", "voters", "side", descending=[False, True, False])
        .group_by("conflict_id", maintain_order=True)
        .agg(
            n=pl.len(),
            valid=pl.col("is_valid").sum(),
            kept=(~pl.col("is_superseded")).sum(),
            replaced=pl.col("is_superseded").sum(),
            best=pl.col("rank").min(),
            at_best=(pl.col("rank") == pl.col("rank").min()).sum(),
            votes=pl.col("voters").cast(pl.String).str.join(" against "),
            weighed=pl.col("belief").is_not_null().all(),
            chance=pl.coalesce(pl.col("agreement").max(), pl.col("belief").max()),
            is_tied=pl.col("agreement").is_null().all(),
            supported=(pl.col("origins") > 1).sum(),
            is_undated=pl.col("bound_on").is_null().any(),
            newest=newest,
            at_newest=is_newest.sum(),
            others=pl.col("bound_on").filter(~is_newest).max(),
            exact=pl.col("is_exact").sum(),
        )
    )


def _share(column: str, one: str, many: str) -> pl.Expr:
    """How many of the sides, in words with their verb."""
    k, n = pl.col(column), pl.col("n")
    return (
        pl.when(k == 0)
        .then(pl.lit(f"none {one}"))
        .when((k == n) & (n == 2))  # noqa: PLR2004  (a pair)
        .then(pl.lit(f"both {many}"))
        .when(k == n)
        .then(pl.format(f"all {{}} {many}", k))
        .otherwise(pl.format(f"{{}} of {{}} {many}", k, n))
    )


def _agreement(least: float) -> pl.Expr:
    """Votes, or what they were weighed to be; a tie, or too few."""
    told = pl.when("weighed").then(pl.lit("the best")).otherwise("votes")
    unsure = pl.format("{}, {} % sure, below {} %", told, (pl.col("chance") * 100).floor().cast(pl.Int64), pl.lit(f"{least * 100:g}"))
    tied = pl.when("weighed").then(pl.lit("equally probable")).otherwise("votes")
    return pl.when("is_tied").then(tied).otherwise(unsure)


def _recency() -> pl.Expr:
    """Which day is missing, shared, or not certain to be the newest."""
    return (
        pl.when(pl.col("newest").is_null())
        .then(pl.lit("no exact date"))
        .when("is_undated")
        .then(pl.lit("a side has no date"))
        .when(pl.col("at_newest") > 1)
        .then(pl.format("same date, {}", "newest"))
        .otherwise(pl.format("{}, but another may be as new as {}", "newest", "others"))
    )
