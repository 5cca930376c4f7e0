"""What the values of a difference tell about its kind: coarser or finer, a slip, a denial, two meanings, two scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from canonry.conflicts.compatible import Said, finest, impossible, looks_slipped
from canonry.ids import digest
from canonry.wording import definition, estimates

if TYPE_CHECKING:
    from datetime import date

    from canonry.config import Config
    from canonry.frames import Matched
    from canonry.hierarchy import Hierarchy

MOST_SIDES = 12  # a difference with more values than this is no matter of precision or of one slip
USUAL = 3  # independent places that must agree before one that differs looks like a slip
_BEFORE = 24  # characters before a value that may say that it is no exact one
_WEIGHED = {"conflict_id": pl.String, "finest": pl.Int64, "is_slip": pl.Boolean}


def weighed(sided: pl.DataFrame, matched: Matched, config: Config, run_date: date) -> pl.DataFrame:
    """Look at the values of each difference.

    Args:
        sided: Claims with ``conflict_id`` and ``side``.
        matched: Families of documents: what they say counts once.
        config: Hierarchies of places.
        run_date: What "too far ahead" refers to.

    Returns:
        One row per conflict: ``conflict_id``, ``is_granular`` (one value is the exact one, the others hold it more coarsely), ``finest``
        (its side), ``is_slip``
        (the others agree, each odd one is implausible), ``is_denial``, ``is_definition``.
    """
    families = matched.families.filter(pl.col("member_kind") == "document").select(document_id="member_id", family="family_id")
    placed = sided.join(families, on="document_id", how="left").with_columns(
        origin=pl.coalesce("family", "document_id", pl.concat_str("source", "record_id", separator="/", ignore_nulls=True))
    )
    flags = placed.group_by("conflict_id").agg(
        is_denial=((pl.col("value_type") == "boolean") & (pl.col("subject_kind") == "topic")).all(),
        is_definition=pl.col("sentence").map_batches(_defines, return_dtype=pl.Boolean).all() & (pl.col("value_type") == "text").all(),
    )
    sides = placed.group_by("conflict_id", "side").agg(
        pl.col("entity_type", "attribute").first(),
        pl.col("value", "value_type", "precision").sort_by("claim_id").first(),
        unit=pl.col("unit").drop_nulls().min(),
        verbatim=pl.col("verbatim").sort_by(pl.col("verbatim").str.len_chars(), "claim_id").first(),
        estimate=_estimated(),
        origins=pl.col("origin").n_unique(),
    )
    few = sides.filter(pl.len().over("conflict_id").is_between(2, MOST_SIDES)).sort("conflict_id", "side")
    said: dict[str, list[Said]] = {}
    trees: dict[str, Hierarchy | None] = {}
    named = ("conflict_id", "entity_type", "attribute", "value", "value_type", "precision", "verbatim", "estimate", "origins", "unit")
    for conflict, entity, attribute, value, kind, precision, *rest in few.select(named).iter_rows():
        said.setdefault(conflict, []).append(Said(value, kind, precision or "exact", *rest))
        declared = config.entities[entity].attributes if entity in config.entities else {}
        trees[conflict] = declared[attribute].places if attribute in declared else None
    rows = [(c, _number(s, finest(s, trees[c])), _slipped(s, run_date)) for c, s in said.items()]
    found = pl.DataFrame(rows, schema=_WEIGHED, orient="row")
    out = flags.join(found, on="conflict_id", how="left")
    return out.with_columns(pl.col("is_slip").fill_null(value=False), is_granular=pl.col("finest").is_not_null())


def _number(sides: list[Said], side: Said | None) -> int | None:
    """Sides are numbered from one, and all are there."""
    return None if side is None else next(n for n, s in enumerate(sides, 1) if s is side)


def _defines(sentences: pl.Series) -> pl.Series:
    return pl.Series([s is not None and definition(s) is not None for s in sentences.to_list()], dtype=pl.Boolean)


def _estimated() -> pl.Expr:
    """Whether every sentence of a side says before the value that it is no exact one."""
    return pl.struct("sentence", "verbatim").map_batches(_are_estimates, return_dtype=pl.Boolean).all()


def _are_estimates(claims: pl.Series) -> pl.Series:
    told = [
        bool(r["sentence"]) and estimates(r["sentence"].split(r["verbatim"], 1)[0][-_BEFORE:]) if r["verbatim"] else False
        for r in claims.to_list()
    ]
    return pl.Series(told, dtype=pl.Boolean)


def _slipped(sides: list[Said], run_date: date) -> bool:
    """Whether all sides but one look like slips of it: dates that cannot be, or lone values beside one on which several agree."""
    possible = [s for s in sides if not impossible(s, run_date)]
    if len(possible) == 1 < len(sides):
        return True
    usual = max(sides, key=lambda s: (s.origins, s.value))
    odd = [s for s in sides if s is not usual]
    return usual.origins >= USUAL and all(s.origins == 1 and looks_slipped(s, usual, run_date) for s in odd)


def across_scopes(usable: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Claims on one subject and attribute whose values differ because they hold under different conditions.

    Args:
        usable: Claims that hold their value for true; ``scope`` empty where they name none.

    Returns:
        One row per observation: ``conflict_id``, ``type``, ``is_observation``; and its claims with ``conflict_id``, ``side`` (one per
        scope and value), ``is_superseded`` and ``is_coarser`` (false).
    """
    group = ["subject_id", "attribute"]
    told = usable.filter(pl.col("scope") != "")
    parted = (pl.col("scope").n_unique().over(group) > 1) & (pl.col("meant").n_unique().over(group) > 1)
    several = told.filter(parted)
    ids = [digest("scopes", *row) for row in several.select(group).iter_rows()]
    sides = several.with_columns(
        conflict_id=pl.Series(ids, dtype=pl.String),
        side=pl.struct("scope", "meant").rank("dense").over(group).cast(pl.Int64),
        is_superseded=pl.lit(value=False),
        is_coarser=pl.lit(value=False),
        scope=pl.lit(""),
    )
    told_of = sides.select("conflict_id").unique().sort("conflict_id")
    return told_of.with_columns(type=pl.lit("scope_difference"), is_observation=pl.lit(value=True)), sides
