"""The stage `conflicts`: claims on one (subject, attribute) that differ, as sides; typed as conflict or observation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry import operating
from canonry.conflicts import kinds
from canonry.frames import CLASHES, COVERAGE, Clashes, frame, shaped
from canonry.ids import digest
from canonry.published import NO_RANK, OBSERVATION_TYPES

if TYPE_CHECKING:
    from canonry.context import RunContext
    from canonry.frames import Claimed, Matched

# How much it matters to be wrong, by type of value: what is acted upon first.
_SEVERITY = {
    "money": 1.0,
    "percent": 0.9,
    "date": 0.9,
    "duration": 0.9,
    "number": 0.8,
    "quantity": 0.8,
    "time": 0.8,
    "email": 0.8,
    "phone": 0.8,
    "boolean": 0.8,
    "person": 0.7,
    "organization": 0.6,
    "name": 0.6,
    "identifier": 0.6,
    "url": 0.5,
    "address": 0.6,
}


def conflicts(run: RunContext, matched: Matched, claimed: Claimed) -> Clashes:
    """Group claims by what they are about and type the differences.

    Args:
        run: Reads entities.
        matched: Directions between versions of pages.
        claimed: Claims.
    """
    usable = claimed.claims.filter(operating.asserted()).with_columns(meant=operating.meant(), scope=pl.col("scope").fill_null(""))
    group = ["subject_id", "attribute", "scope"]
    several = usable.filter((pl.col("meant").n_unique().over(group) > 1) | (pl.col("verbatim").n_unique().over(group) > 1))
    sided = several.with_columns(
        side=pl.col("meant").rank("dense").over(group).cast(pl.Int64),
        conflict_id=pl.struct(group).map_batches(
            lambda s: pl.Series([digest("conflict", *r.values()) for r in s.to_list()], dtype=pl.String), return_dtype=pl.String
        ),
    )
    sided = _superseded(sided, matched)
    differences = _typed(run, sided, matched)
    finest = differences.filter(type="granularity").select("conflict_id", "finest")
    sided = sided.join(finest, on="conflict_id", how="left").with_columns(
        is_coarser=(pl.col("side") != pl.col("finest")).fill_null(value=False)
    )
    scoped, scoped_sides = kinds.across_scopes(usable)
    sided = pl.concat([sided, scoped_sides], how="diagonal_relaxed")
    differences = pl.concat([differences, _summed(scoped_sides).join(scoped, on="conflict_id")], how="diagonal_relaxed")
    return Clashes(
        differences=shaped(differences.sort("conflict_id"), CLASHES["differences"]),
        members=shaped(sided.sort("conflict_id", "side", "claim_id"), CLASHES["members"]),
        coverage=_coverage(usable, sided, differences),
    )


def _superseded(sided: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """Mark the claims that stand in an older version of a page on which another side of the same conflict stands."""
    directed = matched.page_pairs.filter(pl.col("newer_id").is_not_null()).select(
        document_id=pl.when(pl.col("newer_id") == pl.col("left_id")).then("right_id").otherwise("left_id"), newer="newer_id"
    )
    placed = sided.filter(pl.col("document_id").is_not_null()).select("conflict_id", "claim_id", "side", "document_id")
    older = (
        placed.join(directed, on="document_id")
        .join(placed.select("conflict_id", newer="document_id", other_side="side"), on=["conflict_id", "newer"])
        .filter(pl.col("side") != pl.col("other_side"))
    )
    return sided.with_columns(is_superseded=pl.col("claim_id").is_in(older["claim_id"].to_list()))


def _typed(run: RunContext, sided: pl.DataFrame, matched: Matched) -> pl.DataFrame:
    """What kind of difference each is: first whether it is one at all, then whether one side is older, then what went wrong."""
    many = {(t, a) for t, e in run.config.entities.items() for a, s in e.attributes.items() if s.cardinality == "many"}
    multi = pl.DataFrame(sorted(many), schema={"entity_type": pl.String, "attribute": pl.String}, orient="row").with_columns(
        is_many=pl.lit(value=True)
    )
    out = _summed(sided).join(multi, on=["entity_type", "attribute"], how="left").with_columns(pl.col("is_many").fill_null(value=False))
    out = out.join(kinds.weighed(sided, matched, run.config, run.run_date), on="conflict_id", how="left")
    kind = (
        pl.when(pl.col("sides") == 1).then(pl.lit("format_or_unit"))
        .when("is_many").then(pl.lit("multi_valued"))
        .when(pl.col("superseded_sides") > 0).then(pl.lit("outdated"))
        .when("is_granular").then(pl.lit("granularity"))
        .when("is_slip").then(pl.lit("suspected_error"))
        .when("newest").then(pl.lit("outdated"))
        .when("is_definition").then(pl.lit("definition"))
        .when("is_denial").then(pl.lit("negation"))
        .otherwise(pl.lit("value_conflict"))
    )  # fmt: skip
    return out.with_columns(type=kind).with_columns(is_observation=pl.col("type").is_in(OBSERVATION_TYPES))


def _summed(sided: pl.DataFrame) -> pl.DataFrame:
    """What the claims of each difference have in common."""
    out = sided.group_by("conflict_id").agg(
        pl.col("subject_id", "attribute", "scope", "entity_type").first(),
        pl.col("subject").min(),
        value_type=pl.col("value_type").mode().sort().first(),
        sides=pl.col("side").max(),
        independent_sources=pl.col("source").n_unique().cast(pl.Int64),
        in_records=pl.col("document_id").is_null().any(),
        in_texts=pl.col("document_id").is_not_null().any(),
        superseded_sides=pl.col("side").filter(pl.col("is_superseded")).n_unique(),
        audience=pl.col("audience").explode().unique().sort(),
        audiences=pl.col("audience").list.sort().list.join("|").n_unique(),
        newest=_outdated(),
        signature=pl.col("meant").unique().sort().str.join("\n"),
    )
    return out.with_columns(
        kind=pl.when(pl.col("in_records") & pl.col("in_texts"))
        .then(pl.lit("text_and_record"))
        .when(pl.col("in_texts"))
        .then(pl.lit("texts"))
        .otherwise(pl.lit("records")),
        severity=pl.col("value_type").replace_strict(_SEVERITY, default=0.5, return_dtype=pl.Float64),
        spans_audiences=pl.col("audiences") > 1,
        signature=pl.col("signature").map_elements(digest, return_dtype=pl.String),
    )


def _outdated() -> pl.Expr:
    """By date alone: one side has the newest exact date, every claim of the others is certainly older, and its authority is no worse."""
    rank = pl.col("authority").fill_null(NO_RANK)
    exact = pl.col("date_kind") == "exact"
    newest = pl.col("dated_on").filter(exact).max()
    latest = exact & (pl.col("dated_on") == newest)
    others = pl.col("side") != pl.col("side").filter(latest).first()
    return (
        (pl.col("side").filter(latest).n_unique() == 1)
        & (pl.col("date_kind") != "unknown").all()
        & (pl.col("dated_on").filter(others).max() < newest)
        & (rank.filter(latest).min() <= rank.min())
    ).fill_null(value=False)


def _coverage(usable: pl.DataFrame, sided: pl.DataFrame, differences: pl.DataFrame) -> pl.DataFrame:
    sizes = usable.group_by("subject_id", "attribute", "scope").len("n")
    possible = int(sizes.select((pl.col("n") * (pl.col("n") - 1) // 2).sum()).item() or 0)
    found = differences.filter(~pl.col("is_observation")).height
    rows = [
        {"detector": "conflicts.claims", "pairs_possible": possible, "pairs_considered": possible, "pairs_capped": 0, "partial": False},
        {
            "detector": "conflicts.subjects",
            "pairs_possible": sizes.height,
            "pairs_considered": sizes.height,
            "pairs_capped": 0,
            "partial": False,
        },
        {"detector": "conflicts.differing", "pairs_possible": sizes.height, "pairs_considered": found, "pairs_capped": 0, "partial": False},
        {
            "detector": "conflicts.members",
            "pairs_possible": usable.height,
            "pairs_considered": sided.height,
            "pairs_capped": 0,
            "partial": False,
        },
    ]
    return frame(COVERAGE, rows)
