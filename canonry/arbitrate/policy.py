"""The policy words: each separates one side of a conflict from all others, or abstains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.arbitrate.abstaining import why_open
from canonry.published import NO_RANK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from canonry.config import PolicyRule, When

# How sure a decision by each word is, until rulings or labelled data say otherwise (agreement brings its own probability).
CONFIDENCE = {
    "trust": 0.95,
    "validity": 0.95,
    "supersession": 0.95,
    "authority": 0.9,
    "corroboration": 0.8,
    "recency": 0.85,
    "specificity": 0.7,
}
WHY = {
    "trust": "all that says otherwise stands in text that speaks to agents",
    "validity": "only this one is valid on the run date",
    "supersession": "the other stands in an older version or was replaced by a named successor",
    "authority": "its source ranks strictly better",
    "agreement": "most independent sources say so",
    "corroboration": "other dated items say the same, and none supports another value",
    "recency": "it is the newer one by dates that can be trusted",
    "specificity": "it is exact, the others are ranges or bounds",
    "ruling": "a person ruled so",
}


def sides(members: pl.DataFrame, run_date: date) -> pl.DataFrame:
    """Sum up each side of each conflict.

    Args:
        members: Claims that are heard: ``conflict_id``, ``side``, ``source``, ``authority``, ``dated_on``, ``date_kind``, ``valid_from``,
            ``valid_to``, ``precision``, ``is_held``, ``is_superseded``, ``origin`` (record, or family of the document), ``belief``
            (what truth discovery makes of the value; null where votes are counted).
        run_date: What "valid" refers to.

    Returns:
        One row per (conflict_id, side): ``rank`` (best authority), ``exact_on`` (newest exact date), ``bound_on`` (latest day it could be
        from, null when unknown), ``voters``, ``belief``, ``origins`` (dated places it stands in), ``is_valid``, ``is_superseded``,
        ``is_exact``, ``is_held``.
    """
    exact = pl.col("date_kind") == "exact"
    valid = (pl.col("valid_to").fill_null(run_date) >= run_date) & (pl.col("valid_from").fill_null(run_date) <= run_date)
    return members.group_by("conflict_id", "side").agg(
        rank=pl.col("authority").fill_null(NO_RANK).min(),
        exact_on=pl.col("dated_on").filter(exact & ~pl.col("is_held")).max(),
        bound_on=pl.when((pl.col("date_kind") != "unknown").all()).then(pl.col("dated_on").max()),
        voters=pl.col("source").n_unique(),
        belief=pl.col("belief").max(),
        origins=pl.col("origin").filter(pl.col("date_kind") != "unknown").n_unique(),
        is_valid=valid.any(),
        is_superseded=pl.col("is_superseded").all(),
        is_exact=(pl.col("precision").fill_null("exact") == "exact").any(),
        is_held=pl.col("is_held").all(),
    )


def preferred(sides: pl.DataFrame) -> pl.DataFrame:
    """What each word says of each side.

    Returns:
        The sides with a column per word: 1.0 (or a probability) on the one side that it separates from all others, else null.
    """
    others = pl.len().over("conflict_id") - 1

    def alone(flag: pl.Expr) -> pl.Expr:
        return flag & (flag.cast(pl.Int64).sum().over("conflict_id") == 1) & (others > 0)

    total, count = pl.col("voters").sum().over("conflict_id"), pl.len().over("conflict_id")
    share = (pl.col("voters") + 0.5) / (total + 0.5 * count)  # Jeffreys' prior: one vote against none is no certainty
    newest = pl.col("exact_on") == pl.col("exact_on").max().over("conflict_id")
    known = pl.col("bound_on").is_not_null().all().over("conflict_id")
    weighed = pl.col("belief").is_not_null().all().over("conflict_id")
    words = {
        "trust": others == 0,  # of a conflict: the others were not heard
        "validity": alone(pl.col("is_valid")),
        "supersession": alone(~pl.col("is_superseded")),
        "authority": alone(pl.col("rank") == pl.col("rank").min().over("conflict_id")),
        "corroboration": alone(pl.col("origins") > 1) & ~weighed,  # the same voices, which were weighed already
        "recency": alone(newest.fill_null(value=False)) & known & (pl.col("exact_on") > _other_max("bound_on")),
        "specificity": alone(pl.col("is_exact")),
    }
    believed = alone((pl.col("belief") == pl.col("belief").max().over("conflict_id")).fill_null(value=False))
    counted = alone(pl.col("voters") == pl.col("voters").max().over("conflict_id"))
    agreement = pl.when(weighed & believed).then("belief").when(~weighed & counted).then(share)
    return sides.with_columns(
        *(pl.when(flag).then(CONFIDENCE[word]).alias(word) for word, flag in words.items()),
        agreement=agreement,
    )


def _other_max(column: str) -> pl.Expr:
    """The largest value among the other sides of the conflict."""
    best = pl.col(column).max().over("conflict_id")
    second = pl.col(column).sort(descending=True, nulls_last=True).slice(1, 1).first().over("conflict_id")
    return pl.when(pl.col(column) == best).then(second).otherwise(best)


def decide(preferred: pl.DataFrame, conflicts: pl.DataFrame, policy: Sequence[PolicyRule]) -> pl.DataFrame:
    """Apply the first policy rule that matches each conflict; its words are tried from left to right.

    Args:
        preferred: As `preferred` returns it.
        conflicts: Columns ``conflict_id``, ``type``, ``kind``, ``entity_type``, ``attribute``, ``scope``, ``all_sources`` (list).
        policy: The rules.

    Returns:
        One row per conflict: ``conflict_id``, ``side`` (null when nothing separates), ``word``, ``confidence``, ``otherwise``,
        ``abstained`` (what each word saw where none separates; null where one does, and where no rule matches).
    """
    matched = conflicts.with_columns(rule=pl.coalesce(*(pl.when(_holds(r.when)).then(n) for n, r in enumerate(policy)), pl.lit(-1)))
    undecided = {"side": pl.lit(None, pl.Int64), "word": pl.lit(None, pl.String), "confidence": pl.lit(None, pl.Float64)}
    silent = pl.lit(None, pl.String).alias("abstained")
    parts = []
    for n, rule in enumerate(policy):
        mine = matched.filter(pl.col("rule") == n).select("conflict_id")
        tried = preferred.join(mine, on="conflict_id")
        done = mine.with_columns(otherwise=pl.lit(rule.otherwise), **undecided)
        for word in ("trust", *rule.decide_by):  # nobody configures that text may give orders
            least = rule.min_confidence if word == "agreement" else 0.0
            hit = tried.filter(pl.col(word) >= least).select("conflict_id", s="side", c=word)
            done = (
                done.join(hit, on="conflict_id", how="left")
                .with_columns(
                    word=pl.when(pl.col("side").is_null() & pl.col("s").is_not_null()).then(pl.lit(word)).otherwise("word"),
                    confidence=pl.coalesce("confidence", "c"),
                    side=pl.coalesce("side", "s"),
                )
                .drop("s", "c")
            )
        left = tried.join(done.filter(pl.col("side").is_null()), on="conflict_id", how="semi")
        why = why_open(left, rule.decide_by, rule.min_confidence)
        parts.append(done.join(why.rename({"why": "abstained"}), on="conflict_id", how="left"))
    rest = matched.filter(pl.col("rule") == -1).select("conflict_id", silent, otherwise=pl.lit("person"), **undecided)
    return pl.concat([*parts, rest.select(parts[0].columns)] if parts else [rest])


def _holds(when: When) -> pl.Expr:
    wanted = {"type": when.type, "kind": when.kind, "entity_type": when.entity, "attribute": when.attribute, "scope": when.scope}
    parts = [pl.col(c) == v for c, v in wanted.items() if v is not None]
    if when.source is not None:
        parts.append(pl.col("all_sources").list.contains(when.source))
    return pl.all_horizontal(parts) if parts else pl.lit(value=True)
